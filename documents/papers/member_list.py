"""List of the members of a primary organisation, in alphabetical order (practice U8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from documents.printing.core import Batch, Paper
from documents.printing.russian import people_in_words
from registry.days import day_text

from .list_pages import paged

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.organizations.models import Organization

#: Columns of the list: name of the value, width (mm), alignment.
COLUMNS = (
    ("number", 10, "n"), ("name", 54, ""), ("birth_date", 22, "n"), ("position", 46, ""), ("joined_on", 22, "n"),
    ("mark", 16, ""),
)  # fmt: skip


def build(place: Organization, members: Sequence[Member], batch: Batch) -> list[Mapping[str, Any]]:
    """Return the values of each page for the members in the given order."""
    rows = [
        {
            "number": number,
            "name": member.full_name,
            "birth_date": day_text(member.birth_date),
            "position": member.position or member.workplace,
            "joined_on": _joined(member),
        }
        for number, member in enumerate(members, 1)
    ]
    whose = batch.charter.wording["of_members"]
    return paged(
        place,
        rows,
        COLUMNS,
        batch,
        head=f"Список {whose} на {day_text(batch.today)}: {place.short_name}",
        total=people_in_words(len(members)),
        whose=whose,
    )


def _joined(member: Member) -> str:
    if member.joined_on and member.joined_year_only:
        return f"{member.joined_on.year} г."
    return day_text(member.joined_on)


LIST = Paper(code="member_list", title="Список членов организации", build=build, stylesheet="state_on_day")
