"""Which mails are doubled, and whether that was within the window that the docs state."""

from dataclasses import dataclass
from typing import Any, Final

from devstack.chaos.stage.place import INDEX_SECONDS

_MARGIN_SECONDS: Final = 0.1
"""How exactly the wire and the stand-in agree on when something was."""


@dataclass(frozen=True, slots=True)
class MailCall:
    """A worker looks (it leases the job, or searches for its mail), or it sends the mail."""

    job_id: str
    worker: str
    sends: bool
    at: float


@dataclass(frozen=True, slots=True)
class DoubledMail:
    """A mail beyond the first of its job. ``excused`` says by what: it must not be empty."""

    job_id: str
    excused: str


def doubled_mails(
    job_id: str, mails: list[dict[str, Any]], calls: list[MailCall]
) -> list[DoubledMail]:
    """Judge each mail of a job beyond the first, by what its sender could have known.

    Within the window is who last looked before the first mail could be found.
    """
    ordered = sorted(mails, key=lambda mail: mail["ts"])
    first = ordered[0]["ts"]
    return [DoubledMail(job_id, _excuse(first, mail["ts"], calls)) for mail in ordered[1:]]


def _excuse(first: float, second: float, calls: list[MailCall]) -> str:
    sent = [call for call in calls if call.sends and call.at <= second + _MARGIN_SECONDS]
    if not sent:
        return ""
    sender = sent[-1]
    looks = [
        call.at
        for call in calls
        if call.worker == sender.worker and not call.sends and call.at <= sender.at
    ]
    looked = looks[-1] if looks else 0.0
    if looked > first + INDEX_SECONDS + _MARGIN_SECONDS:
        return ""
    stood = sender.at - looked > INDEX_SECONDS + _MARGIN_SECONDS
    return "the sender stood still" if stood else "not to be found yet"
