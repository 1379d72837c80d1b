"""Titles of all papers there are, those of the menu and those printed from other pages."""

from __future__ import annotations

from functools import cache

from . import (
    credentials_slip,
    destruction,
    meeting_papers,
    reconciliation_report,
    registration_book,
    state_on_day,
    transfer_slip,
)
from .core import forms


@cache
def _titles() -> dict[str, str]:
    beside = (
        credentials_slip.SLIP,
        destruction.ACT,
        destruction.EXTRACT,
        reconciliation_report.REPORT,
        registration_book.BOOK,
        state_on_day.STATE,
        transfer_slip.SLIP,
    )
    return {
        **{form.code: form.title for form in (*forms().values(), *beside)},
        **meeting_papers.TITLES,
        "invitations": "Уведомления о заседании",
    }


def title_of(code: str) -> str:
    """The title of the paper in the print record."""
    return _titles().get(code, code)
