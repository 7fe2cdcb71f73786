"""Everything that is written to people beside receipts: codes, notices, a configuration."""

import random  # noqa: TID251 - drawn again by its seed
import re
from typing import Final

from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.clients.owner import Owner
from devstack.chaos.counting.books import Books
from devstack.chaos.counting.reads import address_of, device_ids_of
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import calm, hurried_until
from devstack.chaos.theatre import Theatre

_CODE: Final = re.compile(r"\b\d{6}\b")


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let a Pro user prove an address, ask for a configuration, be joined, and change address."""
    mark = mark_of(chance)
    owner, newcomer = (client(theatre, f"{mark}-{name}", chance) for name in ("owner", "newcomer"))
    first, second = f"{mark}@first.example", f"{mark}@second.example"
    await owner.live(None, plan=YEARS[0], good=True)
    await calm(theatre.stage)
    await owner.name_address(first)
    await owner.confirm_address(await code_in(theatre, "mail_address_code", first))
    await owner.ask_for_config()
    await calm(theatre.stage)
    await newcomer.ask_for_codes(first)
    await newcomer.join(await code_in(theatre, "mail_codes", first))
    # Both go to the address that is the account's when they are written: the first one still.
    for kind in ("mail_config", "mail_recovery_notice"):
        await mails_in(theatre, kind, first)
    await calm(theatre.stage)
    await owner.name_address(second)
    await owner.confirm_address(await code_in(theatre, "mail_address_code", second))
    await owner.confirm_address(await code_in(theatre, "mail_address_code", first, mails=2))
    owner.facts.claims += _claims(owner, newcomer, first, second)
    return [owner.facts, newcomer.facts]


async def mails_in(theatre: Theatre, kind: str, to: str, *, mails: int = 1) -> list[str]:
    """The mails of a kind to an address, once there are so many; nothing if they do not come."""

    def arrived() -> list[str]:
        return Books(theatre.vendors.mails()).texts(kind, to)

    await hurried_until(theatre.stage, lambda: len(arrived()) >= mails)
    return arrived()


async def code_in(theatre: Theatre, kind: str, to: str, *, mails: int = 1) -> str:
    """The code in the newest mail of a kind to an address, once there are so many of them."""
    texts = await mails_in(theatre, kind, to, mails=mails)
    return _CODE.findall(texts[-1])[0] if len(texts) >= mails else ""


def _claims(owner: Owner, newcomer: Owner, first: str, second: str) -> list[Claim]:
    mails = {
        ("mail_address_code", first): 2,
        ("mail_address_code", second): 1,
        ("mail_codes", first): 1,
        ("mail_recovery_notice", first): 1,
        ("mail_config", first): 1,
    }
    return [
        *(
            Claim(f"{kind} to {to}", lambda books, kind=kind, to=to: len(books.texts(kind, to)), n)  # type: ignore[misc]
            for (kind, to), n in mails.items()
        ),
        Claim(
            "the newcomer's device",
            lambda _: device_ids_of(owner.facts.user_id).count(newcomer.facts.device_id),
        ),
        Claim("the new address", lambda _: int(address_of(owner.facts.user_id) == second)),
    ]


MAIL: Final = Piece(
    "mail",
    frozenset(
        {"mail_address_code", "mail_codes", "mail_config", "mail_recovery_notice", "open_doors"}
    ),
    play,
)
