"""The bases of every admin class: pages over indexes, and pages that only look.

Lists are sorted by one indexed column at a time, because that is what an index serves; other
columns offer no sorting. Filter by indexed columns; search by ``^column`` (prefix) or ``=column``.
"""

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import NotSupportedError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin as UnfoldModelAdmin
from unfold.views import ChangeList

from lantern_pro.store.backend.shape import Index, shape_of


class IndexedChangeList(ChangeList):  # type: ignore[misc]  # unfold is untyped
    """A list that is sorted by one column, and by primary key among equals."""

    def get_results(self, request: HttpRequest) -> None:
        """Fill the page; what no index serves (an address typed by hand) leads back to the list."""
        try:
            super().get_results(request)
        except NotSupportedError as error:
            messages.warning(request, str(error))
            raise IncorrectLookupParameters from error

    def get_ordering(self, request: HttpRequest, queryset: "QuerySet[Model]") -> list[Any]:
        """Keep the first column asked for; a small table may be sorted by several."""
        ordering = list(super().get_ordering(request, queryset))
        if shape_of(self.model).rows_at_most is not None:
            return ordering
        return [*ordering[:1], "-pk"]


class ModelAdmin(UnfoldModelAdmin):  # type: ignore[misc]  # unfold is untyped
    """The base for records that staff may edit in a form and that ``save()`` writes."""

    list_per_page = 50
    compressed_fields = True
    warn_unsaved_form = True

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        """Sort by what an index serves."""
        del request
        return IndexedChangeList

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """Offer sorting by the columns whose index has an order."""
        shown = [name for name in self.get_list_display(request) if isinstance(name, str)]
        shape = shape_of(self.model)
        if shape.rows_at_most is not None:
            return shown
        ordered = {
            column.field.name
            for column in shape.columns.values()
            if column.index in {Index.NUMBER, Index.TEXT}
        }
        return [name for name in shown if name in ordered]


class ReadOnlyAdmin(ModelAdmin):
    """The base for domain models: staff look, and act by buttons that call services.

    A button is a method with ``@button`` (``backoffice/button.py``), named in ``actions_detail``.
    It calls one service; every act stands in the object's history.
    """

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds by a form."""
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes by a form."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes by a form."""
        del request, obj
        return False

    def has_act_permission(self, request: HttpRequest, obj: Model | str | None = None) -> bool:
        """Whether this member of staff may press the buttons: the right to change the model."""
        del obj
        options = self.opts
        return bool(request.user.has_perm(f"{options.app_label}.change_{options.model_name}"))
