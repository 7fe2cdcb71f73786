"""What config-servers hold on a user."""

from typing import Any, Final

from configsrv.keys import CONFIG_ASKED, USER_CONFIG
from configsrv.managers import proxies_of_user_config
from lantern_pro.store.privacy import Holding
from lantern_pro.types import UserId


def _configuration(user_id: UserId) -> dict[str, Any] | None:
    named = proxies_of_user_config(user_id)
    return None if named is None else {"proxies": named}


HOLDINGS: Final = (
    Holding(
        "configuration",
        _configuration,
        (USER_CONFIG, CONFIG_ASKED),
        "within a minute; that it was asked for by mail, within a day",
    ),
)
