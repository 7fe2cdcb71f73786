"""A receipt as a PDF. Pure: what goes in decides what comes out."""

from datetime import datetime
from io import BytesIO

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

_INK = colors.HexColor("#12343b")
_FAINT = colors.HexColor("#d7e3e5")


def receipt_pdf(*, number: str, paid: datetime, plan: str, price: str, payment: str) -> bytes:
    """Draw a receipt on one page of A4."""
    drawn = BytesIO()
    document = SimpleDocTemplate(
        drawn,
        pagesize=A4,
        leftMargin=25 * mm,
        rightMargin=25 * mm,
        topMargin=30 * mm,
        title=f"Receipt {number}",
        author="Lantern Pro",
        invariant=True,
    )
    styles = getSampleStyleSheet()
    rows = [
        ["Receipt", number],
        ["Date", f"{paid:%d %B %Y, %H:%M} UTC"],
        ["Plan", plan],
        ["Payment", payment],
        ["Total paid", price],
    ]
    table = Table(rows, colWidths=[35 * mm, 120 * mm])
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), "Helvetica", 10),
                ("FONT", (0, -1), (-1, -1), "Helvetica-Bold", 11),
                ("TEXTCOLOR", (0, 0), (-1, -1), _INK),
                ("LINEBELOW", (0, 0), (-1, -2), 0.5, _FAINT),
                ("LINEABOVE", (0, -1), (-1, -1), 1, _INK),
                ("TOPPADDING", (0, 0), (-1, -1), 6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        )
    )
    document.build(
        [
            Paragraph("Lantern Pro", styles["Title"]),
            Spacer(1, 8 * mm),
            table,
            Spacer(1, 10 * mm),
            Paragraph(
                "Thank you. Keep this receipt: its number helps us to find your payment.",
                styles["Normal"],
            ),
        ]
    )
    return drawn.getvalue()
