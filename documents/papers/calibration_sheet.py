"""Test sheet of a printer: a cross on each side; the user measures its distance from the edges (V-B2, practice D5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.engine.shifting import Shift, shifted

if TYPE_CHECKING:
    from documents.printing.models import PrinterCalibration


def shifts_of(printer: PrinterCalibration) -> tuple[Shift, Shift]:
    """Return the shifts of the front and the back of a sheet, in mm to the right and down."""
    return (float(printer.front_x), float(printer.front_y)), (float(printer.back_x), float(printer.back_y))


def moved(pdf: bytes, printer: PrinterCalibration | None, *, sides: bool = True) -> bytes:
    """Return the PDF with its pages shifted for the printer; without `sides` every page is a front page."""
    if printer is None:
        return pdf
    front, back = shifts_of(printer)
    return shifted(pdf, front, back if sides else front)


def build(printer: PrinterCalibration, batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of both sides, with the current shifts."""
    sides = [
        ("Лицевая сторона", printer.front_x, printer.front_y), ("Оборотная сторона", printer.back_x, printer.back_y)
    ]  # fmt: skip
    return [{"printer": printer.name, "sides": [{"title": title, "x": _mm(x), "y": _mm(y)} for title, x, y in sides]}]


def _mm(value: Any) -> str:
    return f"{value:.1f}".replace(".", ",").replace("-", "−")


SHEET = Paper(
    code="calibration_sheet", title="Проверочный лист принтера", build=build, data_classes=frozenset(), two_sided=True
)
