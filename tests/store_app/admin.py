"""The stock admin's own classes over the test models, on a site of their own."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from tests.store_app.models import Book, Label, Note, Parcel, Shelf

site = admin.AdminSite(name="stock")
site.register(User, UserAdmin)
site.register(Group, GroupAdmin)
site.register(LogEntry)
site.register(Note)


@admin.register(Shelf, site=site)
class ShelfAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A small table: searched anywhere in its texts."""

    list_display = ("name", "floor")
    list_editable = ("floor",)
    search_fields = ("name",)


@admin.register(Label, site=site)
class LabelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Chosen by autocomplete."""

    search_fields = ("text",)


@admin.register(Book, site=site)
class BookAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A large table, with everything that the stock list page offers."""

    list_display = ("title", "isbn", "subject", "in_print", "published", "added", "price", "shelf")
    list_filter = ("subject", "in_print", "published", "shelf")
    search_fields = ("^title", "=isbn", "=id")
    date_hierarchy = "added"
    autocomplete_fields = ("shelf", "labels")
    list_per_page = 10
    actions = ("take_out_of_print",)

    @admin.action(description="Take out of print")
    def take_out_of_print(self, request: object, queryset: object) -> None:
        """Change all the rows chosen."""
        changed = queryset.update(in_print=False)  # type: ignore[attr-defined]
        self.message_user(request, f"{changed} taken out of print")  # type: ignore[arg-type]


@admin.register(Parcel, site=site)
class ParcelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A domain model: looked at, never changed."""

    list_display = ("id", "sent", "state", "address")
    list_filter = ("state",)
    search_fields = ("^address",)
    date_hierarchy = "sent"
