"""The journal of issued blanks, and the paper by which each of them became void (V-C3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from members.people.models import Member
from members.people.search import matching
from registry.access import Actor

from ..enums import PaperState, Place
from ..models import Blank, BlankMovement, BlankPaper, IssueLine
from ..ranges import BadNumbers, parse_number


def journal(actor: Actor, kind: str, asked: str = "") -> QuerySet[IssueLine]:
    """Return the issued lines in the order of their numbers; `asked` is a number or the beginning of a name."""
    lines = IssueLine.objects.visible_to(actor).filter(
        paper__blank=kind, paper__state=PaperState.POSTED, blank__isnull=False
    )
    if asked.strip():
        lines = lines.filter(_matching(asked, actor))
    return lines.select_related("blank", "paper__organization").order_by("blank__series", "blank__number")


def _matching(asked: str, actor: Actor) -> Q:
    try:
        one = parse_number(asked)
    except BadNumbers:
        # Names as of the day of the sheet, and on the cards that the actor may see as they are now.
        named = Q(full_name__istartswith=" ".join(asked.split()).title())
        condition = matching(asked)
        if condition is None:
            return named
        return named | Q(member__in=Member.objects.visible_to(actor).filter(condition))
    number = Q(blank__number=one.first)
    # The series may be omitted.
    return number & Q(blank__series=one.series) if one.series else number


def blanks_of(member: Member, actor: Actor) -> list[tuple[Blank, IssueLine | None, bool]]:
    """Return the blanks of the member, the valid ones first, each with its line and whether the actor sees its sheet.

    Blanks issued by other organisations belong to the card as well.
    """
    found = list(Blank.objects.filter(member=member).select_related("issue_line__paper").order_by("kind", "-pk"))
    lines = [getattr(blank, "issue_line", None) for blank in found]
    papers = BlankPaper.objects.visible_to(actor).filter(pk__in=[line.paper_id for line in lines if line is not None])
    seen = set(papers.values_list("pk", flat=True)) if found else set()
    shown = [(b, line, line is not None and line.paper_id in seen) for b, line in zip(found, lines, strict=True)]
    return sorted(shown, key=lambda one: one[0].state != Place.ISSUED)


def void_by(blanks: Iterable[Blank | None]) -> dict[int, BlankPaper]:
    """Return the last paper of each blank that is no longer valid, by the blank's id, in one query."""
    void = [blank for blank in blanks if blank is not None and blank.state != Place.ISSUED]
    if not void:
        return {}
    wanted = Q(pk__in=[])
    for blank in void:
        wanted |= Q(
            federation=blank.federation_id, kind=blank.kind, series=blank.series, first__lte=blank.number,
            last__gte=blank.number,
        )  # fmt: skip
    moves = list(BlankMovement.objects.filter(wanted).select_related("paper__organization").order_by("pk"))
    return {blank.pk: paper for blank in void if (paper := _last(moves, blank)) is not None}


def _last(moves: Sequence[BlankMovement], blank: Blank) -> BlankPaper | None:
    own = [m for m in moves if (m.kind, m.series) == (blank.kind, blank.series) and blank.number in m.range]
    return own[-1].paper if own else None
