"""What may become of handing a mail to a sender. Four ways, because what follows differs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """The sender has taken it; ``mail_id`` is its name for the mail."""

    mail_id: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """It will not be sent, and repeating mends nothing.

    ``of_address`` tells a reader who cannot or will not be written to from an account of ours
    that is not in order.
    """

    reason: str
    of_address: bool


@dataclass(frozen=True, slots=True)
class NotSent:
    """It was surely not taken; later it may be."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been taken: the answer was lost, or told nothing."""

    reason: str


Outcome = Sent | Refusal | NotSent | Unknown
