"""What may happen to a mail after it was sent, and how Mandrill tells of it."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from devstack.mandrill_standin.rejects import reject_of
from devstack.standin import Draft, Object
from devstack.standin.courier import Parcel, put_event


@dataclass(frozen=True, slots=True)
class Happening:
    """An event: the words for people, the mail's state after it, and whether its reader is barred.

    ``state`` None leaves the mail's as it is; ``bars`` is the reason on the list of rejects.
    """

    words: str
    state: str | None = None
    bars: str | None = None


HAPPENINGS: Final = {
    "delivered": Happening("The mailbox takes it"),
    "open": Happening("The reader opens it"),
    "hard_bounce": Happening("It bounces: no such mailbox", "bounced", "hard-bounce"),
    "soft_bounce": Happening("It bounces: the mailbox is full", "soft-bounced"),
    "deferral": Happening("The mailbox asks to wait", "deferred"),
    "spam": Happening("The reader complains of spam", "spam", "spam"),
    "unsub": Happening("The reader unsubscribes", "unsub", "unsub"),
}
"""What a person or a test may let happen. ``send`` and ``reject`` come by themselves."""

_BOUNCES: Final[dict[str, Object]] = {
    "hard_bounce": {
        "bounce_description": "bad_mailbox",
        "bgtools_code": 10,
        "diag": "smtp;550 5.1.1 There is no such mailbox.",
    },
    "soft_bounce": {
        "bounce_description": "mailbox_full",
        "bgtools_code": 22,
        "diag": "smtp;552 5.2.2 The mailbox is full.",
    },
}


def happen(draft: Draft, mail: Object, name: str, *, deliver: bool) -> None:
    """Let it happen, and make the event that tells of it."""
    happening = HAPPENINGS.get(name, Happening(name))
    now = time.time()
    changed = {**mail, "state": happening.state or mail["state"]}
    changed["opens"] = mail["opens"] + ([int(now)] if name == "open" else [])
    draft.put(changed)
    if happening.bars:
        draft.put(reject_of(mail["email"], happening.bars))
    put_event(draft, _event(changed, name, now), deliver=deliver)


def _event(mail: Object, name: str, now: float) -> Object:
    message = {
        "ts": int(mail["ts"]),
        "subject": mail["subject"],
        "email": mail["email"],
        "sender": mail["from_email"],
        "tags": mail["tags"],
        "opens": [{"ts": moment} for moment in mail["opens"]],
        "clicks": [],
        "state": mail["state"],
        "metadata": mail["metadata"],
        "_id": mail["id"],
        "_version": secrets.token_urlsafe(16),
        **_BOUNCES.get(name, {}),
    }
    told = {"event": name, "ts": int(now), "_id": mail["id"], "msg": message}
    event_id = f"event_{secrets.token_hex(12)}"
    return {"id": event_id, "object": "event", "mail": mail["id"], "told": told, "made": now}


def packed(event: Object, *, key: str, url: str) -> Parcel:
    """The request that brings an event: a form, signed as Mandrill signs."""
    parameters = {"mandrill_events": json.dumps([event["told"]])}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Mandrill-Signature": signature(key, url, parameters),
        "User-Agent": "Mandrill-Webhook/1.0",
    }
    return urlencode(parameters).encode(), headers


def signature(key: str, url: str, parameters: dict[str, Any]) -> str:
    """HMAC-SHA1, in base64, over the address and the sorted parameters, without separators."""
    signed = hmac.new(key.encode(), url.encode(), hashlib.sha1)
    for name in sorted(parameters):
        signed.update(f"{name}{parameters[name]}".encode())
    return base64.b64encode(signed.digest()).decode()
