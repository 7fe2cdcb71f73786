"""What a proxy may do on Redis: an ACL user of its own, for its own keys.

The password is random, told once, and nowhere kept: here as in Redis only its SHA-256 is. So the
users can be made again where a Redis forgot them in a restart.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lantern_pro import clock
from lantern_pro.types import Cell, ProxyId
from proxies import acl, keys
from proxies.errors import ProxyRetired
from proxies.models import Proxy
from proxies.records import ProxyRecord, State, Track

TO_CONNECT: Final = ("ping", "client|setname", "multi", "exec", "discard")
TO_LEARN: Final = ("smembers", "xread", "xrange", "xrevrange", "get")
TO_SHOW_LIFE: Final = ("hset",)
TO_COUNT: Final = ("evalsha", "hincrby", "hget", "expireat", "ttl")
READ_WRITE_PARTED_SINCE: Final = 7
TOLD_AGAIN_MS: Final = 10 * 60 * 1000

_told: dict[Cell, tuple[str, int]] = {}
"""In which run of Redis, and when, this process last told it all users of a cell."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A proxy's access, with the password that is told once."""

    proxy: ProxyRecord
    user: str
    password: str
    rules: tuple[str, ...]


def user_of(proxy_id: ProxyId) -> str:
    """The name of a proxy's ACL user."""
    return f"proxy-{proxy_id}"


def grant_access(proxy: ProxyRecord, *, keep_old: bool = False) -> Granted:
    """Give a proxy a new password; the old ones are good no more, unless they are kept.

    Raises ``ProxyRetired``, and ``AccessNotGranted`` when Redis lets nobody make users from here.
    """
    if proxy.state is State.RETIRED:
        raise ProxyRetired
    old = acl.digests_of(proxy.id)[:1] if keep_old else []
    granted, digest = _make(proxy, old)
    acl.set_user(granted.user, granted.rules)
    acl.keep(proxy.id, [digest, *old])
    acl.set_user(granted.user, granted.rules)  # who restored it meanwhile knew the old ones
    return granted


def propose_access(proxy: ProxyRecord) -> Granted:
    """Make a password and what Redis would have to be told; nothing is changed, nothing kept."""
    return _make(proxy, [])[0]


def revoke_access(proxy_id: ProxyId) -> None:
    """Take a proxy's access away; its connections end at once."""
    acl.note_revoked(proxy_id)
    acl.drop_user(user_of(proxy_id))


def revoke_if_granted(proxy_id: ProxyId) -> bool:
    """Take away access that was granted from here; whether there was any."""
    if not acl.digests_of(proxy_id):
        return False
    revoke_access(proxy_id)
    return True


def restore_access(cell: Cell) -> list[ProxyId]:
    """Let Redis know the users that were granted, and none that was revoked; who was missing.

    Names are looked at each time. What a user of the right name may do and by which passwords is
    told anew to every Redis that this process has not told (one that restarted with an old file of
    users, a replica that took over), and now and then. Users that were never granted from here are
    somebody else's and stay.
    """
    noted = acl.noted(cell)
    if not noted:
        return []
    there, told = acl.users(), (acl.server_run(), clock.now() // TOLD_AGAIN_MS)
    granted = [each for each, digests in noted.items() if digests]
    missing = [each for each in granted if user_of(each) not in there]
    for proxy_id in noted.keys() - set(granted):
        if user_of(proxy_id) in there:
            acl.drop_user(user_of(proxy_id))
    known = _told.get(cell) == told
    for proxy in Proxy.objects.records(missing if known else granted):
        if proxy.state is State.RETIRED:
            revoke_access(proxy.id)
        else:
            _tell(proxy, noted[proxy.id])
    _told[cell] = told
    return missing


def _tell(proxy: ProxyRecord, digests: Sequence[str]) -> None:
    """Make a user; if it was revoked or has another password meanwhile, as that is."""
    acl.set_user(user_of(proxy.id), rules_of(proxy, digests))
    now = acl.digests_of(proxy.id)
    if not now:
        acl.drop_user(user_of(proxy.id))
    elif now != digests:
        _tell(proxy, now)


def _make(proxy: ProxyRecord, old: Sequence[str]) -> tuple[Granted, str]:
    """Access with a new password, and that password's digest."""
    password = secrets.token_urlsafe(32)
    digest = hashlib.sha256(password.encode()).hexdigest()
    rules = rules_of(proxy, [digest, *old])
    return Granted(proxy, user_of(proxy.id), password, rules), digest


def rules_of(proxy: ProxyRecord, digests: Sequence[str]) -> tuple[str, ...]:
    """What ``ACL SETUSER`` takes: everything else is refused.

    From Redis 7 on keys are granted for reading or writing. Before that a key that may be read may
    be written by every command that is granted; ``docs/proxy-protocol.md`` says what that means.
    """
    parted = acl.server_version() >= READ_WRITE_PARTED_SINCE
    commands = [*TO_CONNECT, *TO_LEARN, *TO_SHOW_LIFE]
    readable = [key(proxy_id=proxy.id) for key in (keys.ADMISSIONS, keys.CHANGES, keys.CARD)]
    writable = [keys.HEARTBEAT(proxy_id=proxy.id)]
    if proxy.track is Track.FREE:
        commands += TO_COUNT
        readable.append(keys.THROTTLE())
        writable.append(keys.CLIENT(device_id="*"))
    return (
        *("reset", "on", *(f"#{digest}" for digest in digests)),
        *("resetkeys", "resetchannels", "-@all"),
        *(f"+{command}" for command in commands),
        *(f"{'%R' if parted else ''}~{key}" for key in readable),
        *(f"~{key}" for key in writable),
    )
