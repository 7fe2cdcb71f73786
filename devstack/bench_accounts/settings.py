"""The project's settings, with an empty view beside its own."""

from lantern_pro.settings import *  # noqa: F403

ROOT_URLCONF = "devstack.bench_accounts.urls"
