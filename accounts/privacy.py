"""What accounts hold on a user."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from accounts.keys import (
    ADDRESS_CHANGE,
    ADDRESS_CLAIMS,
    ADDRESS_HOLDER,
    ADDRESS_MAILS,
    DEVICE_NAMES,
    DEVICES,
    EARLIER_MAIL_PROOF,
    GRANT,
    INVITEES,
    LINK_ASK,
    MAIL_PROOF,
    MAIL_STANDING,
    MAILS,
    NOTICES,
    RECOVERY_WORDS,
    REFERRAL_CODE,
    REMOVED_DEVICES,
    SIGNUP,
    TIME_LEDGER,
    USERS,
    WRONG_CODES_OF,
)
from accounts.managers import mails
from accounts.managers.address_changes import get_address_change
from accounts.managers.addresses import own_address
from accounts.managers.erasure import removed_devices
from accounts.services.personal import unseal
from accounts.services.users import account_of
from lantern_pro import clock
from lantern_pro.jobs.models import Job
from lantern_pro.store.privacy import Holding
from lantern_pro.types import Millis, UserId

_MOMENTS: Final = (
    "created",
    "confirmed",
    "country_at",
    "expiration",
    "invited",
    "old_good_until",
    "email_proven",
    "words_made",
)
_NOT_TOLD: Final = ("email_sealed", "email_hash", "kid", "epoch", "signup", "words")
"""Columns that say nothing but in a program: the address itself is told instead."""


def _account(user_id: UserId) -> Mapping[str, Any]:
    row = account_of(user_id).row
    told: dict[str, Any] = {"email": unseal(row.get("email_sealed", ""))}
    for name, text in row.items():
        if name in _MOMENTS:
            told[name] = clock.as_seconds(Millis(int(text)))
        elif name not in _NOT_TOLD:
            told[name] = text
    return told


def _devices(user_id: UserId) -> list[dict[str, Any]]:
    return [
        {
            "id": device.device_id,
            "name": device.name,
            "created": clock.as_seconds(device.first_seen),
        }
        for device in account_of(user_id).devices
    ]


def _removed_devices(user_id: UserId) -> list[dict[str, Any]]:
    return [
        {"id": device_id, "removed": clock.as_seconds(when)}
        for device_id, when in removed_devices(user_id)
    ]


def _address(user_id: UserId) -> dict[str, Any]:
    """When the owner proved to read the mail of the account's address, 0 for never; the next."""
    own, change = own_address(user_id), get_address_change(user_id)
    return {
        "proven": clock.as_seconds(own.proven) if own else 0,
        "toBe": unseal(change.sealed) if change else "",
    }


def _notices(user_id: UserId) -> list[dict[str, Any]]:
    return [
        {**asdict(each), "at": clock.as_seconds(each.at)} for each in account_of(user_id).notices
    ]


def _pro_time(user_id: UserId) -> list[dict[str, Any]]:
    return [
        {
            "fact": entry.fact,
            "kind": entry.kind,
            "at": clock.as_seconds(entry.at),
            "seconds": entry.span_ms // 1000,
            "plan": entry.plan,
            "because": entry.because,
        }
        for entry in account_of(user_id).time_ledger
    ]


def _mails(user_id: UserId) -> dict[str, Any]:
    digest = account_of(user_id).row.get("email_hash", "")
    return {
        "sent": [
            {**asdict(each), "at": clock.as_seconds(each.at)}
            for each in mails.mails_of(user_id, most=50)
        ],
        "standing": _standing(mails.standing_of(digest)) if digest else None,
    }


def _standing(known: mails.Standing) -> dict[str, Any]:
    """What became of mails to the address: when last, and the mail service's word for it."""
    return {
        name: value if name == "why" else clock.as_seconds(value)
        for name, value in asdict(known).items()
    }


def _jobs(user_id: UserId) -> list[dict[str, Any]]:
    return [
        {
            "kind": job.kind,
            "state": job.state,
            "created": clock.as_seconds(clock.as_millis(job.created)),
        }
        for job in Job.objects.filter(about=user_id)
    ]


HOLDINGS: Final = (
    Holding("account", _account, (USERS, REFERRAL_CODE, SIGNUP, RECOVERY_WORDS), "at once"),
    Holding("notices", _notices, (NOTICES,), "at once"),
    Holding(
        "devices",
        _devices,
        (DEVICES, DEVICE_NAMES, GRANT, LINK_ASK, WRONG_CODES_OF),
        "at once; a request to link a device goes by itself within the hour",
    ),
    Holding(
        "address",
        _address,
        (
            *(ADDRESS_CHANGE, ADDRESS_CLAIMS, ADDRESS_HOLDER, ADDRESS_MAILS),
            *(MAIL_PROOF, EARLIER_MAIL_PROOF),
        ),
        "within a minute; a request for a code goes by itself within the hour",
    ),
    Holding("removedDevices", _removed_devices, (REMOVED_DEVICES,), "at once"),
    Holding("proTime", _pro_time, (TIME_LEDGER,), "at once"),
    Holding(
        "mails",
        _mails,
        (MAILS, MAIL_STANDING),
        "at once; what became of mails to the address within a minute, unless another account "
        "names it; what was sent stays at Mandrill until its own time for that is over",
    ),
    Holding(
        "invitees",
        lambda user_id: account_of(user_id).invitees,
        (INVITEES,),
        "within a minute; their accounts stay, and no longer show the code that they came by",
    ),
    Holding(
        "jobs",
        _jobs,
        (),
        "what is done for a user is noted by the account's number alone; the notes stay for as "
        "long as those of all jobs",
    ),
)
