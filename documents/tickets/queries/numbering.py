"""Numbers of the registry's own papers of blanks."""

from __future__ import annotations

from ..models import BlankPaper


def next_paper_number(paper: BlankPaper) -> str:
    """Return the next number of the paper's kind in its organisation and year.

    Call it under the lock of the balance (`lock_stocks`), so that no number is given twice and none is left out: papers
    are never deleted.
    """
    numbered = BlankPaper.objects.filter(
        organization=paper.organization, kind=paper.kind, blank=paper.blank, made_on__year=paper.made_on.year
    )
    return str(numbered.exclude(number="").exclude(pk=paper.pk).count() + 1)
