"""The project's settings, with the benchmarks' jobs."""

from lantern_pro.settings import *  # noqa: F403
from lantern_pro.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "devstack.bench.ledger"]
