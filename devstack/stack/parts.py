"""Which processes a stack is made of, and how each is started."""

import sys
from typing import Final

from devstack.redis_server import RedisPlace
from devstack.stack.part import Part
from devstack.stack.place import HOST, StackPlace
from devstack.stack.signs import answers, logs, pongs

# A request that waits for its job holds one of these threads: more than LANTERN_WAITING_SEATS.
_PRO_THREADS: Final = 32
_CONFIG_THREADS: Final = 2
_GRACE_SECONDS: Final = 5


def python(*arguments: str) -> list[str]:
    """The command line of one of the project's own programs."""
    return [sys.executable, *arguments]


def redis(place: RedisPlace) -> Part:
    """The store: what it has answered is on disk."""
    sign = pongs(place.port, place.password)
    return Part("redis", place.command(fsync="always"), sign)


def stand_ins(place: StackPlace) -> list[Part]:
    """The payment service and the mail service, on loopback."""
    data = str(place.folder)
    stripe = python("-m", "devstack.stripe_standin", "--data", data)
    webhook = f"{place.url(place.pro)}/webhooks/stripe"
    mandrill = python("-m", "devstack.mandrill_standin", "--data", data)
    return [
        Part("stripe", [*stripe, "--webhook-url", webhook], answers(place.stripe)),
        Part("mandrill", [*mandrill, "--webhook-url", place.mail_webhook], answers(place.mandrill)),
    ]


def workers() -> list[Part]:
    """Who does the jobs."""
    celery = python("-m", "celery", "-A", "lantern_pro", "worker", "--loglevel=INFO")
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [Part("worker", [*celery, *quiet], logs(" ready."))]


def edges(place: StackPlace) -> list[Part]:
    """Who answers clients."""
    static = ["--static-path-route", "/static", "--static-path-mount", str(place.static)]
    pro = _granian("lantern_pro.wsgi:application", place.pro, _PRO_THREADS)
    config = _granian("configsrv.server:application", place.config, _CONFIG_THREADS)
    proxy = python("-m", "devstack.reference_proxy", "--listen", f"{HOST}:{place.proxy}")
    return [
        Part("pro-server", [*pro, *static], answers(place.pro)),
        Part("config-server", config, answers(place.config)),
        Part("http-proxy", proxy, answers(place.proxy)),
    ]


def _granian(application: str, port: int, threads: int) -> list[str]:
    # A worker that dies ends its server, which is then started again as a whole.
    return python(
        "-m",
        "granian",
        *("--interface", "wsgi", "--host", HOST, "--port", str(port)),
        *("--workers", "1", "--blocking-threads", str(threads)),
        *("--workers-kill-timeout", str(_GRACE_SECONDS), "--no-ws"),
        application,
    )
