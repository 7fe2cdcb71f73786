"""The buttons on a proxy's page. Each calls one service, by POST, after a question."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from unfold.enums import ActionVariant

from lantern_pro import clock
from lantern_pro.backoffice.button import Pressed, Reason, button
from lantern_pro.errors import LanternError
from lantern_pro.jobs import ledger
from proxies.forms import Blocking, Changing, Unblocking, Why
from proxies.jobs import ASKED, MoveUsersOff
from proxies.models import Proxy
from proxies.records import NewProxy, ProxyRecord
from proxies.services.changing import change_proxy, look_at_change, told_change
from proxies.services.states import (
    activate_proxy,
    block_proxy,
    drain_proxy,
    retire_proxy,
    unblock_proxy,
)


class FleetButtons:
    """A part of ``ProxyAdmin``."""

    @button(
        label="Activate",
        permission="act",
        question="It takes users from now on: a free proxy joins its share of the configurations, "
        "a Pro proxy is given to those who wait for room and then to new ones.",
        asks=Why,
    )
    def activate(self, proxy: Proxy, *, reason: str) -> Pressed:
        """Let it take users (again)."""
        return _entered(proxy, activate_proxy, "Was activated", reason)

    @button(
        label="Drain",
        permission="act",
        question="Nobody new is sent to it, and it leaves the free configurations. Its Pro users "
        "keep it until each has another. It can be activated again.",
        asks=Why,
    )
    def drain(self, proxy: Proxy, *, reason: str) -> Pressed:
        """Let it run empty."""
        return _entered(proxy, drain_proxy, "Was set to drain", reason)

    @button(
        label="Retire for good",
        permission="act",
        question="Within a second no configuration names it any more, and its Pro users get others "
        "as there is room. Nothing brings it back. Draining it first spares its users the gap.",
        asks=Reason,
        variant=ActionVariant.DANGER,
    )
    def retire(self, proxy: Proxy, *, reason: str) -> Pressed:
        """Take it out of the fleet."""
        return _entered(proxy, retire_proxy, "Was retired", reason)

    @button(
        label="Blocked in …",
        permission="act",
        question="Nobody who says that they are there is told of it any more, and its Pro users "
        "there get others as there is room. Elsewhere it goes on.",
        asks=Blocking,
    )
    def block(self, proxy: Proxy, *, countries: list[str], reason: str) -> Pressed:
        """Note that it is blocked in countries."""
        return _changed(
            lambda: block_proxy(proxy.proxy_id, countries, why=reason), "Was blocked in", reason
        )

    @button(
        label="Change",
        permission="act",
        question="The configurations that name it follow within seconds. Below the users that it "
        "has, a capacity throws nobody off: the proxy takes no others until they are fewer.",
        asks=Changing,
    )
    def alter(self, proxy: Proxy, *, wanted: NewProxy, reason: str) -> Pressed:
        """Change its address, capacity, place and the like."""
        record = proxy.record
        return _changed(
            lambda: change_proxy(record, wanted, why=reason) and _words(record, wanted),
            "Was changed:",
            reason,
        )

    @button(
        label="Blocked no longer",
        permission="act",
        question="It is told again to readers there, and given again to Pro users.",
        asks=Unblocking,
    )
    def unblock(self, proxy: Proxy, *, countries: list[str], reason: str) -> Pressed:
        """Note that it is blocked no longer."""
        return _changed(
            lambda: unblock_proxy(proxy.proxy_id, countries, why=reason), "Was unblocked in", reason
        )

    @button(
        label="Move its users off",
        permission="act",
        question="All its users get others, by a job, as there is room; nobody is without service "
        "meanwhile. Draining, retiring and blocking do so by themselves. An active proxy goes on "
        "taking users.",
    )
    def move_off(self, proxy: Proxy) -> Pressed:
        """Move all its users to others."""
        ledger.stage(MoveUsersOff.of(proxy.proxy_id, ASKED, f"{proxy.pk}.asked.{clock.now()}"))
        return Pressed(
            f"{proxy.load} users are to be moved.", history="Its users were to be moved off."
        )

    @button(
        label="Show the secret",
        permission="act",
        question="The proxy must be started with it. Whoever knows it can use the proxy as a "
        "client of ours does. That you saw it stands in the history.",
    )
    def reveal_secret(self, proxy: Proxy) -> Pressed:
        """Show the secret of its clients to one member of staff, and note that it was shown."""
        return Pressed(
            f"The secret is {proxy.auth_token}", history="Secret was shown.", level=messages.INFO
        )


def _words(was: ProxyRecord, wanted: NewProxy) -> Sequence[str]:
    return told_change(was, look_at_change(was, wanted))


def _entered(proxy: Proxy, enter: Callable[..., bool], words: str, reason: str) -> Pressed:
    return _changed(lambda: [words] if enter(proxy.proxy_id, why=reason) else [], "", reason)


def _changed(change: Callable[[], Sequence[str]], words: str, reason: str) -> Pressed:
    """Make the change; what came of it, for who pressed and for the history."""
    try:
        gained = change()
    except LanternError as error:
        return Pressed(error.message, level=messages.WARNING)
    if not gained:
        return Pressed("It was so already; nothing was changed.", level=messages.WARNING)
    what = f"{words} {', '.join(gained)}".strip()
    return Pressed(f"{what}.", history=f"{what}: {reason}" if reason else f"{what}.")
