"""Proxies of 2016: their keys follow the links, by a step of their own.

Those keys hold Pro tokens in clear, so they are kept only where the operator has asked for it
(docs/bridge-2016.md). They are made from a proxy's users and can be made anew at any time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from accounts.managers import Access
from accounts.services.tokens import token_of
from lantern_pro.errors import InvalidParameter
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, ProxyId, UserId
from proxies import bridge
from proxies.bridge import AT_ONCE, Entry, Mirror, Truth
from proxies.errors import BridgeIsOff, FleetKeptChanging, NoSuchProxy
from proxies.models import Proxy

TRIES: Final = 20


def connect_proxy(proxy_id: ProxyId, server: str = "") -> str:
    """Keep the keys of a proxy of 2016 from now on; the server's id, by default its name.

    ``BridgeIsOff``, ``NoSuchProxy``, and ``InvalidParameter`` when another has that id.
    """
    if not settings.BRIDGE_2016:
        raise BridgeIsOff
    found = Proxy.objects.records([proxy_id])
    if not found:
        raise NoSuchProxy
    server = server or found[0].name
    holders = [each for each, taken in all_bridged().items() if taken == server]
    if holders not in ([], [proxy_id]):
        message = f"Another proxy is the server {server!r}."
        raise InvalidParameter(message, field="server_id")
    known = bridge.bridged(cell_of(proxy_id)).get(proxy_id)
    if known not in {None, server}:
        message = f"The proxy is connected as {known!r}; disconnect it first."
        raise InvalidParameter(message, field="server_id")
    bridge.connect(proxy_id, server)
    mirror_proxy(proxy_id)
    return server


def disconnect_proxy(proxy_id: ProxyId) -> None:
    """Take a proxy's users off its old keys, tell it so, and leave those keys alone."""
    server = bridge.bridged(cell_of(proxy_id)).get(proxy_id)
    if server is None:
        raise NoSuchProxy
    bridge.disconnect(proxy_id)
    for _ in range(TRIES):
        found = bridge.read_mirror(server)
        if _bring(server, found, Truth(found.version or 0, ())):
            bridge.forget(server)
            return
    raise FleetKeptChanging


def mirror_proxy(proxy_id: ProxyId) -> None:
    """Bring a proxy's old keys in step with its users. May run beside itself, twice and late."""
    server = bridge.bridged(cell_of(proxy_id)).get(proxy_id)
    for _ in range(TRIES):
        if server is None:
            return
        found = bridge.read_mirror(server)
        # Looked at after the mirror was read: what a disconnection has emptied stays empty.
        if bridge.bridged(cell_of(proxy_id)).get(proxy_id) != server:
            return
        if _bring(server, found, bridge.read_truth(proxy_id)):
            return
    raise FleetKeptChanging


@dataclass(frozen=True, slots=True)
class Behind:
    """A proxy of 2016 whose old keys are of version ``mark`` and should be of ``version``."""

    proxy_id: ProxyId
    mark: int | None
    version: int


def behind(cell: Cell) -> Iterator[Behind]:
    """The proxies of 2016 whose old keys are not in step."""
    if settings.BRIDGE_2016:
        servers = bridge.bridged(cell)
        marks = bridge.marks(list(servers.values()))
        for proxy_id, version in bridge.versions(list(servers)).items():
            mark = marks[servers[proxy_id]]
            if mark != version:
                yield Behind(proxy_id, mark, version)


def all_bridged() -> dict[ProxyId, str]:
    """The proxies of 2016 of all cells, with their servers' ids."""
    return {
        proxy_id: server
        for cell in range(settings.CELLS)
        for proxy_id, server in bridge.bridged(Cell(cell)).items()
    }


def differences(found: Mirror, truth: Truth) -> dict[UserId, Entry | None]:
    """What of a server's keys is not as its proxy's users are; ``None`` for who is no user."""
    wanted = {each.credentials.user_id: _entry(each) for each in truth.users if each.devices}
    gone: dict[UserId, Entry | None] = dict.fromkeys(found.entries.keys() - wanted.keys())
    return gone | {
        user_id: entry for user_id, entry in wanted.items() if found.entries.get(user_id) != entry
    }


def _entry(access: Access) -> Entry:
    known = access.credentials
    kept = settings.BRIDGE_2016_DEVICES != "none"
    return Entry(
        token_of(known.user_id, known.kid, known.epoch),
        tuple(sorted(access.devices)) if kept else (),
    )


def _bring(server: str, found: Mirror, truth: Truth) -> bool:
    """Write the differences, in pages; False when somebody else was writing."""
    others = [each for each in all_bridged().values() if each != server]
    changes = list(differences(found, truth).items())
    pages = [dict(changes[at : at + AT_ONCE]) for at in range(0, len(changes), AT_ONCE)] or [{}]
    for number, page in enumerate(pages):
        outcome = bridge.write(
            server,
            others,
            truth_version=truth.version,
            writes=found.writes + number,
            changes=page,
            more=number + 1 < len(pages),
        )
        if outcome != "written":
            return outcome == "outdated"
    return True
