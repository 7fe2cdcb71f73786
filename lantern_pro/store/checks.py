"""System checks: what would break at run time is said at start.

``check --database default`` also asks the live server: too old, evicting or not persisting is
refused, because Redis is the store of record here.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import ScriptError, all_scripts

OLDEST_REDIS: Final = (6, 2)


@register(Tags.compatibility)
def scripts_keep_the_rules(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> Iterable[CheckMessage]:
    """Every Lua script reads, and its header says what its code does."""
    del app_configs
    try:
        for _script in all_scripts():
            pass
    except (ScriptError, OSError) as error:
        return [Error(str(error), id="store.E001")]
    return []


@register(Tags.database)
def redis_is_fit_to_be_the_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> Iterable[CheckMessage]:
    """The live server is new enough, never evicts, and persists what it is told."""
    del app_configs
    if not databases:
        return []
    info = text_client().info()
    version = tuple(int(part) for part in str(info["redis_version"]).split(".")[:2])
    found: list[CheckMessage] = []
    if version < OLDEST_REDIS:
        found.append(
            Error(
                f"Redis {info['redis_version']} is older than 6.2.",
                hint="The store's set algebra needs ZRANGESTORE.",
                id="store.E002",
            )
        )
    if info.get("maxmemory_policy") != "noeviction":
        found.append(
            Error(
                f"Redis evicts keys (maxmemory-policy {info.get('maxmemory_policy')}).",
                hint="Set maxmemory-policy noeviction: this is the only copy of the data.",
                id="store.E003",
            )
        )
    if not info.get("aof_enabled"):
        found.append(
            checks.Warning(
                "Redis keeps no append-only file.",
                hint="Set appendonly yes, or what clients were told is lost with the process.",
                id="store.W001",
            )
        )
    return found
