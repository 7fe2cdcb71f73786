"""``proxies/mirror_old_proxy``: one test an outcome."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lantern_pro.store.client import text_client
from lantern_pro.types import UserId
from proxies import bridge, keys_2016
from proxies.bridge import Entry

pytestmark = pytest.mark.usefixtures("any_redis")

SERVER, OTHER = "gw1", "gw2"
USER = UserId(7 << 10)


def _write(
    changes: dict[UserId, Entry | None],
    *,
    version: int = 1,
    writes: int = 0,
    server: str = SERVER,
    more: bool = False,
) -> str:
    others = [each for each in (SERVER, OTHER) if each != server]
    return bridge.write(
        server, others, truth_version=version, writes=writes, changes=changes, more=more
    )


def _messages() -> list[str]:
    return list(text_client().lrange(keys_2016.messages(SERVER), 0, -1))


def test_a_user_is_written_and_the_server_is_told_to_look() -> None:
    assert _write({USER: Entry("t")}) == "written"

    found = bridge.read_mirror(SERVER)
    assert (found.version, found.writes, found.entries) == (1, 1, {USER: Entry("t")})
    assert _messages() == ["TURN-PRO"]


def test_a_later_version_stays() -> None:
    _write({USER: Entry("new")}, version=5)

    assert _write({USER: Entry("old")}, version=4, writes=1) == "outdated"
    assert bridge.read_mirror(SERVER).entries == {USER: Entry("new")}


def test_what_was_found_before_another_wrote_is_refused() -> None:
    _write({USER: Entry("t")})

    assert _write({USER: None}, version=2, writes=0) == "changed"
    assert bridge.read_mirror(SERVER).entries == {USER: Entry("t")}


def test_the_last_user_turns_a_server_free_and_takes_the_token_along() -> None:
    _write({USER: Entry("t")})

    _write({USER: None}, version=2, writes=1)

    assert _messages() == ["TURN-PRO", f"USER-REMOVE,{USER}", "TURN-FREE"]
    assert text_client().exists(keys_2016.TOKENS) == 0


def test_a_token_stays_while_another_server_has_its_user() -> None:
    _write({USER: Entry("t")})
    _write({USER: Entry("t")}, server=OTHER)

    _write({USER: None}, version=2, writes=1)

    assert bridge.read_mirror(OTHER).entries == {USER: Entry("t")}


def test_a_server_is_told_once_of_what_it_has_not_read_yet() -> None:
    _write({USER: Entry("t")})
    _write({UserId(8 << 10): Entry("u")}, version=2, writes=1)

    assert _messages() == ["TURN-PRO"]


def test_the_server_is_told_when_the_last_page_is_written() -> None:
    _write({USER: Entry("t")}, more=True)
    assert (_messages(), bridge.read_mirror(SERVER).version) == ([], None)

    _write({UserId(8 << 10): Entry("u")}, writes=1)
    assert (_messages(), bridge.read_mirror(SERVER).version) == (["TURN-PRO"], 1)


def test_the_queue_of_a_server_that_is_away_does_not_grow_without_end() -> None:
    _write({USER: Entry("t")})
    for number in range(1, 200):
        user = UserId((8 + number) << 10)
        _write({user: Entry("u")}, version=2 * number, writes=2 * number - 1)
        _write({user: None}, version=2 * number + 1, writes=2 * number)

    assert len(_messages()) < 100
    assert _messages()[-1] == "TURN-PRO"


@pytest.mark.parametrize("any_redis", ["redis"], indirect=True)
def test_of_two_at_once_one_writes() -> None:
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda _: _write({USER: Entry("t")}), range(2)))

    assert sorted(outcomes) == ["changed", "written"]
