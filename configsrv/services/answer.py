"""What one poll is answered: the rules, without HTTP and without Redis."""

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from django.conf import settings

from accounts.services.tokens import admission
from configsrv.placement import Prefixes, bucket_of, network_of
from configsrv.reading import UserConfig
from configsrv.render import Body
from configsrv.withheld import Withheld
from lantern_pro import clock
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, UserId

MOST_DIGITS: Final = 16
"""Of an id below 2**53."""
COUNTRY_LETTERS: Final = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What is stored for a poll: its bucket's body, its user's part, and who must not be named."""

    free: Body
    own: UserConfig | None
    withheld: Withheld = field(default_factory=Withheld)


class Configs(Protocol):
    """Where configurations come from."""

    def get(self, cell: Cell, bucket: int, user_id: UserId | None) -> Found:
        """The free configuration of a bucket, and the Pro part of a user's if there is one."""

    def variant(self, cell: Cell, bucket: int, country: str) -> Body:
        """The free configuration of a bucket for a country; nothing when it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What a client said of itself; everything may be missing or made up.

    ``country`` is where it says it is; most say nothing. ``peer`` is the other end of the
    connection; ``client_ip`` and ``forward_secret`` are what a proxy of ours says of a client that
    came through it. ``tags`` are what the client has.
    """

    user_id: str = ""
    device_id: str = ""
    token: str = ""
    country: str = ""
    peer: str = ""
    client_ip: str = ""
    forward_secret: str = ""
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """``fresh`` carries a body, ``same`` only its tag, ``none`` neither.

    ``none`` means that there is no proxy to name: an empty configuration would be an error to
    the client, so it must keep what it has.
    """

    kind: Literal["fresh", "same", "none"]
    body: Body


def answer(poll: Poll, configs: Configs) -> Answer:
    """Answer one poll: the user's own proxies if they are Pro, then those of their network.

    A proxy that is retired, or blocked where the reader is, is left out, whatever is stored. Where
    they are the poll says, or else what a Pro user's app told last.
    """
    user_id, country = _user_id(poll.user_id), _country(poll.country)
    cell = Cell(0) if user_id is None else cell_of(user_id)
    bucket = bucket_of(_network(poll), settings.PLACEMENT_SECRET, settings.FREE_BUCKETS)
    found = configs.get(cell, bucket, user_id if poll.token else None)
    own = found.own
    if own is not None and not _is_pro(own, poll, clock.now()):
        own = None
    if own is not None:
        country = country or own.country
    hidden = found.withheld.where(country)
    body = found.free.without(hidden)
    if country and found.free.names_any(hidden):
        body = configs.variant(cell, bucket, country).without(hidden) or body
    if own is not None:
        body = own.body.without(hidden) + body
    if not body:
        return Answer("none", body)
    return Answer("same" if body.tag in poll.tags else "fresh", body)


def seconds_until_next_poll() -> int:
    """How long the client shall wait: drawn anew each time, so that polls never synchronise."""
    usual = settings.CONFIG_POLL_SECONDS
    least, most = max(1, usual * 3 // 4), usual * 5 // 4
    return least + secrets.randbelow(most - least + 1)


def _network(poll: Poll) -> str:
    """The client's network: told by a proxy if the proxy proves to be ours, else seen."""
    prefixes = Prefixes(settings.FREE_IPV4_PREFIX, settings.FREE_IPV6_PREFIX)
    is_ours = hmac.compare_digest(
        poll.forward_secret.encode(), settings.PROXY_FORWARD_SECRET.encode()
    )
    address = poll.client_ip if is_ours and poll.client_ip else poll.peer
    return network_of(address, prefixes)


def _user_id(text: str) -> UserId | None:
    """Read the user id; None for nobody, nonsense, or a cell that there is not."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        return None
    try:
        cell = cell_of(int(text))
    except ValueError:
        return None
    return UserId(int(text)) if cell < settings.CELLS else None


def _country(text: str) -> str:
    """Read a country's code; empty for what is none."""
    return text.upper() if len(text) == COUNTRY_LETTERS and text.isascii() else ""


def _is_pro(config: UserConfig, poll: Poll, now: Millis) -> bool:
    """Whether the token is right and the device is one of the account's.

    What is compared is a hash that nobody can aim at without the token: its time tells nothing.
    """
    return admission(poll.token, poll.device_id) in config.admissions and config.expiration > now
