"""The words of billing's mails. Pure."""

from django.utils.translation import gettext as _

from lantern_pro.mail.letter import Facts, Letter, Words
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
