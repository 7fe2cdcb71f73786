"""Getting back into an account by a code that is mailed to its address.

What a caller is told, and how long it takes, is the same whether or not any account names the
address: that is looked up by a job. A code leads to an account, and in a full one to the place of
one of its devices, so that an app of any year, which can only send a code, can make that choice.
"""

import secrets
from collections.abc import Sequence
from typing import Final

from accounts import managers
from accounts.errors import (
    CannotRecoverUser,
    InvalidEmail,
    WrongDevice,
    WrongEmail,
    WrongLinkCode,
)
from accounts.events import MailCodesMade, MailProofAsked
from accounts.mails import DoorWords, codes_letter
from accounts.managers import Account, Credentials, addresses, mail_proofs
from accounts.managers.addresses import NOBODY
from accounts.managers.mail_proofs import Door, MailProof
from accounts.managers.recovery import Notice
from accounts.models import User
from accounts.services.addresses import prove_address
from accounts.services.authentication import authenticate_reader
from accounts.services.devices import LONGEST_NAME, has_place, join_by_grant
from accounts.services.link_codes import Askers
from accounts.services.mail_codes import is_same, mail_code
from accounts.services.mailing import mail_user
from accounts.services.personal import email_hash, normal_email, seal, unseal
from accounts.services.recovery import Way, must_be_offered
from lantern_pro import clock
from lantern_pro.errors import Refused
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.types import Millis, UserId

LIFE_MS: Final = 60 * 60 * 1000
PAUSE_MS: Final = 60 * 1000
MOST_MAILS: Final = 6
"""That an address gets in an hour because somebody asked."""
MOST_TRIES: Final = 5
MOST_ACCOUNTS: Final = 3
MOST_DOORS: Final = 8
_LOOKED_AT: Final = 1_000


def ask_by_mail(askers: Askers, *, email: str, name: str) -> None:
    """Ask for codes by mail; within a minute the same again is the same.

    Codes that too many wrong ones have ended are made anew: how often is bounded by the mails.
    """
    must_be_offered(Way.MAIL)
    address, request = normal_email(email), secrets.token_hex(16)
    proof = MailProof(
        digest=askers[0],
        nonce=request,
        address=email_hash(address),
        sealed=seal(address),
        name=name[:LONGEST_NAME],
    )
    event = MailProofAsked(proof.cell, proof.digest, request)
    mail_proofs.ask_mail_proof(
        proof=proof,
        now=clock.now(),
        life_ms=LIFE_MS,
        pause_ms=PAUSE_MS,
        most_tries=MOST_TRIES,
        follow=following(event),
    )


def open_doors(digest: str, job: LeasedJob) -> None:
    """Let the codes lead to the accounts that name the address; the mail follows if one does."""
    proof = _proof_of(digest, job)
    doors = _doors_of(proof) if proof else []
    if not proof or not doors or not _may_be_mailed(proof, job):
        ledger.complete(job.fence)
        return
    mail_proofs.open_doors(proof=proof, doors=doors)
    for user_id in {door.user_id for door in doors}:
        managers.give_grant(user_id=user_id, nonce=proof.nonce, life_ms=LIFE_MS)
    event = MailCodesMade(job.cell, doors[0].user_id, digest, _request_of(job))
    ledger.complete(job.fence, *following(event))


def mail_codes(user_id: UserId, digest: str, job: LeasedJob) -> None:
    """Mail the codes, unless they are over by now. The job is done then."""
    proof = _proof_of(digest, job)
    if proof is None or not proof.doors:
        ledger.complete(job.fence)
        return
    words = [_words_of(proof, number) for number in range(len(proof.doors))]
    mail_user(
        job,
        user_id=user_id,
        to=unseal(proof.sealed),
        letter=lambda: codes_letter(device=proof.name, doors=words),
    )


def recover_by_mail(
    askers: Askers, *, device_id: str, code: str, name: str, place: str
) -> Credentials:
    """Join the account that a mailed code leads to, and note that its address is proven."""
    must_be_offered(Way.MAIL)
    proofs = [each for digest in askers for each in mail_proofs.get_mail_proofs(digest)]
    meant = [each for each in proofs if _number_of(each, code) is not None]
    for proof in meant or proofs:
        number = _number_of(proof, code)
        right = mail_proofs.try_mail_code(proof=proof, door=number, most_tries=MOST_TRIES)
        if right and number is not None:
            door, called = proof.doors[number], (name or proof.name)[:LONGEST_NAME]
            known = join_by_grant(
                user_id=door.user_id,
                nonce=proof.nonce,
                device_id=device_id,
                name=called,
                place=place or _still_needed(door),
                notice=Notice("recovered", clock.now(), Way.MAIL, device_id, called),
            )
            prove_address(door.user_id, proof.address, proof.nonce)
            return known
    raise WrongLinkCode(field="code")


def recover_own(*, user_id: UserId | None, token: str, device_id: str, email: str) -> Credentials:
    """The credentials of the account that the caller is known by, if it has this address."""
    if not email.strip():
        raise CannotRecoverUser(field="email")
    try:
        address = email_hash(normal_email(email))
    except InvalidEmail as error:
        raise WrongEmail(field="email") from error
    try:
        known = authenticate_reader(user_id=user_id, token=token, device_id=device_id)
    except Refused as error:
        raise WrongDevice from error
    own = addresses.own_address(known.user_id)
    if own is None or own.digest != address:
        raise WrongDevice
    return known


def _proof_of(digest: str, job: LeasedJob) -> MailProof | None:
    """What a job was staged for: the proof that its request made, or else the last one."""
    proofs = mail_proofs.get_mail_proofs(digest)
    made = [each for each in proofs if each.nonce == _request_of(job)]
    return next(iter(made or proofs), None)


def _request_of(job: LeasedJob) -> str:
    return job.fence.job_id.rpartition(".")[2]


def _may_be_mailed(proof: MailProof, job: LeasedJob) -> bool:
    return addresses.count_mail(
        digest=proof.address,
        job_id=job.fence.job_id,
        now=clock.now(),
        span_ms=LIFE_MS,
        most=MOST_MAILS,
    )


def _doors_of(proof: MailProof) -> list[Door]:
    """What the codes shall lead to: accounts that name the address, who is Pro longest first."""
    holder, claims = addresses.accounts_of_address(proof.address, most=_LOOKED_AT)
    ids = dict.fromkeys([*([holder] if holder != NOBODY else []), *claims])
    ends, now = addresses.pro_until(proof.address, list(ids)), clock.now()
    longest = sorted(ends, key=lambda user_id: -max(ends[user_id], now))  # stable: holder first
    doors = [
        door
        for user_id in longest[:MOST_ACCOUNTS]
        for door in _doors_to(user_id, User.objects.get_account(user_id), proof.name)
    ]
    return doors[:MOST_DOORS]


def _doors_to(user_id: UserId, account: Account | None, name: str) -> Sequence[Door]:
    if account is None:
        return []
    if has_place(account, name):
        return [Door(user_id, "")]
    return [Door(user_id, device.device_id) for device in account.devices]


def _still_needed(door: Door) -> str:
    """The place that a code was for, unless the account has room by now, or it is gone."""
    account = User.objects.get_account(door.user_id)
    if account is None or has_place(account, ""):
        return ""
    return door.place if door.place in {each.device_id for each in account.devices} else ""


def _words_of(proof: MailProof, number: int) -> DoorWords:
    door = proof.doors[number]
    account = User.objects.get_account(door.user_id)
    expiration = Millis(int(account.row["expiration"])) if account else Millis(0)
    names = {each.device_id: each.name for each in account.devices} if account else {}
    return DoorWords(
        code=_code_of(proof.nonce, number),
        pro_until=clock.as_datetime(expiration).date() if expiration > clock.now() else None,
        replaces=(names.get(door.place) or door.place[:12]) if door.place else "",
    )


def _code_of(nonce: str, number: int) -> str:
    return mail_code("recovery", nonce, str(number))


def _number_of(proof: MailProof, code: str) -> int | None:
    matches = [is_same(_code_of(proof.nonce, each), code) for each in range(len(proof.doors))]
    return matches.index(True) if True in matches else None
