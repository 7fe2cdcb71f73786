"""How the page about one user shows what it tells: tables, links, moments."""

from collections.abc import Sequence

from django.contrib.admin.utils import quote
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def minute(iso: object) -> str:
    """A moment of the story, to the minute, in UTC."""
    return str(iso)[:16].replace("T", " ")


def words(name: object) -> str:
    """A name of the code's, such as referral_bonus, as people write it."""
    return str(name).replace("_", " ")


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> SafeString:
    """Rows below their heads, or the words for none."""
    return mark_safe(  # noqa: S308 - the template escapes every cell
        render_to_string("support/table.html", {"heads": heads, "rows": rows, "empty": empty})
    )


def link(page: str, pk: str, words: str) -> SafeString:
    """A link to a record's page."""
    return format_html(
        '<a class="underline" href="{}">{}</a>',
        reverse(f"admin:{page}_change", args=(quote(pk),)),
        words,
    )
