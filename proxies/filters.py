"""By what staff narrow the list of proxies down, besides the choices of its columns."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from proxies.models import Proxy

MOST_OFFERED: Final = 60


class TextFilter(admin.SimpleListFilter):
    """The texts that occur in a column; found by its index."""

    column: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """What there is."""
        del request, model_admin
        texts = Proxy.objects.texts(self.column, cells=settings.CELLS, most=MOST_OFFERED)
        return [(text, text) for text in texts if text]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Proxy]) -> QuerySet[Proxy]:
        """Keep those with the chosen text."""
        del request
        if not self.value():
            return queryset
        return queryset.filter(**{f"{self.column}__iexact": self.value()})


class ProviderFilter(TextFilter):
    """Whose machines they are."""

    title = "provider"
    parameter_name = "provider"
    column = "provider"


class CountryFilter(TextFilter):
    """Where they stand."""

    title = "country"
    parameter_name = "country"
    column = "country_code"
