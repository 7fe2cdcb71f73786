"""A user's mails as staff see them, and letting an address be written to again."""

from dataclasses import dataclass
from typing import Final

from accounts.managers.mails import Posted, forget_standing, mails_of, standing_of
from accounts.models import User
from lantern_pro import clock
from lantern_pro.errors import Unavailable
from lantern_pro.mail import mandrill
from lantern_pro.mail.fates import Fate, fates_of
from lantern_pro.types import Millis, UserId

MOST_SHOWN: Final = 10
NOT_REACHABLE: Final = "not reachable just now"
WELL: Final = "takes mails, as far as is known"
_TROUBLES: Final = {
    "bounced": "bounced for good",
    "complained": "its owner complained",
}
NAMES: Final = {
    "codes": "code to get in",
    "config": "configuration",
    "new_address": "code for a new address",
    "old_address": "code to give up the address",
    "receipt": "receipt",
    "recovered": "notice of a recovery",
    "renewal_failed": "a renewal that was not paid",
    "subscription_ended": "the end of a subscription",
}
"""What each letter is, in the words of staff."""


@dataclass(frozen=True, slots=True)
class MailShown:
    """One mail: which, when, by whom, what became of it, and the sender's id of it."""

    name: str
    at: str
    sender: str
    fate: str
    id: str


def mails_shown(user_id: UserId, *, most: int = MOST_SHOWN) -> list[MailShown]:
    """A user's newest mails, with what Mandrill says of each."""
    posted = mails_of(user_id, most=most)
    fates = fates_of([each.id for each in posted if each.sender == "mandrill"])
    return [
        MailShown(
            name=each.name,
            at=_moment(each.at),
            sender=each.sender or "-",
            fate=fate_words(each, fates.get(each.id)),
            id=each.id or "-",
        )
        for each in posted
    ]


def fate_words(posted: Posted, fate: Fate | None) -> str:
    """What became of a mail, in the words of staff."""
    if posted.state != "sent":
        return f"{posted.state}: {posted.why}"
    if posted.sender == "smtp":
        return "handed to the mail server, which tells no more"
    if fate is None:
        return NOT_REACHABLE
    if fate.state == "unknown":
        return "Mandrill has no such mail (any more)"
    return f"{fate.state}, opened" if fate.opens else fate.state


def standing_words(user: User) -> str | None:
    """Whether a user's address is written to, and why not; None when they told none."""
    if not user.email_hash:
        return None
    known = standing_of(user.email_hash)
    why = f" ({known.why})" if known.why else ""
    if known.trouble:
        at = known.complained if known.trouble == "complained" else known.bounced
        words = _TROUBLES[known.trouble]
        return f"{words}, {_moment(at)}{why}: only what they ask for is sent"
    if known.soft > known.delivered:
        return f"did not take a mail, {_moment(known.soft)}{why}"
    return WELL


def address_words(user: User) -> str:
    """Whether an address was told and is confirmed, and whether it is written to."""
    standing = standing_words(user)
    if standing is None:
        return "none was told"
    proven = user.email_proven
    proof = f"confirmed {proven:%Y-%m-%d %H:%M}" if proven else "never confirmed by a code"
    return f"{proof}; {standing}"


def write_again(user: User) -> str:
    """Forget an address's bounces and complaints, here and at Mandrill; words for who asked."""
    if not user.email_hash:
        return "This user has told no e-mail address."
    forget_standing(user.email_hash)
    try:
        mandrill.welcome_back(user.email)
    except Unavailable:
        return f"Forgotten here; Mandrill is {NOT_REACHABLE} and may still refuse the address."
    return "The address is written to again."


def _moment(millis: Millis) -> str:
    return f"{clock.as_datetime(millis):%Y-%m-%d %H:%M}"
