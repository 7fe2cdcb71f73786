"""The fleet, as staff look at it and handle it."""

from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.dataclasses import UnfoldAction
from unfold.decorators import display

from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from proxies.buttons import FleetButtons
from proxies.filters import CountryFilter, ProviderFilter
from proxies.models import Proxy
from proxies.moving import bar_of, progress_of
from proxies.pages import JoiningPages
from proxies.records import COMES_FROM, State
from proxies.services.telling import counts, history_words, tell_proxy, tiles

MOST_USERS_SHOWN: Final = 100
STATES: Final = {
    "provisioning": "info",
    "active": "success",
    "draining": "warning",
    "retired": "danger",
}
HEALTHS: Final = {"unknown": "", "ok": "success", "suspect": "warning", "down": "danger"}
ENTERS: Final = {
    "activate": State.ACTIVE,
    "drain": State.DRAINING,
    "retire": State.RETIRED,
}


@admin.register(Proxy)
class ProxyAdmin(JoiningPages, FleetButtons, ReadOnlyAdmin):
    """Proxies, found by name or address. Certificates are not shown, secrets only if asked for."""

    list_display = (
        "name",
        "addr",
        "track_label",
        "state_label",
        "health_label",
        "users",
        "place",
        "provider",
        "blocked",
        "created",
    )
    list_filter = ("state", "health", "track", ProviderFilter, CountryFilter)
    list_before_template = "proxies/by_state.html"
    change_form_before_template = "proxies/overview.html"
    date_hierarchy = "created"
    search_fields = ("^name", "^addr")
    search_help_text = "The beginning of a name or an address"
    actions_detail = (
        "activate",
        "drain",
        "alter",
        "block",
        "unblock",
        "move_off",
        "retire",
        "reveal_secret",
    )
    fieldsets = (
        (None, {"fields": ("id", "name", "addr", ("track_label", "state_label", "health_label"))}),
        ("What became of it", {"fields": ("became",)}),
        ("Users", {"fields": ("users", "moving", "version", "linked_users")}),
        (
            "Where",
            {
                "fields": (
                    ("city", "country", "country_code"),
                    ("latitude", "longitude"),
                    ("provider", "label_words", "blocked"),
                )
            },
        ),
        ("How", {"fields": ("transport", "transport_settings")}),
    )
    readonly_fields = (
        "track_label",
        "state_label",
        "health_label",
        "users",
        "moving",
        "linked_users",
        "label_words",
        "blocked",
        "became",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may act on proxies may add them: by a form that calls the service."""
        return bool(request.user.has_perm("proxies.add_proxy"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, and what is counted."""
        told = {**counts(), "may_add": self.has_add_permission(request)}
        page: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **told})
        return page

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a proxy, below its figures of now."""
        proxy = self.get_object(request, unquote(object_id))
        told = {} if proxy is None else {"tiles": tiles(tell_proxy(proxy.record))}
        context = {**(extra_context or {}), "told": told}
        page: HttpResponse = super().change_view(request, object_id, form_url, context)
        return page

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """The buttons that mean something in the proxy's state."""
        proxy = self.get_object(request, unquote(object_id))
        found: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        if proxy is None:
            return found
        state = State(proxy.state)
        hidden = {name for name, to in ENTERS.items() if state not in COMES_FROM[to]}
        if state is State.RETIRED:
            hidden |= {"alter", "block", "unblock", "reveal_secret"}
        if not proxy.blocked_countries:
            hidden |= {"unblock"}
        if not proxy.load:
            hidden |= {"move_off"}
        return [each for each in found if each.path.strip("/").replace("-", "_") not in hidden]

    @display(description="track", ordering="track", label={"pro": "info", "free": "primary"})
    def track_label(self, proxy: Proxy) -> str:
        """Whom it serves."""
        return str(proxy.track)

    @display(description="state", ordering="state")
    def state_label(self, proxy: Proxy) -> SafeString:
        """Where it is in its life."""
        return _label(proxy.state, STATES)

    @display(description="health", ordering="health")
    def health_label(self, proxy: Proxy) -> SafeString:
        """What its heartbeats say."""
        return _label(proxy.health or "unknown", HEALTHS)

    @display(description="users", ordering="load")
    def users(self, proxy: Proxy) -> str:
        """How many it has of how many it may have; a free proxy does not count them."""
        return f"{proxy.load} of {proxy.capacity}" if proxy.track == "pro" else "not counted"

    @display(description="moving its users off")
    def moving(self, proxy: Proxy) -> str:
        """How far the last moving of its users is."""
        progress = progress_of(proxy.proxy_id)
        if progress is None:
            return "not lately"
        ended = "; at its end" if progress.ended else "; under way"
        return f"{bar_of(progress)} ({progress.reason}){ended}"

    @display(description="place")
    def place(self, proxy: Proxy) -> str:
        """Where it stands, as clients show it."""
        return ", ".join(filter(None, [proxy.city, proxy.country]))

    @display(description="blocked in", empty_value="-")
    def blocked(self, proxy: Proxy) -> str | None:
        """The countries where it is blocked."""
        return " ".join(proxy.blocked_countries) or None

    @display(description="labels", empty_value="-")
    def label_words(self, proxy: Proxy) -> str | None:
        """The operator's own words."""
        return " ".join(proxy.labels or []) or None

    @display(description="newest users")
    def linked_users(self, proxy: Proxy) -> SafeString | str:
        """Its newest users, each with a link."""
        linked = Proxy.objects.users_of(proxy.proxy_id, MOST_USERS_SHOWN)
        if not linked:
            return "nobody"
        return format_html_join(
            " · ",
            '<a href="{}">{}</a>',
            [(reverse("admin:accounts_user_change", args=[each]), each) for each in linked],
        )

    @display(description="history")
    def became(self, proxy: Proxy) -> SafeString:
        """What became of it, the newest first: by staff, by commands and by itself."""
        lines = format_html_join(
            "",
            '<tr><td class="pr-4">{}</td><td class="pr-4">{}</td><td>{}</td></tr>',
            history_words(proxy.proxy_id),
        )
        return format_html("<table>{}</table>", lines)


def _label(word: str, colours: dict[str, str]) -> SafeString:
    return render_to_string(
        "unfold/helpers/label.html", {"text": word, "type": colours.get(word, "")}
    )
