"""System checks of the fleet."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register


@register(Tags.security)
def the_bridge_keeps_tokens_in_clear(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> Iterable[CheckMessage]:
    """Whoever turned the bridge on is told what it costs, at every start."""
    del app_configs
    if not settings.BRIDGE_2016:
        return []
    return [
        checks.Warning(
            "LANTERN_BRIDGE_2016 keeps Pro tokens in clear, for proxies of 2016.",
            hint="Give them a Redis of their own (LANTERN_BRIDGE_2016_REDIS_URL) and replace these "
            "proxies: docs/bridge-2016.md.",
            id="proxies.W001",
        )
    ]
