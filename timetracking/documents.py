"""An invoice as PDF: the same bytes for the same invoice, whoever asks and whenever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

_MARGIN = 20 * mm
_LINE_COLUMNS = (84 * mm, 26 * mm, 28 * mm, 32 * mm)
_GREY = colors.HexColor("#5b6472")
# DejaVu, where the system has it, covers more scripts than the Vera that the library brings.
_DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
_FONTS = ((str(_DEJAVU / "DejaVuSans.ttf"), str(_DEJAVU / "DejaVuSans-Bold.ttf")), ("Vera.ttf", "VeraBd.ttf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    description: str
    hours: str
    rate: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """What stands on the paper, as texts. `mark` is printed across a page that is no invoice (yet, or any more)."""

    number: str
    seller: str
    buyer: str
    buyer_address: str
    issued_on: date | None
    due_on: date | None
    currency: str
    lines: Sequence[DocumentLine]
    sums: Sequence[tuple[str, str]]  # label, amount; the last is the total
    notes: str = ""
    mark: str = ""


def render_pdf(invoice: InvoiceDocument) -> bytes:
    """Return the invoice as a PDF of as many pages as it needs; the header of the table is on each."""
    styles = _styles()
    title = f"Invoice {invoice.number}".strip()
    story: list[Flowable] = [Paragraph(escape(title), styles["title"]), Spacer(1, 4 * mm)]
    story += [_head(invoice, styles), Spacer(1, 8 * mm), _lines(invoice, styles), Spacer(1, 4 * mm), _sums(invoice)]
    if invoice.notes:
        story += [Spacer(1, 8 * mm), _text(invoice.notes, styles["text"])]
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, title=title, author=invoice.seller, invariant=1,
        leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
    )  # fmt: skip

    def decorate(canvas: Any, _: Any) -> None:
        _decorate(canvas, invoice)

    document.build(story, onFirstPage=decorate, onLaterPages=decorate)
    return buffer.getvalue()


def _head(invoice: InvoiceDocument, styles: dict[str, ParagraphStyle]) -> Table:
    dates = [
        f"Date: {invoice.issued_on}" if invoice.issued_on else "",
        f"Due: {invoice.due_on}" if invoice.due_on else "",
    ]
    buyer = "\n".join(filter(None, (invoice.buyer, invoice.buyer_address)))
    seller = "\n".join(filter(None, (invoice.seller, *dates)))
    table = Table(
        [[_text(f"To\n{buyer}", styles["text"]), _text(f"From\n{seller}", styles["text"])]], colWidths=[85 * mm] * 2
    )
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table


def _lines(invoice: InvoiceDocument, styles: dict[str, ParagraphStyle]) -> Table:
    regular, bold = _fonts()
    rows: list[list[Any]] = [["Description", "Hours", "Rate", f"Amount ({invoice.currency})"]]
    rows += [[_text(line.description, styles["text"]), line.hours, line.rate, line.amount] for line in invoice.lines]
    table = Table(rows, colWidths=_LINE_COLUMNS, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), bold, 9),
                ("FONT", (0, 1), (-1, -1), regular, 9),
                ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
                ("LINEBELOW", (0, 1), (-1, -1), 0.25, _GREY),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
            ]
        )
    )
    return table


def _sums(invoice: InvoiceDocument) -> Table:
    regular, bold = _fonts()
    table = Table([list(line) for line in invoice.sums], colWidths=(50 * mm, 32 * mm), hAlign="RIGHT")
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -2), regular, 9),
                ("FONT", (0, -1), (-1, -1), bold, 11),
                ("ALIGN", (0, 0), (-1, -1), "RIGHT"),
                ("LINEABOVE", (0, -1), (-1, -1), 0.8, colors.black),
            ]
        )
    )
    return table


def _decorate(canvas: Any, invoice: InvoiceDocument) -> None:
    regular, bold = _fonts()
    canvas.saveState()
    canvas.setFont(regular, 8)
    canvas.setFillColor(_GREY)
    canvas.drawRightString(A4[0] - _MARGIN, 12 * mm, f"{invoice.number} · page {canvas.getPageNumber()}".strip(" ·"))
    if invoice.mark:
        canvas.setFont(bold, 96)
        canvas.setFillColor(colors.Color(0.8, 0.1, 0.1, alpha=0.15))
        canvas.translate(A4[0] / 2, A4[1] / 2)
        canvas.rotate(45)
        canvas.drawCentredString(0, 0, invoice.mark)
    canvas.restoreState()


def _styles() -> dict[str, ParagraphStyle]:
    regular, bold = _fonts()
    return {
        "title": ParagraphStyle("title", fontName=bold, fontSize=18, leading=22),
        "text": ParagraphStyle("text", fontName=regular, fontSize=9, leading=12),
    }


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


@cache
def _fonts() -> tuple[str, str]:
    """Register the first pair of fonts that is there; return the names of regular and bold."""
    for regular, bold in _FONTS:
        try:
            fonts = TTFont("invoice", regular), TTFont("invoice-bold", bold)
        except TTFError:
            continue
        for font in fonts:
            pdfmetrics.registerFont(font)
        return "invoice", "invoice-bold"
    raise FileNotFoundError("reportlab's own fonts are missing: install it again.")
