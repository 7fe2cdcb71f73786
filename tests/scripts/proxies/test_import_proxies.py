"""Importing lists of proxies: all or nothing, and the same again is nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lantern_pro.jobs.worker import drain
from lantern_pro.store.audit import index_faults
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, ProxyId
from proxies import keys
from proxies.entries import describe
from proxies.listings import Format, read_entries
from proxies.models import Proxy
from proxies.services.fleet import add_proxy
from proxies.services.importing import Report, import_list, look_at_list
from proxies.services.states import retire_proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")

LIST = """\
name,addr,track,capacity,provider
pro-1,192.0.2.1:443,pro,50,Host
pro-2,192.0.2.2:443,pro,50,Host
free-1,192.0.2.3:443,free,,Other
"""


def _count() -> int:
    return int(text_client().zcard(keys.PROXIES.by("id", cell=HERE)))


def _outcomes(report: Report) -> list[tuple[int, str, str]]:
    return [(line.line, line.name, line.outcome) for line in report.lines]


def _faults(text: str, written: Format = Format.CSV) -> list[tuple[int, str, str]]:
    report = import_list(HERE, text, written)
    assert not report.written
    return [(fault.line, fault.field, fault.message) for fault in report.faults]


def test_a_list_is_added_and_the_same_again_adds_nothing() -> None:
    first = import_list(HERE, LIST, Format.CSV)
    again = import_list(HERE, LIST, Format.CSV)

    assert _outcomes(first) == [(2, "pro-1", "new"), (3, "pro-2", "new"), (4, "free-1", "new")]
    assert {outcome for _, _, outcome in _outcomes(again)} == {"there"}
    assert [line.proxy_id for line in again.lines] == [line.proxy_id for line in first.lines]
    assert _count() == 3
    assert list(index_faults(Proxy, HERE)) == []
    assert fleet.broken_laws() == []


def test_a_look_says_what_would_be_done_and_does_nothing() -> None:
    looked = look_at_list(HERE, LIST, Format.CSV)

    assert _outcomes(looked) == _outcomes(import_list(HERE, LIST, Format.CSV))
    assert not looked.written
    assert [line.proxy_id for line in looked.lines] == [None] * 3


def test_one_fault_keeps_all_of_them_out_and_every_fault_is_told() -> None:
    text = LIST + "pro-4,nonsense,pro,0,\npro-5,192.0.2.5:443,pro,many,\n"

    faults = _faults(text)

    assert [(line, field) for line, field, _ in faults] == [(5, "addr"), (6, "capacity")]
    assert _count() == 0


@pytest.mark.parametrize(
    ("text", "line", "field", "words"),
    [
        (LIST + "pro-2,192.0.2.9:443,pro,50,Host\n", 5, "name", "stands on line 3 already"),
        (LIST + "pro-9,192.0.2.1:443,pro,50,Host\n", 5, "addr", "stands on line 2 already"),
        ("addr,country_code\n192.0.2.1:443,NLD\n", 2, "country_code", "no country code"),
        ("addr,state\n192.0.2.1:443,retired\n", 2, "state", "provisioning or active"),
        ("", 1, "", "no proxy in this list"),
        ("addr\n192.0.2.1:443,x\n", 2, "", "2 cells under 1 columns"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_field(
    text: str, line: int, field: str, words: str
) -> None:
    [(at, which, message)] = _faults(text)

    assert (at, which) == (line, field)
    assert words in message
    assert _count() == 0


def test_a_name_that_another_proxy_has_is_told_with_what_differs() -> None:
    import_list(HERE, LIST, Format.CSV)

    [(line, field, message)] = _faults(
        LIST.replace("pro-2,192.0.2.2:443,pro,50", "pro-2,h:1,pro,9")
    )

    assert (line, field) == (3, "name")
    assert "addr, capacity" in message


def test_a_retired_proxy_does_not_come_back_by_a_list() -> None:
    report = import_list(HERE, LIST, Format.CSV)
    retire_proxy(report.lines[0].proxy_id or ProxyId(0))

    [(line, _, message)] = _faults(LIST)

    assert line == 2
    assert "retired" in message


def test_an_import_that_was_interrupted_is_finished_by_repeating_it() -> None:
    proxy, _ = describe(read_entries(LIST, Format.CSV)[0])
    assert proxy is not None
    add_proxy(HERE, proxy)

    report = import_list(HERE, LIST, Format.CSV)

    assert [outcome for _, _, outcome in _outcomes(report)] == ["there", "new", "new"]
    assert _count() == 3


def test_users_who_wait_are_served_by_what_is_imported() -> None:
    user_id = fleet.pro_user()
    fleet.assigned(user_id)

    import_list(HERE, LIST, Format.CSV)
    drain(HERE)

    assert len(fleet.proxies_of(user_id)) == 2


def test_ten_imports_of_one_list_at_once_add_each_proxy_once(real_redis: object) -> None:
    with ThreadPoolExecutor(10) as pool:
        reports = list(pool.map(lambda _: import_list(HERE, LIST, Format.CSV), range(10)))

    assert sum(report.count("new") for report in reports) == 3
    assert [report.faults for report in reports] == [[]] * 10
    assert _count() == 3


def test_two_lists_that_race_for_a_name_tell_who_lost(real_redis: object) -> None:
    lists = [f"addr,name\n192.0.2.{number}:443,one\n" for number in range(1, 9)]

    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(lambda text: import_list(Cell(0), text, Format.CSV), lists))

    assert sum(report.written for report in reports) == 1
    assert sum(bool(report.faults) for report in reports) == 7
    assert _count() == 1
