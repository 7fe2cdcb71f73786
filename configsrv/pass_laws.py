"""What must hold of the passes in stored configurations (law 5)."""

import gzip
from collections.abc import Iterator
from functools import partial

import yaml

from accounts.keys import PRO_ENDS
from accounts.models import User
from accounts.services.tokens import admissions_of
from configsrv import keys, managers, renewals
from lantern_pro import clock
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, Millis, UserId
from proxies.models import Proxy
from proxies.records import ProxyRecord
from proxies.services import passes


def passes_are_right(cell: Cell) -> Iterator[str]:
    """Law 5: a Pro user's configuration has a pass for each proxy, for the devices of now.

    It is signed with a key that proxies know, and is either good to the end of the Pro time or
    stands in the list of those to be made anew half through its life.
    """
    for member, due in text_client().zscan_iter(keys.RENEWALS(cell=cell), count=500):
        yield from settled_faults(cell, member, partial(_nobodys_renewal, UserId(int(member)), due))
    now = clock.now()
    for member, expiration in text_client().zscan_iter(PRO_ENDS(cell=cell), count=500):
        user_id = UserId(int(member))
        if expiration > now:
            yield from settled_faults(cell, member, partial(_pass_faults, user_id))


def _nobodys_renewal(user_id: UserId, due: float) -> list[str]:
    if managers.body_of_user_config(user_id) is not None:
        return []
    return [f"user {user_id}: passes are to be renewed at {due:.0f}, and there are none"]


def _pass_faults(user_id: UserId) -> list[str]:
    access, body = User.objects.get_access(user_id), managers.body_of_user_config(user_id)
    if access is None or not body:
        return []
    named = {each.name: each for each in Proxy.objects.records(Proxy.objects.of_user(user_id))}
    known = {each[: passes.ADMISSION_DIGITS] for each in admissions_of(access)}
    faults = []
    for name, told in yaml.safe_load(gzip.decompress(body)).items():
        fault = _fault_of_pass(told.get("pass", ""), named.get(name), known)
        fault = fault or _renewal_fault(user_id, told["pass"], access.credentials.expiration)
        if fault:
            faults.append(f"user {user_id}: the pass for {name} {fault}")
    return faults


def _fault_of_pass(text: str, proxy: ProxyRecord | None, known: set[str]) -> str | None:
    try:
        found = passes.read(text)
    except ValueError as error:
        return f"is none: {error}"
    if proxy is None or found.proxy_id != proxy.id:
        return "is for another proxy"
    if found.admissions != known:
        return "is for other devices"
    return None


def _renewal_fault(user_id: UserId, text: str, expiration: Millis) -> str | None:
    found = passes.read(text)
    due = renewals.of_user(user_id)
    if due is None:
        is_enough = found.good_until >= expiration // 1000
        return None if is_enough else "ends before the Pro time, and nothing renews it"
    is_in_time = found.good_from * 1000 < due < found.good_until * 1000
    return None if is_in_time else f"is renewed at {due}, out of its time"
