"""Taking a mail in: what is checked, what is made of it for each recipient."""

import base64
import binascii
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from devstack.mandrill_standin.errors import invalid
from devstack.standin import Object

# As Mandrill: a mail to more recipients than this is queued even without `async`.
_MOST_AT_ONCE = 10
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
_MERGE_TAG = re.compile(r"\*\|([A-Z0-9_:]+)\|\*", re.IGNORECASE)


def mails_of(params: Object, *, delay: float, barred: Callable[[str], str | None]) -> list[Object]:
    """Make one mail for each recipient; ``MandrillError`` when the call is not well formed.

    They stay queued for ``delay`` seconds; ``barred`` says why a recipient is not written to.
    """
    message = _structure(params, "message")
    recipients = _list(message, "to")
    if not recipients:
        raise invalid(field="message.to", says="Please provide at least one recipient")
    _check_files(message)
    queued = bool(params.get("async")) or len(recipients) > _MOST_AT_ONCE or delay > 0
    return [
        _mail(message, to, queued=queued, delay=delay, reason=barred(str(to["email"]).lower()))
        for to in recipients
    ]


def answer_of(mail: Object) -> Object:
    """What ``messages/send`` says of one recipient."""
    answer = {"email": mail["email"], "status": mail["answered"], "_id": mail["id"]}
    return {**answer, "reject_reason": mail["reject_reason"]}


def state_of(mail: Object) -> str:
    """The state of a mail now: one that is delayed is queued until its time comes."""
    waits = mail["state"] == "sent" and time.time() < mail.get("ready", 0)
    return "queued" if waits else str(mail["state"])


def _mail(message: Object, to: Object, *, queued: bool, delay: float, reason: str | None) -> Object:
    address, now = str(to["email"]), time.time()
    if not _ADDRESS.fullmatch(address):
        answered, state, reason = "invalid", "invalid", None
    elif reason:
        answered, state = "rejected", "rejected"
    else:
        answered, state = ("queued" if queued else "sent"), "sent"
    values = _merge_values(message, address)
    return {
        "id": secrets.token_hex(16),
        "object": "mail",
        "ts": now,
        "ready": now + delay,
        "opens": [],
        "email": address,
        "to_name": to.get("name"),
        "answered": answered,
        "state": state,
        "reject_reason": reason,
        "from_email": message.get("from_email") or "",
        "from_name": message.get("from_name") or "",
        "subject": _merged(message.get("subject"), values),
        "html": _merged(message.get("html"), values),
        "text": _merged(message.get("text"), values),
        "headers": message.get("headers") or {},
        "tags": message.get("tags") or [],
        "metadata": {**(message.get("metadata") or {}), **_own_metadata(message, address)},
        "attachments": message.get("attachments") or [],
        "images": message.get("images") or [],
    }


def _structure(holder: Object, name: str) -> Object:
    value = holder.get(name)
    if not isinstance(value, dict):
        raise invalid(field=name, says="Please enter a struct")
    return value


def _list(message: Object, name: str) -> list[Object]:
    value = message.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid(field=f"message.{name}", says="Please enter an array of structs")
    if name == "to" and not all(item.get("email") for item in value):
        raise invalid(field="message.to", says="Every recipient needs an email")
    return value


def _check_files(message: Object) -> None:
    for kind in ("attachments", "images"):
        for item in _list(message, kind):
            try:
                base64.b64decode(str(item["content"]), validate=True)
            except (KeyError, binascii.Error):
                raise invalid(field=f"message.{kind}", says="content must be in base64") from None
            if not item.get("name") or not item.get("type"):
                raise invalid(field=f"message.{kind}", says="name and type are needed")


def _of_recipient(entries: Iterable[Object] | None, address: str, field: str) -> Any:
    for entry in entries or []:
        if entry.get("rcpt") == address:
            return entry.get(field)
    return None


def _own_metadata(message: Object, address: str) -> Object:
    own = _of_recipient(message.get("recipient_metadata"), address, "values")
    return dict(own or {})


def _merge_values(message: Object, address: str) -> dict[str, str]:
    everyones = message.get("global_merge_vars") or []
    own = _of_recipient(message.get("merge_vars"), address, "vars") or []
    try:
        return {str(item["name"]).upper(): str(item["content"]) for item in [*everyones, *own]}
    except (KeyError, TypeError):
        raise invalid(field="message.merge_vars", says="name and content are needed") from None


def _merged(text: str | None, values: dict[str, str]) -> str:
    return _MERGE_TAG.sub(lambda tag: values.get(tag[1].upper(), tag[0]), text or "")
