"""The ledger of jobs beside Celery, dramatiq, RQ and huey: rates, and what a kill costs.

``rates`` measures no-op jobs a second, ``peers_under_kill`` counts jobs lost and run twice. Each
contestant is one module in ``adapters``; all are driven by the same harness, over a Redis of its
own. docs/benchmarks.md tells how to run them.
"""
