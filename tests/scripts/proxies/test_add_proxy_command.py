"""``manage.py add_proxy``."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from proxies.models import Proxy

pytestmark = pytest.mark.usefixtures("real_redis")

ADD = ("add_proxy", "--addr", "192.0.2.7:443")


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_an_operator_adds_a_proxy_and_learns_its_secret() -> None:
    told = json.loads(_run(*ADD, "--city", "Oslo", "--country-code", "no", "--json"))

    [record] = Proxy.objects.records([told["id"]])
    assert told["new"] is True
    assert (record.name, record.addr, record.capacity) == ("pro-192.0.2.7", "192.0.2.7:443", 100)
    assert (record.place.city, record.place.country_code) == ("Oslo", "NO")
    assert told["auth_token"] == record.auth_token


def test_the_same_again_says_that_it_is_there() -> None:
    first = json.loads(_run(*ADD, "--json"))

    again = _run(*ADD)

    assert "was there already" in again
    assert str(first["id"]) in again


def test_certificate_and_transport_come_from_the_command_line(tmp_path: Path) -> None:
    cert = tmp_path / "cert.pem"
    cert.write_text("-----BEGIN CERTIFICATE-----\n")

    told = json.loads(
        _run(
            *ADD,
            "--json",
            "--cert-file",
            str(cert),
            "--transport",
            "obfs4-tcp",
            "--transport-settings",
            '{"iat-mode": 0}',
        )
    )

    [record] = Proxy.objects.records([told["id"]])
    assert record.cert.startswith("-----BEGIN")
    assert (record.transport, record.transport_settings) == ("obfs4-tcp", {"iat-mode": "0"})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("--capacity", "0"), "invalid-parameter"),
        (("--country-code", "NLD"), "no country code"),
        (("--country-code", "1."), "no country code"),
        (("--latitude", "nan"), "no latitude"),
        (("--latitude", "-90.1"), "no latitude"),
        (("--longitude", "inf"), "no longitude"),
        (("--cell", "5"), "no cell 5"),
        (("--transport-settings", "["), "Expecting value"),
        (("--transport-settings", "[]"), "no JSON object"),
        (("--cert-file", "/nowhere"), "No such file"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(wrong: tuple[str, str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        _run(*ADD, *wrong)

    assert Proxy.objects.fleet_version(0) == 0  # type: ignore[arg-type]
