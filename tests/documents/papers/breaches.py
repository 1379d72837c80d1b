"""A breach card, for tests of its papers and pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from registry.breaches.models import Breach
from registry.breaches.transitions import open_breach
from tests.members import places


def facts(**changed: Any) -> dict[str, Any]:
    """Return the facts of a breach noticed two hours ago."""
    noticed = (timezone.now() - dt.timedelta(hours=2)).replace(second=0, microsecond=0)
    return {
        "what": "Письмо со списком ушло на чужой адрес", "noticed_at": noticed, "noticed_by": "staff",
        "data": ["names", "contacts"], "people": 3, "causes": "Ошибка в адресе", "harm": "Возможны звонки",
        "measures": "Письмо отозвано", "responsible": "Громов М. П., телефон 8 (4872) 11-22-33",
        "results": "Виновных действий нет", **changed,
    }  # fmt: skip


def breach_of(place: places.Place, **changed: Any) -> Breach:
    """Create the card of a breach in the place's organisation."""
    return open_breach(values=facts(**changed), by=place.chair)
