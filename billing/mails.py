"""The words of billing's mails. Pure."""

from html import escape

from lantern_pro.mail import Attachment, Mail


def receipt_mail(*, job_id: str, to: str, number: str, plan: str, price: str, pdf: bytes) -> Mail:
    """The mail that carries a receipt."""
    lines = [
        "Thank you for buying Lantern Pro.",
        f"Plan: {plan}. Paid: {price}. Receipt: {number}.",
        "The receipt is attached. Your own proxies reach your devices within a minute.",
    ]
    return Mail(
        job_id=job_id,
        to=to,
        subject="Your Lantern Pro receipt",
        text="\n\n".join(lines),
        html="".join(f"<p>{escape(line)}</p>" for line in lines),
        attachments=[Attachment(f"receipt-{number}.pdf", "application/pdf", pdf)],
    )
