"""The words of billing's mails. Pure."""

from django.utils.translation import gettext as _

from lantern_pro.mail.letter import Facts, Letter, Link, Words, isolated
from lantern_pro.mail.message import Attachment


def receipt_letter(*, number: str, plan: str, price: str, pdf: bytes, asked: bool) -> Letter:
    """The letter that carries a receipt."""
    return Letter(
        name="receipt",
        subject=_("Your Lantern Pro receipt"),
        parts=[
            Words(_("Thank you for buying Lantern Pro.")),
            Facts([(_("Plan"), plan), (_("Paid"), price), (_("Receipt"), number)]),
            Words(
                _("The receipt is attached. Your own proxies reach your devices within a minute.")
            ),
        ],
        asked=asked,
        attachments=[Attachment(f"receipt-{number}.pdf", "application/pdf", pdf)],
    )


def renewal_failed_letter(*, price: str, page: str, until: str) -> Letter:
    """The letter that says that a renewal could not be paid, and where it can."""
    return Letter(
        name="renewal_failed",
        subject=_("Your Lantern Pro subscription could not be renewed"),
        parts=[
            Words(_("We could not charge your card for the next period of Lantern Pro.")),
            Facts([(_("Price"), price), (_("Pro until"), isolated(until))]),
            Link(_("Pay now"), page),
            Words(
                _(
                    "Until then everything works as before. We will try your card again; you can "
                    "also pay with another one on that page."
                )
            ),
        ],
        asked=False,
    )


def subscription_ended_letter(*, until: str) -> Letter:
    """The letter that says that a subscription is over."""
    return Letter(
        name="subscription_ended",
        subject=_("Your Lantern Pro subscription has ended"),
        parts=[
            Words(_("Your card will not be charged any more.")),
            Facts([(_("Pro until"), isolated(until))]),
            Words(_("You can subscribe again, or buy single periods, in the app at any time.")),
        ],
        asked=False,
    )
