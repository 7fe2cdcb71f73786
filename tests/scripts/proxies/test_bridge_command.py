"""``manage.py bridge_proxies``."""

from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from proxies.models import Proxy
from tests import fleet

pytestmark = pytest.mark.usefixtures("real_redis")


@pytest.fixture(autouse=True)
def the_bridge_is_on(settings: Any) -> None:
    settings.BRIDGE_2016 = True


def _run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("bridge_proxies", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def _proxy() -> str:
    [record] = Proxy.objects.records([fleet.pro_proxy()])
    return record.name


def test_an_operator_connects_a_proxy_and_is_warned() -> None:
    name = _proxy()

    said, warned = _run("connect", name, "--server-id", "gw7")

    assert "as server gw7" in said
    assert "in clear" in warned
    assert "gw7" in _run("show")[0]
    assert "in step" in _run("show")[0]


def test_keys_are_made_anew_for_all_and_for_one() -> None:
    first, second = _proxy(), _proxy()
    _run("connect", first)
    _run("connect", second)

    assert "2 of 2" in _run("rebuild")[0]
    assert "1 of 1" in _run("rebuild", first)[0]


def test_a_proxy_is_disconnected() -> None:
    name = _proxy()
    _run("connect", name)

    _run("disconnect", name)

    assert "no proxy of 2016" in _run("show")[0]


def test_two_proxies_are_never_one_server() -> None:
    _run("connect", _proxy(), "--server-id", "gw7")

    with pytest.raises(CommandError, match="server 'gw7'"):
        _run("connect", _proxy(), "--server-id", "gw7")


def test_a_connected_proxy_keeps_its_server_id() -> None:
    name = _proxy()
    _run("connect", name, "--server-id", "gw7")

    with pytest.raises(CommandError, match="disconnect it first"):
        _run("connect", name, "--server-id", "gw8")


def test_the_bridge_must_be_turned_on(settings: Any) -> None:
    settings.BRIDGE_2016 = False

    with pytest.raises(CommandError, match="bridge-is-off"):
        _run("connect", _proxy())


def test_a_proxy_must_be_there() -> None:
    with pytest.raises(CommandError, match="no proxy 'nobody'"):
        _run("connect", "nobody")


def test_what_the_bridge_costs_is_said_at_every_start(settings: Any) -> None:
    assert [each.id for each in run_checks(tags=["security"])].count("proxies.W001") == 1

    settings.BRIDGE_2016 = False
    assert [each.id for each in run_checks(tags=["security"])].count("proxies.W001") == 0
