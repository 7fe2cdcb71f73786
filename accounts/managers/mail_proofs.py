"""How it is kept that a device's owner is to prove that they read an address."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from accounts.keys import EARLIER_MAIL_PROOF, MAIL_PROOF
from accounts.managers.link_codes import cell_of_asker
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell, Millis, UserId


@dataclass(frozen=True, slots=True)
class Door:
    """What a code leads to: an account, perhaps in the place of one of its devices."""

    user_id: UserId
    place: str


@dataclass(frozen=True, slots=True)
class MailProof:
    """A device that asks, by the hash of who asks. The codes are made of ``nonce``.

    It may have asked for two addresses, one after the other: the first is its earlier proof.
    """

    digest: str
    nonce: str
    address: str
    sealed: str
    name: str
    doors: tuple[Door, ...] = ()
    slot: Literal["last", "earlier"] = "last"

    @property
    def cell(self) -> Cell:
        """Where it is kept."""
        return cell_of_asker(self.digest)

    @property
    def key(self) -> str:
        """Under which key it is kept."""
        key = MAIL_PROOF if self.slot == "last" else EARLIER_MAIL_PROOF
        return key(digest=self.digest, cell=self.cell)


def ask_mail_proof(
    *,
    proof: MailProof,
    now: Millis,
    life_ms: int,
    pause_ms: int,
    most_tries: int,
    follow: Sequence[NewJob],
) -> Literal["asked", "asked_again", "known"]:
    """Note that a device asks."""
    cell = cell_of_asker(proof.digest)
    outcome = ledger.apply(
        "accounts/ask_mail_proof",
        Work(cell, follow=follow),
        proof=MAIL_PROOF(digest=proof.digest, cell=cell),
        earlier=EARLIER_MAIL_PROOF(digest=proof.digest, cell=cell),
        nonce=proof.nonce,
        address=proof.address,
        sealed=proof.sealed,
        device=proof.name,
        now=now,
        life_ms=life_ms,
        pause_ms=pause_ms,
        most_tries=most_tries,
    )
    match outcome:
        case ["asked"]:
            return "asked"
        case ["asked_again"]:
            return "asked_again"
        case ["known"]:
            return "known"
    raise AssertionError(outcome)


def get_mail_proofs(digest: str) -> list[MailProof]:
    """Read what a device asked for and is not over, the last first; two at most."""
    cell, names = cell_of_asker(digest), ["nonce", "address", "sealed", "name", "doors"]
    with text_client().pipeline(transaction=False) as pipe:
        pipe.hmget(MAIL_PROOF(digest=digest, cell=cell), names)
        pipe.hmget(EARLIER_MAIL_PROOF(digest=digest, cell=cell), names)
        last, earlier = pipe.execute()
    read = [_read(digest, last, "last"), _read(digest, earlier, "earlier")]
    return [proof for proof in read if proof]


def _read(
    digest: str, row: Sequence[str | None], slot: Literal["last", "earlier"]
) -> MailProof | None:
    nonce, address, sealed, name, doors = (told or "" for told in row)
    if not nonce:
        return None
    read = tuple(Door(UserId(int(user_id)), place) for user_id, place in json.loads(doors))
    return MailProof(digest, nonce, address, sealed, name, read, slot)


def open_doors(*, proof: MailProof, doors: Sequence[Door]) -> bool:
    """Say what the codes of a proof lead to; False when it is over."""
    outcome = script("accounts/open_doors")(
        proof=proof.key,
        nonce=proof.nonce,
        doors=json.dumps([[str(door.user_id), door.place] for door in doors]),
    )
    match outcome:
        case ["opened"]:
            return True
        case ["over"]:
            return False
    raise AssertionError(outcome)


def try_mail_code(*, proof: MailProof, door: int | None, most_tries: int) -> bool:
    """Count a try at the codes of a proof; whether it opens the door."""
    outcome = script("accounts/try_mail_code")(
        proof=proof.key,
        nonce=proof.nonce,
        door="" if door is None else door,
        most_tries=most_tries,
    )
    match outcome:
        case ["right"]:
            return True
        case ["wrong"]:
            return False
    raise AssertionError(outcome)
