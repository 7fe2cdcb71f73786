"""What a long command leaves behind: ``report.json`` for machines, ``report.html`` for people.

A command makes a ``Report``, tells it figures, goals, tables and plots, and writes it::

    report = Report("Jobs a second", command="make bench-jobs", seed=7)
    report.figure("run rate: ledger", 24_500.0, unit="1/s")
    report.goal("ledger over Celery", goal="at least 20", value=44.1, met=True)
    report.plot(Bars("Run rate", unit="1/s", bars=[Bar("ledger", 24_500.0)]))
    sys.exit(report.write(Path("var/reports/bench-jobs")))
"""
