"""What the fleet holds on a user."""

from typing import Any, Final

from accounts.models import User
from lantern_pro.store.privacy import Holding
from lantern_pro.types import UserId
from proxies.keys import ADMITTED, MOVES_OF, PROXIES_OF
from proxies.models import Proxy
from proxies.usage import usage_of


def _proxies(user_id: UserId) -> list[dict[str, Any]]:
    return [
        {"id": record.id, "name": record.name, "place": f"{record.place.city}"}
        for record in Proxy.objects.records(Proxy.objects.of_user(user_id))
    ]


def _usage(user_id: UserId) -> list[dict[str, Any]]:
    """What proxies have counted of the user's devices while they were free."""
    access = User.objects.get_access(user_id)
    counted = [(each, usage_of(each)) for each in (access.devices if access else ())]
    return [
        {
            "device": device_id,
            "bytesIn": used.bytes_in,
            "bytesOut": used.bytes_out,
            "country": used.country,
            "endsIn": used.seconds_left,
        }
        for device_id, used in counted
        if used is not None
    ]


HOLDINGS: Final = (
    Holding("usage", _usage, (), "by itself, at the end of the day, week or month"),
    Holding(
        "proxies",
        _proxies,
        (PROXIES_OF, ADMITTED, MOVES_OF),
        "within a minute, and the proxies admit the user no longer",
    ),
)
