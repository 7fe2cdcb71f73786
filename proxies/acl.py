"""How the users that proxies have on Redis are kept, made and dropped."""

from collections.abc import Sequence

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, ProxyId
from proxies.errors import AccessNotGranted
from proxies.keys import ACCESS


def keep(proxy_id: ProxyId, digests: Sequence[str]) -> None:
    """Note by which passwords, by their SHA-256, a proxy may log in."""
    text_client().hset(ACCESS(cell=cell_of(proxy_id)), str(proxy_id), ",".join(digests))


def note_revoked(proxy_id: ProxyId) -> None:
    """Note that a proxy may log in no more, by which a Redis that still lets it is told so."""
    keep(proxy_id, [])


def digests_of(proxy_id: ProxyId) -> list[str]:
    """By which passwords a proxy may log in."""
    found = text_client().hget(ACCESS(cell=cell_of(proxy_id)), str(proxy_id))
    return found.split(",") if found else []


def noted(cell: Cell) -> dict[ProxyId, list[str]]:
    """By which passwords the proxies of a cell may log in; by none where that was revoked."""
    found = text_client().hgetall(ACCESS(cell=cell))
    return {
        ProxyId(int(each)): digests.split(",") if digests else [] for each, digests in found.items()
    }


def users() -> set[str]:
    """The users that Redis knows. Raises ``AccessNotGranted``."""
    return set(_command("USERS"))


def set_user(name: str, rules: Sequence[str]) -> None:
    """Make a user, or give it other rules. Raises ``AccessNotGranted``."""
    _command("SETUSER", name, *rules)


def drop_user(name: str) -> None:
    """Drop a user; its connections end. Raises ``AccessNotGranted``."""
    _command("DELUSER", name)


def server_version() -> int:
    """The first number of Redis's version."""
    return int(str(text_client().info("server")["redis_version"]).split(".")[0])


def server_run() -> str:
    """Which run of which Redis answers: another after a restart, or where a replica took over."""
    return str(text_client().info("server")["run_id"])


def _command(*words: str) -> list[str]:
    try:
        answer = text_client().execute_command("ACL", *words)
    except RedisConnectionError:
        raise
    except ResponseError as error:
        raise AccessNotGranted(details={"redis": str(error)}) from error
    return answer if isinstance(answer, list) else []
