"""The pages about staff themselves: members, roles, and the history of what they did."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.utils.html import format_html
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from lantern_pro.backoffice.model_admin import ModelAdmin, ReadOnlyAdmin

admin.site.index_title = "Overview"
admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class StaffAdmin(UserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """Members of staff. A new one is made here or by ``manage.py create_staff``."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")


@admin.register(Group)
class RoleAdmin(GroupAdmin, ModelAdmin):
    """Roles. Those that ``create_staff`` makes are renewed by it."""


@admin.register(LogEntry)
class HistoryAdmin(ReadOnlyAdmin):
    """Everything that staff did, the latest first."""

    list_display = ("action_time", "user", "kind", "thing", "what")
    list_filter = ("action_flag", "user")
    list_select_related = ("user", "content_type")
    search_fields = ("=object_id",)
    search_help_text = "The whole id of the thing that was acted on"
    date_hierarchy = "action_time"

    @admin.display(description="kind")
    def kind(self, entry: LogEntry) -> str:
        """What sort of thing was acted on."""
        return entry.content_type.name if entry.content_type else "-"

    @admin.display(description="acted on")
    def thing(self, entry: LogEntry) -> str:
        """What was acted on, linked."""
        address = entry.get_admin_url()
        if address is None:
            return entry.object_repr
        return format_html('<a class="underline" href="{}">{}</a>', address, entry.object_repr)

    @admin.display(description="what was done")
    def what(self, entry: LogEntry) -> Any:
        """The change in words."""
        return entry.get_change_message()
