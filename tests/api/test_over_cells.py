"""Accounts over several cells: linking and recovery work, and no script touches two cells."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from accounts.laws import addresses_are_reserved, devices_are_within_limits
from billing.models import Purchase
from devstack.mandrill_standin import MandrillStandin
from lantern_pro.jobs.worker import drain
from lantern_pro.store.keys import split_cell
from lantern_pro.store.scripts import Script
from lantern_pro.types import Cell
from tests.client_app import ClientApp

CELLS = 5
PEOPLE = 8
NewClient = Callable[..., ClientApp]


@pytest.fixture(autouse=True)
def _several_cells(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Five cells, as on a Cluster: it would refuse a script whose keys lie in two."""
    settings.CELLS = CELLS
    bind, mixed = Script._bind, []

    def watched(self: Script, *told: Any) -> Any:
        keys, arguments = bind(self, *told)
        if len({split_cell(key)[0] for key in keys}) > 1:
            mixed.append((self.name, keys))
        return keys, arguments

    monkeypatch.setattr(Script, "_bind", watched)
    yield
    assert mixed == []


@pytest.fixture
def people(new_client: NewClient) -> list[ClientApp]:
    """People of different networks, and so of different cells."""
    return [new_client(f"device-{n}", address=f"203.{n}.0.7") for n in range(PEOPLE)]


def do_all_jobs() -> None:
    """Do what is due in every cell, and what follows from it in others."""
    for _ in range(4):
        for cell in range(CELLS):
            drain(Cell(cell))


def laws() -> list[str]:
    """What the laws of accounts say."""
    return [
        fault
        for law in (addresses_are_reserved, devices_are_within_limits)
        for cell in range(CELLS)
        for fault in law(Cell(cell))
    ]


def test_whatever_their_cells_devices_are_linked_by_codes(people: list[ClientApp]) -> None:
    owner, *newcomers = people[:3]
    for newcomer in newcomers:
        newcomer.post("/link-code-request", deviceName="Laptop")
        code = newcomer.answer["code"]
        owner.post("/link-code-approve", code=code)
        newcomer.post("/link-code-redeem", code=code)

        assert newcomer.answer["userId"] == owner.user_id
    assert len({each.user_id % 1024 for each in people}) > 1
    assert laws() == []


def test_whatever_their_cells_accounts_are_recovered_by_mail(
    people: list[ClientApp], mandrill_standin: MandrillStandin
) -> None:
    for number, owner in enumerate(people):
        owner.post("/user-update", email=f"reader{number}@example.org")
    do_all_jobs()

    for number, owner in enumerate(people):
        bare = ClientApp(device_id=f"new-{number}", address=f"198.{number}.100.9")
        bare.post("/user-link-request", email=f"reader{number}@example.org")
        do_all_jobs()
        [code] = re.findall(r"\b\d{6}\b", mandrill_standin.mails[-1]["text"])
        bare.post("/user-link-validate", code=code)
        do_all_jobs()  # a mail tells the owner

        assert bare.answer["userId"] == owner.user_id
    assert laws() == []


def test_whatever_their_cells_accounts_are_recovered_by_receipt(people: list[ClientApp]) -> None:
    for owner in people:
        owner.buy()

    for number, owner in enumerate(people):
        bare = ClientApp(device_id=f"new-{number}", address=f"198.{number}.100.9")
        receipt = Purchase.objects.get(user_id=owner.user_id).charge_id
        bare.post("/user-recover-receipt", receiptId=receipt, last4="4242")

        assert bare.answer["userId"] == owner.user_id
    assert laws() == []


def test_an_address_that_two_cells_prove_is_held_by_one_account(
    people: list[ClientApp], mandrill_standin: MandrillStandin
) -> None:
    for owner in people[:6]:  # an address gets six mails an hour
        owner.post("/user-update", email="reader@example.org")
        do_all_jobs()
        [code] = re.findall(r"\b\d{6}\b", mandrill_standin.mails[-1]["text"])
        owner.post("/user-email-confirm", code=code)
        do_all_jobs()

    assert laws() == []
