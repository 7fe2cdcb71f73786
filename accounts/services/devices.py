"""The devices of an account: up to the plan's limit, whoever joins at once.

What was read is a hint: the script looks again before it writes, and ``changed`` means that the
hint was old.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from django.conf import settings

from accounts import managers
from accounts.errors import (
    DevicesKeptChanging,
    DeviceWasRemoved,
    NoSuchDevice,
    TooManyDevices,
    WrongCredentials,
    WrongLinkCode,
)
from accounts.events import AccountRecovered, DevicesChanged
from accounts.managers import Access, Account, Credentials, Joining
from accounts.managers.recovery import Notice
from accounts.models import User
from accounts.services.personal import lookup_hash
from accounts.services.users import account_of
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import NewJob
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId

TRIES: Final = 20
LONGEST_NAME: Final = 100
_HOUR_MS: Final = 60 * 60 * 1000

T = TypeVar("T")


def add_device(*, user_id: UserId, device_id: str, name: str, place: str) -> None:
    """Add a device that has the token, in the place of another where ``place`` names one.

    ``TooManyDevices`` tells which devices there are. A device that another took off needs more
    than the token: ``DeviceWasRemoved``.
    """

    def attempt(access: Access) -> managers.Joined:
        return managers.add_device(
            user_id=user_id,
            joining=joining_of(access, device_id=device_id, name=name, place=place),
            follow=what_follows(access),
        )

    match as_long_as_it_changes(user_id, attempt):
        case "full":
            raise too_many_devices(user_id)
        case "no_such_place":
            raise NoSuchDevice(field="replaceDeviceId")
        case "barred":
            raise DeviceWasRemoved


def join_by_grant(
    *,
    user_id: UserId,
    nonce: str,
    device_id: str,
    name: str,
    place: str,
    notice: Notice | None = None,
) -> Credentials:
    """Let a device join by a grant, and answer the account's credentials.

    In a full account it takes the place that ``place`` names, or else that of the device that
    has its very name and joined first: a machine that was set up anew. ``WrongLinkCode`` when the
    grant is over. With ``notice`` all devices are told, and its address by mail, also when the
    device says to be one of the account: ids of devices are no secrets.
    """

    def attempt(access: Access) -> managers.Joined:
        takes = place or _place_of_namesake(access, name)
        changed = () if device_id in access.devices else what_follows(access)
        return managers.join_by_grant(
            user_id=user_id,
            nonce=nonce,
            joining=joining_of(access, device_id=device_id, name=name, place=takes),
            follow=(*changed, *_mail_of(notice, user_id)),
            notice=notice,
        )

    match as_long_as_it_changes(user_id, attempt):
        case "full":
            raise too_many_devices(user_id)
        case "no_such_place":
            raise NoSuchDevice(field="replaceDeviceId")
        case "barred":
            raise WrongLinkCode(field="code")
    found = User.objects.get_credentials(user_id)
    if found is None:
        raise WrongCredentials
    return found


def _mail_of(notice: Notice | None, user_id: UserId) -> tuple[NewJob, ...]:
    """The mail that tells of a device: one an hour, however often the call is repeated."""
    if notice is None:
        return ()
    device = lookup_hash("recovered", notice.device_id)[:16]
    fact = f"{notice.way}.{device}.{notice.at // _HOUR_MS}"
    return following(AccountRecovered(cell_of(user_id), user_id, notice.way, fact))


def check_room(user_id: UserId, *, name: str) -> None:
    """Refuse with ``TooManyDevices`` when a device of this name would find no place."""
    if not has_place(account_of(user_id), name):
        raise too_many_devices(user_id)


def has_place(account: Account, name: str) -> bool:
    """Whether a device of this name would find a place: a free one, or its namesake's."""
    return len(account.devices) < _limit_of(account) or bool(_namesake(account, name))


def remove_device(*, user_id: UserId, device_id: str, by: str) -> None:
    """Take a device off; one that is none is off already."""

    def attempt(access: Access) -> str:
        return managers.remove_device(
            access=access,
            device_id=device_id,
            by=by,
            now=clock.now(),
            follow=what_follows(access),
        )

    as_long_as_it_changes(user_id, attempt)


def move_device(*, user_id: UserId, old_id: str, new_id: str) -> None:
    """Let a device go on under the id that it has now; ``NoSuchDevice`` when it never was one."""

    def attempt(access: Access) -> str:
        return managers.move_device(
            access=access, old_id=old_id, new_id=new_id, follow=what_follows(access)
        )

    if as_long_as_it_changes(user_id, attempt) == "no_such_device":
        raise NoSuchDevice(field="oldDeviceID")


def joining_of(access: Access, *, device_id: str, name: str, place: str) -> Joining:
    """A device that joins the account as it was read."""
    return Joining(
        device_id=device_id,
        name=name[:LONGEST_NAME],
        place=place if place != device_id else "",
        limit=settings.DEVICE_LIMIT,
        now=clock.now(),
        devices_version=access.devices_version,
    )


def as_long_as_it_changes(user_id: UserId, attempt: Callable[[Access], T]) -> T:
    """Read the access and try, again while the outcome is ``changed``."""
    for _ in range(TRIES):
        access = User.objects.get_access(user_id)
        if access is None:
            raise WrongCredentials
        outcome = attempt(access)
        if outcome != "changed":
            return outcome
    raise DevicesKeptChanging


def what_follows(access: Access) -> tuple[NewJob, ...]:
    """What follows from the next change of the devices: it is named by its number."""
    user_id = access.credentials.user_id
    fact = f"devices.{access.devices_version + 1}"
    return following(DevicesChanged(cell_of(user_id), user_id, fact))


def _place_of_namesake(access: Access, name: str) -> str:
    """In a full account, the device of this name that joined first; empty when there is none."""
    account = account_of(access.credentials.user_id)
    return _namesake(account, name) if len(account.devices) >= _limit_of(account) else ""


def _namesake(account: Account, name: str) -> str:
    namesakes = (each.device_id for each in account.devices if each.name == name[:LONGEST_NAME])
    return next(namesakes, "") if name else ""


def _limit_of(account: Account) -> int:
    return int(account.row.get("device_limit") or settings.DEVICE_LIMIT)


def too_many_devices(user_id: UserId) -> TooManyDevices:
    """The refusal that tells an owner which devices there are."""
    account = account_of(user_id)
    return TooManyDevices(
        details={
            "limit": _limit_of(account),
            "devices": [
                {
                    "id": device.device_id,
                    "name": device.name,
                    "created": clock.as_seconds(device.first_seen),
                }
                for device in account.devices
            ],
        }
    )
