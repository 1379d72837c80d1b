"""Numbers of the registry's own papers of blanks."""

from __future__ import annotations

from django.db.models import Q

from ..models import BlankPaper


def next_paper_number(paper: BlankPaper) -> str:
    """Return the next number of the paper's kind in its organisation and year.

    Call it under the lock of the balance (`lock_stocks`), so that no number is used twice or skipped: papers are never
    deleted.
    """
    numbered = BlankPaper.objects.filter(
        organization=paper.organization, kind=paper.kind, blank=paper.blank, made_on__year=paper.made_on.year
    )
    return str(numbered.exclude(number="").exclude(pk=paper.pk).count() + 1)


def last_paper(paper: BlankPaper) -> BlankPaper | None:
    """Return the last paper before this one that the organisation made or received about the kind of blank."""
    concerns = Q(organization=paper.organization_id) | Q(receiver=paper.organization_id)
    return BlankPaper.objects.filter(concerns, blank=paper.blank).exclude(pk=paper.pk).order_by("-pk").first()
