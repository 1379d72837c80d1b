"""The extract as a JSON file for other programs; docs/extract.md describes its keys, which are stable."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..models import SubjectRequest
    from .extract import Extract
    from .receipts import Receipt

#: Name and version of the format; any change of the keys needs a new version.
FORMAT, VERSION = "registry.person-extract", 1


def as_file(request: SubjectRequest, extract: Extract) -> dict[str, Any]:
    """Return the extract as a structure that can be stored as JSON."""
    operator = request.organization.operator()
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": extract.made_at.astimezone(request.organization.tz).isoformat(timespec="seconds"),
        "request": {"number": request.number, "received_on": request.received_on.isoformat()},
        "operator": {
            "name": operator.full_name or operator.short_name,
            "address": operator.legal_address or operator.postal_address,
            "ogrn": operator.ogrn,
            "inn": operator.inn,
        },
        "person": {"number": extract.member.pk, "name": extract.member.full_name},
        "data": [
            {
                "record": section.key,
                "title": section.title,
                "rows": [
                    {value.key: {"label": value.label, "value": value.text} for value in record}
                    for record in section.records
                ],
                "left_off": section.left_off,
            }
            for section in extract.sections
        ],
        "received_by": _told(extract.receipts, request.organization.tz),
        "received_by_left_off": extract.receipts_left,
        "exports_without_names": extract.unnamed_exports,
        "opened_by": _told(extract.openings, request.organization.tz),
        "opened_by_left_off": extract.openings_left,
    }


def _told(receipts: Iterable[Receipt], tz: dt.tzinfo) -> list[dict[str, str]]:
    return [{"at": _moment(one.at, tz), "who": one.who, "what": one.what} for one in receipts]


def _moment(at: dt.datetime | dt.date, tz: dt.tzinfo) -> str:
    return at.astimezone(tz).isoformat(timespec="seconds") if isinstance(at, dt.datetime) else at.isoformat()
