"""The contestants, one module each: the same two jobs, written as that library wants them.

They run in an environment of their own (``peers.txt``), so they import nothing of the project but
what stands in this package; the ledger's adapter runs in the project's.

A module ``<name>_jobs`` offers ``send_noop()``, ``send_effect(name)`` and, where the library has
an interface for many at once, ``send_noops(count)``; and ``SETTINGS``, by name, of which the
environment variable ``BENCH_SETTING`` chooses one.
"""
