"""All short plays, in the order in which they are rehearsed, and what is in none of them."""

from collections.abc import Mapping
from typing import Final

from devstack.chaos.plays.code import CODE
from devstack.chaos.plays.farewell import END_OF_TIME, FAREWELL
from devstack.chaos.plays.mail import MAIL
from devstack.chaos.plays.moving import MOVING
from devstack.chaos.plays.offer import OFFER
from devstack.chaos.plays.old_proxies import OLD_PROXIES
from devstack.chaos.plays.piece import Piece
from devstack.chaos.plays.purchase import PURCHASE

PIECES: Final[Mapping[str, Piece]] = {
    piece.name: piece
    for piece in (PURCHASE, OFFER, CODE, OLD_PROXIES, MAIL, MOVING, END_OF_TIME, FAREWELL)
}

NOT_STRUCK_YET: Final[Mapping[str, str]] = {
    "adopt_payment": "no payment of the harness is lost for good to those who settle it",
    "follow_returns": "no client of the harness is given money back yet",
    "look_at_subscription": "no client of the harness subscribes yet",
    "mail_renewal_failed": "no client of the harness subscribes yet",
    "mail_subscription_ended": "no client of the harness subscribes yet",
    "reconcile": "the clock of the harness is too short for a walk over Stripe's lists",
    "settle_refund": "no member of staff in the harness gives money back yet",
    "take_back_bonus": "no client of the harness is given money back yet",
}
"""Kinds of job that no play brings about, and why."""
