"""What happens to accounts."""

from dataclasses import dataclass

from lantern_pro.jobs.events import Event
from lantern_pro.types import UserId


@dataclass(frozen=True, slots=True)
class ProTimeGained(Event):
    """A user's Pro time grew by the entry that ``fact`` names; perhaps they just became Pro."""

    user_id: UserId
    fact: str


@dataclass(frozen=True, slots=True)
class ProTimeTakenBack(Event):
    """Money went back, or came again, and a user's Pro time with it; ``fact`` says of what."""

    user_id: UserId
    fact: str


@dataclass(frozen=True, slots=True)
class DevicesChanged(Event):
    """A device joined, left, or has another id; ``fact`` numbers the change."""

    user_id: UserId
    fact: str


@dataclass(frozen=True, slots=True)
class CountryChanged(Event):
    """A user's app says that it is in another country now; ``fact`` names the change."""

    user_id: UserId
    fact: str


@dataclass(frozen=True, slots=True)
class TokenReset(Event):
    """An account's token is another now; ``fact`` numbers it."""

    user_id: UserId
    fact: str


@dataclass(frozen=True, slots=True)
class UserErased(Event):
    """A user had their account erased; `inviter_id` is 0 when nobody had invited them.

    ``address`` is the keyed hash of the mail address that they had, sealed, if any.
    """

    user_id: UserId
    inviter_id: UserId
    address: str = ""

    @property
    def fact(self) -> str:
        """What names the jobs that take away the rest; the laws wait for them."""
        return f"erased-{self.user_id}"


@dataclass(frozen=True, slots=True)
class AddressChanged(Event):
    """What an account makes of an address, by its keyed hash, sealed, may be another now."""

    user_id: UserId
    address: str
    fact: str


@dataclass(frozen=True, slots=True)
class MailProofAsked(Event):
    """A device asked for codes by mail; ``digest`` is of who asks, ``fact`` names the request."""

    digest: str
    fact: str


@dataclass(frozen=True, slots=True)
class MailCodesMade(Event):
    """The codes of a request lead somewhere, first of all to an account of this user."""

    user_id: UserId
    digest: str
    fact: str


@dataclass(frozen=True, slots=True)
class AddressChangeAsked(Event):
    """An account is to have another address; ``fact`` names the request."""

    user_id: UserId
    fact: str


@dataclass(frozen=True, slots=True)
class AccountRecovered(Event):
    """A device joined an account by a proof of its owner's; ``fact`` names the occasion."""

    user_id: UserId
    way: str
    fact: str
