"""All short plays, in the order in which they are rehearsed."""

from collections.abc import Mapping
from typing import Final

from devstack.chaos.plays.code import CODE
from devstack.chaos.plays.farewell import END_OF_TIME, FAREWELL
from devstack.chaos.plays.found import FOUND
from devstack.chaos.plays.mail import MAIL
from devstack.chaos.plays.moving import MOVING
from devstack.chaos.plays.offer import OFFER
from devstack.chaos.plays.old_proxies import OLD_PROXIES
from devstack.chaos.plays.piece import Piece
from devstack.chaos.plays.purchase import PURCHASE
from devstack.chaos.plays.returns import RETURN
from devstack.chaos.plays.subscription import SUBSCRIPTION

PIECES: Final[Mapping[str, Piece]] = {
    piece.name: piece
    for piece in (
        PURCHASE,
        OFFER,
        CODE,
        OLD_PROXIES,
        MAIL,
        MOVING,
        RETURN,
        SUBSCRIPTION,
        FOUND,
        END_OF_TIME,
        FAREWELL,
    )
}
