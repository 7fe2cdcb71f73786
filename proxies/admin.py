"""The fleet, as staff look at it."""

from typing import Final

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from proxies.models import Proxy
from proxies.moving import bar_of, progress_of

MOST_USERS_SHOWN: Final = 100


@admin.register(Proxy)
class ProxyAdmin(ReadOnlyAdmin):
    """Proxies, found by name or address. Their secrets and certificates are not shown."""

    list_display = ("name", "addr", "track_label", "state_label", "users", "place", "created")
    list_filter = ("state", "track")
    date_hierarchy = "created"
    search_fields = ("^name", "^addr")
    search_help_text = "The beginning of a name or an address"
    fieldsets = (
        (None, {"fields": ("id", "name", "addr", ("track_label", "state_label"), "created")}),
        ("Users", {"fields": ("users", "moving", "version", "linked_users")}),
        ("Where", {"fields": (("city", "country", "country_code"), ("latitude", "longitude"))}),
        ("How", {"fields": ("transport", "transport_settings", "blocked_countries")}),
    )
    readonly_fields = ("track_label", "state_label", "users", "moving", "linked_users")

    @display(description="track", ordering="track", label={"pro": "info", "free": "primary"})
    def track_label(self, proxy: Proxy) -> str:
        """Whom it serves."""
        return str(proxy.track)

    @display(
        description="state",
        ordering="state",
        label={"active": "success", "draining": "warning", "retired": "danger"},
    )
    def state_label(self, proxy: Proxy) -> str:
        """Where it is in its life."""
        return str(proxy.state)

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
