"""The commands by which operators handle the fleet."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lantern_pro.types import ProxyId
from proxies.models import Proxy
from proxies.records import ProxyRecord, State
from tests import beats, fleet

pytestmark = pytest.mark.usefixtures("real_redis")

LIST = "name,addr,track\npro-1,192.0.2.1:443,pro\npro-2,192.0.2.2:443,pro\n"


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def _json(*arguments: str) -> Any:
    return json.loads(_run(*arguments, "--json"))


def _listed(*arguments: str) -> list[int]:
    return [each["id"] for each in _json("list_proxies", *arguments)]


def _record(proxy_id: ProxyId) -> ProxyRecord:
    [record] = Proxy.objects.records([proxy_id])
    return record


def test_a_proxy_is_drained_taken_back_and_retired_by_its_name_or_id() -> None:
    proxy_id = fleet.pro_proxy()
    name = _record(proxy_id).name

    drained = _run("drain_proxy", name, "--reason", "the contract ends")
    again = _run("drain_proxy", name)
    back = _json("activate_proxy", str(proxy_id))
    retired = _json("retire_proxy", name)

    assert f"{name}: now draining" in drained
    assert "drains already" in again
    assert (back["state"], back["changed"]) == ("active", True)
    assert retired["state"] == "retired"
    assert _record(proxy_id).state is State.RETIRED


def test_what_becomes_of_its_users_is_said() -> None:
    proxy_id, _ = fleet.pro_proxy(), fleet.assigned(fleet.pro_user())
    user_id = fleet.pro_user()
    fleet.assigned(user_id)

    told = _run("drain_proxy", str(proxy_id))

    assert "users get others" in told


def test_a_proxy_is_blocked_and_unblocked() -> None:
    proxy_id = str(fleet.free_proxy())

    blocked = _run("block_proxy", proxy_id, "cn", "IR")
    again = _run("block_proxy", proxy_id, "CN")
    freed = _json("unblock_proxy", proxy_id, "IR")
    rest = _run("unblock_proxy", proxy_id)
    nothing = _run("unblock_proxy", proxy_id)

    assert "now blocked in CN, IR" in blocked
    assert "was known" in again
    assert freed["blocked_countries"] == ["CN"]
    assert "no longer in CN" in rest
    assert "was not known" in nothing


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("retire_proxy", "nobody"), "no-such-proxy"),
        (("show_proxy", "nobody"), "no-such-proxy"),
        (("block_proxy", "{id}", "CHN"), "no country code"),
        (("activate_proxy", "{id}", "--reason", "x" * 501), "500 characters"),
    ],
)
def test_what_is_wrong_is_said(command: tuple[str, ...], words: str) -> None:
    proxy_id = fleet.pro_proxy()

    with pytest.raises(CommandError, match=words):
        _run(*(each.format(id=proxy_id) for each in command))


def test_there_is_no_way_back_from_retired() -> None:
    proxy_id = str(fleet.pro_proxy())
    _run("retire_proxy", proxy_id)

    with pytest.raises(CommandError, match="no-way-to-state: The proxy is retired"):
        _run("activate_proxy", proxy_id)
    with pytest.raises(CommandError, match="proxy-retired"):
        _run("block_proxy", proxy_id, "CN")


def test_a_proxy_is_shown_with_its_heartbeat_and_history_and_its_secret_only_if_asked() -> None:
    proxy_id = fleet.pro_proxy(provider="Host & Co")
    beats.beat(proxy_id, connections=17, software="http-proxy/2.1")
    beats.look()
    _run("block_proxy", str(proxy_id), "CN", "--reason", "reports of Tuesday")

    shown = _run("show_proxy", str(proxy_id))
    revealed = _json("show_proxy", str(proxy_id), "--reveal")

    for words in ("Host & Co", "17", "http-proxy/2.1", "blocked in CN: reports of Tuesday", "ok"):
        assert words in shown
    assert fleet.secret(proxy_id) not in shown
    assert revealed["secret"] == fleet.secret(proxy_id)
    assert [line["what"] for line in revealed["history"]] == ["blocked in CN", "added, active"]


def test_a_proxy_that_was_never_heard_is_shown_as_such() -> None:
    shown = _json("show_proxy", str(fleet.free_proxy()))

    assert (shown["last_heartbeat"], shown["health"], shown["users"]) == (
        "never",
        "unknown",
        "not counted",
    )


def test_proxies_are_listed_and_narrowed_down() -> None:
    pro, free = fleet.pro_proxy(provider="Host"), fleet.free_proxy(provider="Other")
    beats.beat(free)
    beats.look()
    _run("drain_proxy", str(pro))

    everything = _run("list_proxies")

    assert _record(pro).name in everything
    assert _record(free).name in everything
    assert _listed("--state", "draining") == [pro]
    assert _listed("--health", "ok") == [free]
    assert _listed("--track", "pro", "--provider", "Host", "--country", "xx") == [pro]
    assert _listed("--provider", "Nobody") == []
    assert "no such proxy" in _run("list_proxies", "--state", "retired")


@pytest.mark.parametrize("name", ["list.csv", "list.txt"])
def test_a_list_is_imported_from_a_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(LIST)
    arguments = ("import_proxies", str(file), "--format", "csv")

    looked = _run(*arguments, "--dry-run")
    told = _json(*arguments)
    again = _run(*arguments)

    assert "2 would be added, 0 were there already" in looked
    assert [each["outcome"] for each in told["proxies"]] == ["new", "new"]
    assert told["proxies"][0]["auth_token"] == fleet.secret(told["proxies"][0]["id"])
    assert "line 2: pro-1: was there already, just so" in again
    assert "0 added, 2 were there already" in again


def test_a_list_comes_from_standard_input_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("- addr: 192.0.2.1:443\n"))

    assert "1 added" in _run("import_proxies", "-", "--format", "yaml")


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        (b"addr\nnonsense\n", (), "nothing was added: 1 fault"),
        (b"addr\n\xff\n", (), "cannot be read"),
        (b"addr\n", ("--cell", "7"), "no cell 7"),
    ],
)
def test_a_list_that_is_wrong_adds_nothing_and_fails(
    tmp_path: Path, content: bytes, arguments: tuple[str, ...], words: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=words):
        _run("import_proxies", str(file), *arguments)


def test_a_file_that_tells_no_format_or_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="tells no format"):
        _run("import_proxies", str(tmp_path / "list"))
    with pytest.raises(CommandError, match="cannot be read"):
        _run("import_proxies", str(tmp_path / "list.csv"))


def test_a_proxy_is_changed_by_a_command_that_tells_what_would_be_first(tmp_path: Path) -> None:
    proxy_id = fleet.pro_proxy(capacity=10)
    name, cert = _record(proxy_id).name, tmp_path / "cert.pem"
    cert.write_text("-----BEGIN CERTIFICATE-----")
    arguments = (
        *("change_proxy", name, "--capacity", "20", "--city", "Bern", "--country-code", "ch"),
        *("--cert-file", str(cert), "--labels", "rack-4 old", "--reason", "moved"),
        *("--transport", "obfs4", "--transport-settings", '{"iat-mode": 0}'),
    )

    looked = _run(*arguments, "--dry-run")
    before = _record(proxy_id)
    done, again = _run(*arguments), _run(*arguments)

    after = _record(proxy_id)
    assert "would change: capacity 10 to 20" in looked
    assert before.capacity == 10
    assert "capacity 10 to 20" in done
    assert "BEGIN" not in done
    assert "nothing changed" in again
    assert (after.capacity, after.place.city, after.place.country_code) == (20, "Bern", "CH")
    assert after.labels == ("rack-4", "old")
    assert (after.transport, after.transport_settings) == ("obfs4", {"iat-mode": "0"})
    assert after.cert.startswith("-----BEGIN")


def test_a_lowered_capacity_is_told_with_what_becomes_of_the_users() -> None:
    proxy_id = fleet.pro_proxy(capacity=2)
    for _ in range(2):
        fleet.assigned(fleet.pro_user())

    told = _run("change_proxy", str(proxy_id), "--capacity", "1")

    assert "2 users stay" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--addr", "nonsense"), "no address"),
        (("--transport-settings", "[]"), "JSON object"),
        (("--transport-settings", "{"), "no JSON"),
        (("--cert-file", "/nowhere/at/all"), "cannot be read"),
    ],
)
def test_what_a_proxy_cannot_be_changed_to_is_told(arguments: tuple[str, ...], words: str) -> None:
    proxy_id = fleet.pro_proxy()

    with pytest.raises(CommandError, match=words):
        _run("change_proxy", str(proxy_id), *arguments)


def test_a_list_that_would_change_proxies_says_so_first(tmp_path: Path) -> None:
    file = tmp_path / "fleet.csv"
    file.write_text(LIST)
    _run("import_proxies", str(file))
    file.write_text(LIST.replace("192.0.2.2", "192.0.2.9"))

    with pytest.raises(CommandError, match="nothing was added"):
        _run("import_proxies", str(file))
    looked = _run("import_proxies", str(file), "--change", "--dry-run")
    done = _run("import_proxies", str(file), "--change")

    assert "pro-2: changes: addr 192.0.2.2:443 to 192.0.2.9:443" in looked
    assert "0 added, 1 changed, 1 were there already" in done
