"""Somebody who does not remember which of their two addresses the account names."""

import re
from collections.abc import Callable

import pytest

from devstack.mandrill_standin import MandrillStandin
from tests.client_app import ClientApp


@pytest.mark.parametrize("comes_first", ["the mail", "the other address"])
def test_who_tries_another_address_meanwhile_still_gets_in_by_the_mail_to_the_first(
    client: ClientApp,
    run_jobs: Callable[[], int],
    mandrill_standin: MandrillStandin,
    comes_first: str,
) -> None:
    client.buy(email="reader@example.org")
    run_jobs()
    bare = ClientApp(device_id="device-new", address="198.51.100.9")
    bare.post("/user-link-request", email="reader@example.org", deviceName="Pixel 9")
    if comes_first == "the mail":
        run_jobs()
    bare.post("/user-link-request", email="another@example.org", deviceName="Pixel 9")
    run_jobs()
    [code] = re.findall(r"\b\d{6}\b", mandrill_standin.mails[-1]["text"])
    told = []

    for typed in ("abc", code, code):
        bare.post("/user-link-validate", code=typed)
        told.append(bare.answer.get("errorId", bare.answer.get("userId")))

    assert told == ["wrong-link-code", client.user_id, client.user_id]
