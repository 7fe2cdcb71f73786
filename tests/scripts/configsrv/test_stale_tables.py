"""Free buckets that no longer fit the settings are found by the regular look, and made anew."""

import pytest
from pytest_django import Settings

from configsrv import managers
from lantern_pro import clock
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")


@pytest.fixture(autouse=True)
def _few_buckets(settings: Settings) -> None:
    settings.FREE_BUCKETS = 8


def test_a_table_that_no_longer_fits_the_settings_is_made_anew(settings: Settings) -> None:
    fleet.free_proxy()
    fleet.free_proxy()
    drain(HERE)
    settings.FREE_PROXIES_PER_BUCKET = 1

    stage_periodic_jobs()
    drain(HERE)

    assert {len(named) for named in managers.proxies_of_buckets(HERE).values()} == {1}


def test_settings_that_come_back_make_the_table_anew_again(settings: Settings) -> None:
    fleet.free_proxy()
    fleet.free_proxy()
    for minute, wanted in enumerate((1, 2, 1)):
        settings.FREE_PROXIES_PER_BUCKET = wanted
        with clock.shifted(minute * 60_000):
            stage_periodic_jobs()
            drain(HERE)

    assert {len(named) for named in managers.proxies_of_buckets(HERE).values()} == {1}
