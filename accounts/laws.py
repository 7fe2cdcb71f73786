"""What must hold of accounts (laws 2, 7, 10 and 11)."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from django.conf import settings

from accounts.events import UserErased
from accounts.keys import DEVICE_NAMES, DEVICES, REMOVED_DEVICES, TIME_LEDGER, USERS
from accounts.managers import read_time_ledger
from accounts.managers.addresses import accounts_of_address, own_address
from accounts.pro_time import replay
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.audit import all_keys
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import Key, split_cell
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell, UserId

NOBODY: Final = UserId(0)
NO_END: Final = -1
"""What Redis says is the time to live of a key that has none."""


def ledger_explains_expiration(cell: Cell) -> Iterator[str]:
    """Law 2: the expiration of each user is what their ledger adds up to."""
    client = text_client()
    for user_id, _ in client.zscan_iter(USERS.by("id", cell=cell), count=500):
        with client.pipeline(transaction=True) as pipe:
            pipe.hget(USERS.row(int(user_id)), "expiration")
            pipe.hgetall(TIME_LEDGER(user_id=int(user_id)))
            expiration, ledger = pipe.execute()
        told = read_time_ledger(ledger)
        explained = replay(told)
        if int(expiration or 0) != explained.expiration:
            yield f"user {user_id}: expiration {expiration}, ledger says {explained.expiration}"
        for entry in told:
            if entry.span_ms != explained.spans[entry.fact]:
                span = explained.spans[entry.fact]
                yield f"user {user_id}: {entry.fact} says {entry.span_ms} ms, and comes to {span}"


def devices_are_within_limits(cell: Cell) -> Iterator[str]:
    """Law 10: no account has more devices than it may, as what is paid says; nor a removed one."""
    client = text_client()
    for user_id, _ in client.zscan_iter(USERS.by("id", cell=cell), count=500):
        with client.pipeline(transaction=True) as pipe:
            pipe.hget(USERS.row(int(user_id)), "device_limit")
            pipe.hgetall(TIME_LEDGER(user_id=int(user_id)))
            pipe.zrange(DEVICES(user_id=int(user_id)), 0, -1)
            pipe.zrange(REMOVED_DEVICES(user_id=int(user_id)), 0, -1)
            pipe.hkeys(DEVICE_NAMES(user_id=int(user_id)))
            limit, ledger, devices, removed, named = pipe.execute()
        paid_for = replay(read_time_ledger(ledger)).device_limit
        if int(limit or 0) < paid_for:
            yield f"user {user_id}: {limit} devices, and {paid_for} are paid for"
        if len(devices) > int(limit or settings.DEVICE_LIMIT):
            yield f"user {user_id}: {len(devices)} devices"
        if set(devices) & set(removed):
            yield f"user {user_id}: a device is removed and there"
        if not set(named) <= set(devices):
            yield f"user {user_id}: a device has a name and is not there"


def nothing_is_left_of_the_erased(cell: Cell) -> Iterator[str]:
    """Law 7: every key that is named after a user, and stays, is that of one who is there."""
    client = text_client()
    of_users = [key for key in all_keys() if "user_id" in key.parts]
    for name in client.scan_iter(count=1_000):
        user_id = _user_named(name, of_users, cell)
        if user_id is None or client.exists(USERS.row(user_id)):
            continue

        def look(name: str = name) -> list[str]:
            stays = client.ttl(name) == NO_END
            return [f"{name} is left, and the user is gone"] * int(stays)

        erased = UserErased(cell, user_id, NOBODY)
        yield from settled_faults(cell, erased.fact, look)


def addresses_are_reserved(cell: Cell) -> Iterator[str]:
    """Law 11: an address that an account names is entered as its; what it has proven, it holds."""
    for user_id, _ in text_client().zscan_iter(USERS.by("id", cell=cell), count=500):
        faults = partial(_address_faults, UserId(int(user_id)))
        yield from settled_faults(cell, user_id, faults)


def _address_faults(user_id: UserId) -> list[str]:
    own = own_address(user_id)
    if own is None:
        return []
    holder, claims = accounts_of_address(own.digest, most=1_000)
    faults = [] if user_id in claims else [f"user {user_id}: the address does not know of them"]
    if bool(own.proven) != (holder == user_id):
        faults.append(f"user {user_id}: proved the address at {own.proven}, held by {holder}")
    return faults


def _user_named(name: str, of_users: list[Key], cell: Cell) -> UserId | None:
    try:
        where, rest = split_cell(name)
    except ValueError:
        return None
    found = (key.read(rest) for key in of_users if where == cell)
    return next((UserId(int(parts["user_id"])) for parts in found if parts), None)


LAWS = (
    Law(11, "an address is held by the account that has proven it", addresses_are_reserved),
    Law(2, "the expiration is the sum of the ledger of time", ledger_explains_expiration),
    Law(10, "no account has more devices than its plan is for", devices_are_within_limits),
    Law(7, "no key is left of an erased user", nothing_is_left_of_the_erased),
)
