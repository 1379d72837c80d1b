"""Verdicts on rows, and accepting kinds of remarks for a row or for the whole list (U-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from members.people.rules.duplicates import Duplicate, confirmation
from members.people.rules.person import person_violations, undecided_joining
from registry.access import Actor
from registry.organizations.models import Organization

from .answers import question, question_of_twins
from .enums import RowVerdict
from .models import SKIPPED, ImportBatch, ImportRow
from .reading.issues import Issue, Kind, left_out
from .reading.records import ESSENTIAL, Record
from .transitions import batches as transitions

#: Assumptions that may be about the wrong person; rows with one wait for the chair.
GUESSES = frozenset(
    {
        "name_lookalikes",
        "name_order",
        "name_split",
        "name_brackets",
        "male_by_name",
        "female_by_name",
        "male_by_code",
        "female_by_code",
        "date_two_digits",
        "date_day_first",
        "date_swapped",
        "date_serial",
        "date_digits",
        "date_hour",
        "month_only",
        "percent_fraction",
        "group_letters",
        "month_begins",
        "category_by_group",
    }
)
#: Warnings that do not hold the row back.
TELLING = frozenset({"repeated_below", "on_account", "passport_outlived"})
#: Rules about the form of a value; rules of membership exclude the person.
_RULES_OF_CARD = frozenset({"U-5a", "V-B2", "V-B3"})
_NAMES = {"full_name", "surname", "given_name", "patronymic"}
#: Remarks that are decided for each person, never for all rows together.
ONE_BY_ONE = frozenset({"gone_mark", "struck_out"})
#: Key in a row's corrections: the person is not one of the duplicates shown.
CONFIRMED = "confirmed_duplicate"


def key_of(issue: Issue) -> str:
    """Return the kind of the remark: field and code."""
    return f"{issue.field}:{issue.code}"


def awaits_a_word(issue: Issue) -> bool:
    """Return whether an officer has to confirm the remark before the person is registered."""
    if issue.kind is Kind.WARNING:
        return issue.code not in TELLING
    return issue.kind is Kind.ASSUMPTION and issue.code in GUESSES


def is_settled(row: ImportRow, issues: Iterable[Issue], accepted: Collection[str]) -> bool:
    """Return whether all remarks that have to be confirmed are confirmed."""
    return all(_is_said(row, issue, accepted) for issue in issues if awaits_a_word(issue))


def _is_said(row: ImportRow, issue: Issue, accepted: Collection[str]) -> bool:
    """Return whether the remark was confirmed for this row, for its kind, or when the list was uploaded before."""
    if issue.code == "namesake" and row.corrections.get(CONFIRMED):
        return True
    return row.accepted or issue.carried or (key_of(issue) in accepted and issue.code not in ONE_BY_ONE)


def looked_at(row: ImportRow, accepted: Collection[str]) -> list[Issue]:
    """Return the remarks on the row that were confirmed."""
    return [i for i in stored_issues(row) if awaits_a_word(i) and _is_said(row, i, accepted)]


def answers_of(row: ImportRow, accepted: Collection[str]) -> set[str]:
    """Return the digests of all questions that were answered for the row, now or before."""
    found = {*row.carried, *(question(issue, row.person) for issue in looked_at(row, accepted))}
    if ref := row.corrections.get(CONFIRMED):
        found.add(question_of_twins(ref, row.person))
    return found


def verdict(row: ImportRow, record: Record, twins: Sequence[Duplicate], accepted: Collection[str]) -> str:
    """Return the verdict on the row, and add the duplicates to its remarks."""
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


def add_rules(record: Record, organization: Organization, today: dt.date, *, typed: Collection[str]) -> None:
    """Add violations of the card's rules that parsing did not find; one error per field is enough.

    A value that only breaks a rule of the card itself is left out with a warning, unless it was typed on the screen.
    """
    charter = organization.charter
    for _attempt in range(3):
        known = {name: value for name, value in record.values.items() if name != "cell"}
        known.setdefault("registered_on", today)
        wrong = person_violations(known, charter, today)[1]
        spare = [v for v in wrong if v.rule in _RULES_OF_CARD and v.field in record.values and v.field not in ESSENTIAL]
        spare = [violation for violation in spare if violation.field not in typed]
        for violation in spare:
            if record.values.pop(violation.field, None) is not None:
                record.say(violation.field, left_out("rule"), text=str(violation.message))
        if not spare:
            break
    told = {issue.field for issue in record.of_kind(Kind.ERROR)}
    for violation in [*wrong, *undecided_joining(known, organization)]:
        if violation.field not in told and not (violation.field in _NAMES and told & _NAMES):
            record.say(violation.field, "rule", text=str(violation.message))


def _carry(row: ImportRow, record: Record) -> None:
    """Mark remarks that were answered before and not again now."""
    if row.carried and not row.accepted:
        record.issues = [
            replace(i, carried=awaits_a_word(i) and question(i, record.values) in row.carried) for i in record.issues
        ]


def stored_issues(row: ImportRow) -> list[Issue]:
    """Return the remarks stored in the row."""
    return [Issue(i["field"], i["code"], i["original"], i["params"], i.get("carried", False)) for i in row.issues]


def store(issues: Iterable[Issue]) -> list[dict[str, object]]:
    """Return the remarks as stored in a row."""
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
    """Return all kinds of remarks on the open rows that have to be confirmed."""
    rows = ImportRow.objects.visible_to(by).filter(batch=batch_id, verdict=RowVerdict.UNSURE)
    return sorted({key_of(issue) for row in rows for issue in stored_issues(row) if awaits_a_word(issue)})


def accept(batch_id: int, kinds: Collection[str] | None = None, *, taken_back: bool = False, by: Actor) -> ImportBatch:
    """Accept remarks of these kinds, or undo that; None means all assumptions.

    Warnings, such as a date to check, are accepted only one kind at a time.
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
