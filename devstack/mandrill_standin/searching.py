"""Finding mails again: the query language, as far as it is of use, and what an answer shows."""

import re
from datetime import UTC, datetime, timedelta

from devstack.mandrill_standin.errors import invalid
from devstack.mandrill_standin.sending import state_of
from devstack.standin import Object

_USUAL_LIMIT, _LARGEST_LIMIT = 100, 1000
_TERM = re.compile(r'(?:(?P<field>[A-Za-z_][\w-]*):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')
_EMPTY_TERMS = {("", "AND"), ("", "*")}
# Where the value of a field is looked for.
_PLACES = {
    "": ("email", "subject"),
    "email": ("email",),
    "full_email": ("email",),
    "to": ("email",),
    "sender": ("from_email",),
    "from": ("from_email",),
    "subject": ("subject",),
    "state": ("state",),
}


def found(mails: list[Object], params: Object) -> list[Object]:
    """Return the mails that the call asks for, newest first."""
    limit = params.get("limit") or _USUAL_LIMIT
    if not isinstance(limit, int) or not 1 <= limit <= _LARGEST_LIMIT:
        raise invalid(field="limit", says=f"Please enter a number from 1 to {_LARGEST_LIMIT}")
    terms = _terms(str(params.get("query") or "*"))
    since, until = _bounds(params)
    tags, senders = set(params.get("tags") or []), set(params.get("senders") or [])
    chosen = [
        mail
        for mail in reversed(mails)
        if since <= mail["ts"] < until
        and (not tags or tags & set(mail["tags"]))
        and (not senders or mail["from_email"] in senders)
        and all(_matches(mail, field, value) for field, value in terms)
    ]
    return chosen[:limit]


def _terms(query: str) -> list[tuple[str, str]]:
    terms = [
        (
            (match["field"] or "").lower(),
            match["quoted"] if match["plain"] is None else match["plain"],
        )
        for match in _TERM.finditer(query)
    ]
    return [(field, value) for field, value in terms if (field, value) not in _EMPTY_TERMS]


def _bounds(params: Object) -> tuple[float, float]:
    """Read the days, in UTC; both belong to what is asked for."""
    try:
        since = datetime.fromisoformat(str(params.get("date_from") or "1970-01-01"))
        until = datetime.fromisoformat(str(params.get("date_to") or "9000-01-01"))
    except ValueError:
        raise invalid(field="date_from", says="Please enter a date as YYYY-MM-DD") from None
    if until.time() == datetime.min.time():
        until += timedelta(days=1)
    return since.replace(tzinfo=UTC).timestamp(), until.replace(tzinfo=UTC).timestamp()


def _matches(mail: Object, field: str, value: str) -> bool:
    """Whether the term holds; ``u_<key>`` is metadata, and values ignore case, as Mandrill does."""
    wanted = value.lower()
    if field.startswith("u_"):
        metadata = {f"u_{key}".lower(): str(held).lower() for key, held in mail["metadata"].items()}
        return metadata.get(field) == wanted
    if field in ("tag", "tags"):
        return wanted in {str(tag).lower() for tag in mail["tags"]}
    places = _PLACES.get(field, ())
    return any(wanted in str(mail[place]).lower() for place in places)


def summary(mail: Object) -> Object:
    """What ``messages/search`` and ``messages/info`` tell."""
    return {
        "ts": int(mail["ts"]),
        "_id": mail["id"],
        "sender": mail["from_email"],
        "template": None,
        "subject": mail["subject"],
        "email": mail["email"],
        "tags": mail["tags"],
        "opens": len(mail["opens"]),
        "opens_detail": [{"ts": moment} for moment in mail["opens"]],
        "clicks": 0,
        "clicks_detail": [],
        "state": state_of(mail),
        "metadata": mail["metadata"],
        "smtp_events": [],
        "resends": [],
        "reject": {"reason": mail["reject_reason"]} if mail["reject_reason"] else None,
    }


def content(mail: Object) -> Object:
    """What ``messages/content`` tells."""
    return {
        "ts": int(mail["ts"]),
        "_id": mail["id"],
        "from_email": mail["from_email"],
        "from_name": mail["from_name"],
        "subject": mail["subject"],
        "to": {"email": mail["email"], "name": mail["to_name"]},
        "tags": mail["tags"],
        "headers": mail["headers"],
        "attachments": mail["attachments"],
        "text": mail["text"],
        "html": mail["html"],
    }
