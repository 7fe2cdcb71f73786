"""The benchmarks' own jobs, as a Django app."""

from django.apps import AppConfig


class BenchConfig(AppConfig):
    """Jobs that do nothing, or have an effect that is counted."""

    name = "devstack.bench.ledger"
    label = "bench"
    verbose_name = "Benchmarks"
