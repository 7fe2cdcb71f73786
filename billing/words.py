"""The words of offers, in the language at hand (``lantern_pro.mail.languages``). Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.rules import Span


def span_words(span: Span) -> str:
    """A length of time: ``1 month, 15 days``; empty for none."""
    parts = []
    if span.months:
        parts.append(ngettext("%(n)d month", "%(n)d months", span.months) % {"n": span.months})
    if span.days:
        parts.append(ngettext("%(n)d day", "%(n)d days", span.days) % {"n": span.days})
    return ", ".join(parts)


def renewal_words(bonus: Span) -> str:
    """What to say to whoever gets something for renewing; empty for who gets nothing."""
    if not (bonus.months or bonus.days):
        return ""
    return _("Renew now and get %(bonus)s on top.") % {"bonus": span_words(bonus)}


def billed_once(price: str) -> str:
    """That a price is paid at once, and once."""
    return _("%(price)s, billed one time") % {"price": price}
