"""What Mandrill tells of mails without being asked: reading a webhook, and its signature.

Mandrill signs by HMAC-SHA1, in base64, the webhook's address as it was entered there followed by
each POST parameter's name and value, sorted by name. Nothing in it is a time, so a delivery may be
played again; what is noted of it is the same then.
"""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from django.conf import settings

from lantern_pro.mail.errors import ForgedReport
from lantern_pro.types import Millis

_EVENTS: Final = "mandrill_events"
_WORD: Final = re.compile(r"[a-z][a-z_-]{0,59}")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one mail. ``why`` is a word of Mandrill's, such as ``bad_mailbox``."""

    event: str
    address: str
    at: Millis
    why: str


def signature(key: str, url: str, parameters: Mapping[str, str]) -> str:
    """Mandrill's signature of a delivery."""
    signed = url + "".join(f"{name}{parameters[name]}" for name in sorted(parameters))
    return base64.b64encode(hmac.digest(key.encode(), signed.encode(), "sha1")).decode()


def read_reports(body: bytes, told: str) -> list[Report]:
    """Read a delivery; ``ForgedReport`` when Mandrill did not sign it, or it makes no sense."""
    try:
        parameters = dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        raise ForgedReport from None
    right = [
        hmac.compare_digest(
            signature(key, settings.MANDRILL_WEBHOOK_URL, parameters).encode(), told.encode()
        )
        for key in settings.MANDRILL_WEBHOOK_KEYS
    ]
    if not any(right):
        raise ForgedReport
    try:
        events = json.loads(parameters.get(_EVENTS, "[]"))
    except ValueError:
        raise ForgedReport from None
    return [report for event in events if (report := _read(event)) is not None]


def _read(event: Any) -> Report | None:
    """One event; None for those that are about no mail, or miss what every one has."""
    try:
        message = event["msg"]
        why = str(message.get("bounce_description") or "")
        return Report(
            event=str(event["event"]),
            address=str(message["email"]),
            at=Millis(int(event["ts"]) * 1000),
            why=why if _WORD.fullmatch(why) else "",
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
