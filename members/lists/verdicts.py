"""What becomes of a row, and the chair's word on a kind of remark, said once for all rows of the list (U-5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from members.people.rules.duplicates import Duplicate, confirmation
from registry.access import Actor

from .answers import question, question_of_twins
from .enums import RowVerdict
from .models import ImportBatch, ImportRow
from .reading.issues import Issue, Kind
from .reading.records import Record
from .transitions import batches as transitions

#: Assumptions that could be wrong about the person; a row with one waits for the chair's word.
GUESSES = frozenset(
    {
        "name_lookalikes", "name_order", "name_split", "name_brackets", "male_by_name", "female_by_name",
        "male_by_code", "female_by_code", "date_two_digits", "date_day_first", "date_swapped", "date_serial", "date_digits", "month_only", "percent_fraction",
    }
)  # fmt: skip
#: Warnings that only tell; the row goes in as it is.
TELLING = frozenset({"repeated_below", "on_account", "passport_outlived"})
#: What is decided for each person by himself, never for all of a kind.
ONE_BY_ONE = frozenset({"gone_mark", "struck_out"})
#: Key among a row's corrections: this is another person than the duplicates that were shown.
CONFIRMED = "confirmed_duplicate"
SKIPPED = "skipped"


def key_of(issue: Issue) -> str:
    """The kind of the remark: which field, and what is said of it."""
    return f"{issue.field}:{issue.code}"


def awaits_a_word(issue: Issue) -> bool:
    """Has somebody to look at it before the row goes in?"""
    if issue.kind is Kind.WARNING:
        return issue.code not in TELLING
    return issue.kind is Kind.ASSUMPTION and issue.code in GUESSES


def is_settled(row: ImportRow, issues: Iterable[Issue], accepted: Collection[str]) -> bool:
    """Was a word said on everything that awaits one?"""
    return all(_is_said(row, issue, accepted) for issue in issues if awaits_a_word(issue))


def _is_said(row: ImportRow, issue: Issue, accepted: Collection[str]) -> bool:
    """For this row, for all of its kind, or when the list was loaded before."""
    return row.accepted or issue.carried or (key_of(issue) in accepted and issue.code not in ONE_BY_ONE)


def looked_at(row: ImportRow, accepted: Collection[str]) -> list[Issue]:
    """The remarks on the row that awaited a word and got one."""
    return [i for i in stored_issues(row) if awaits_a_word(i) and _is_said(row, i, accepted)]


def answers_of(row: ImportRow, accepted: Collection[str]) -> set[str]:
    """Digests of every question that was settled for the row, now or before."""
    found = {*row.carried, *(question(issue, row.person) for issue in looked_at(row, accepted))}
    if ref := row.corrections.get(CONFIRMED):
        found.add(question_of_twins(ref, row.person))
    return found


def verdict(row: ImportRow, record: Record, twins: Sequence[Duplicate], accepted: Collection[str]) -> str:
    """What becomes of the row; what is said of the twins goes to its remarks."""
    if SKIPPED in row.corrections:
        return RowVerdict.SKIPPED
    certain = [twin for twin in twins if twin.certain]
    probable = [twin for twin in twins if not twin.certain]
    ref = confirmation(list(twins))
    told_before = bool(probable) and question_of_twins(ref, record.values) in row.carried
    confirmed = row.corrections.get(CONFIRMED) in {"asked", ref}
    _carry(row, record)
    for twin in twins:
        carried = told_before and not confirmed
        record.issues.append(Issue("", "on_account", "", {"text": str(twin.sentence)}, carried))
    if certain or (probable and not (confirmed or told_before)):
        return RowVerdict.DUPLICATE
    if any(issue.code == "duplicate_person" for issue in record.issues):
        return RowVerdict.DUPLICATE
    if record.of_kind(Kind.ERROR):
        return RowVerdict.WRONG
    if probable:
        if confirmed:
            row.corrections[CONFIRMED] = ref
        record.values[CONFIRMED] = ref
    return RowVerdict.READY if is_settled(row, record.issues, accepted) else RowVerdict.UNSURE


def _carry(row: ImportRow, record: Record) -> None:
    """Mark the remarks that were answered before and not anew."""
    if row.carried and not row.accepted:
        record.issues = [
            replace(i, carried=awaits_a_word(i) and question(i, record.values) in row.carried) for i in record.issues
        ]


def stored_issues(row: ImportRow) -> list[Issue]:
    """The remarks as the row keeps them."""
    return [Issue(i["field"], i["code"], i["original"], i["params"], i.get("carried", False)) for i in row.issues]


def store(issues: Iterable[Issue]) -> list[dict[str, object]]:
    """The same, for the row to keep."""
    return [
        {
            "field": issue.field,
            "code": issue.code,
            "original": issue.original,
            "params": {name: str(value) for name, value in issue.params.items()},
            **({"carried": True} if issue.carried else {}),
        }
        for issue in issues
    ]


def kinds_asked(batch_id: int, *, by: Actor) -> list[str]:
    """Every kind of remark on the open rows that awaits a word."""
    rows = ImportRow.objects.visible_to(by).filter(batch=batch_id, verdict=RowVerdict.UNSURE)
    return sorted({key_of(issue) for row in rows for issue in stored_issues(row) if awaits_a_word(issue)})


def accept(batch_id: int, kinds: Collection[str] | None = None, *, taken_back: bool = False, by: Actor) -> ImportBatch:
    """The chair has looked at remarks of these kinds and agrees, or takes that back; None means all assumptions.

    What only he can know, such as a date that should be checked, is accepted by its own kind and never with the rest.
    """
    batch = ImportBatch.objects.visible_to(by).get(pk=batch_id)
    open_ones = ImportRow.objects.visible_to(by).filter(batch=batch, verdict__in=[RowVerdict.UNSURE, RowVerdict.READY])
    rows = [(row, stored_issues(row)) for row in open_ones]
    every = {key_of(i): i for _row, issues in rows for i in issues if awaits_a_word(i) and i.code not in ONE_BY_ONE}
    if kinds is None:
        kinds = [key for key, issue in every.items() if issue.kind is Kind.ASSUMPTION]
    accepted = set(batch.accepted) - set(kinds) if taken_back else set(batch.accepted) | (set(kinds) & every.keys())
    changed = []
    for row, issues in rows:
        found = RowVerdict.READY if is_settled(row, issues, accepted) else RowVerdict.UNSURE
        if found != row.verdict:
            row.verdict = found
            changed.append(row)
    return transitions.keep_accepted(batch_id, sorted(accepted), changed, by=by)
