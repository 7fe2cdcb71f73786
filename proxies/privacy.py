"""What the fleet holds on a user."""

from typing import Any, Final

from lantern_pro.store.privacy import Holding
from lantern_pro.types import UserId
from proxies.keys import ADMITTED, PROXIES_OF
from proxies.models import Proxy


def _proxies(user_id: UserId) -> list[dict[str, Any]]:
    return [
        {"id": record.id, "name": record.name, "place": f"{record.place.city}"}
        for record in Proxy.objects.records(Proxy.objects.of_user(user_id))
    ]


HOLDINGS: Final = (
    Holding(
        "proxies",
        _proxies,
        (PROXIES_OF, ADMITTED),
        "within a minute, and the proxies admit the user no longer",
    ),
)
