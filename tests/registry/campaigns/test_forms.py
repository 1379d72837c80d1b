"""Report forms: their lines, formulas and checks, issuing, editions, examples, and the pages of the editor (N-S3)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from registry import charters
from registry.campaigns.enums import FormState, LineSource, Operator, PeriodKind, Unit
from registry.campaigns.formulas import cycle, parse
from registry.campaigns.indicators import indicators_for
from registry.campaigns.models import ReportCheck, ReportForm, ReportLine
from registry.campaigns.rules import forms as rules
from registry.campaigns.transitions import forms as steps
from registry.charters.texts import read_reports
from registry.enums import Level, Role
from registry.errors import NotAllowed, RuleViolation, StaleVersion
from registry.journal.models import Event
from tests.conftest import examples
from tests.refusals import refused
from tests.registry import trees

from .form_world import UNITS, WHOLE, Place, add, codes, side, values, voi

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def form(place: Place) -> ReportForm:
    return steps.create_form(place.head.pk, **WHOLE, by=place.chair)


# The form itself.


def test_n_s3_a_form_begins_as_a_draft_of_its_organisation(place: Place) -> None:
    made = steps.create_form(
        place.head.pk, **WHOLE | {"title": " Отчёт ", "levels": [Level.LOCAL, Level.REGIONAL]}, by=place.chair
    )
    assert (made.title, made.key, made.edition, made.state, made.version) == ("Отчёт", "form-1", 1, FormState.DRAFT, 1)
    # Sorted from the highest level.
    assert made.levels == [Level.REGIONAL, Level.LOCAL]
    second = steps.create_form(place.head.pk, **WHOLE, by=place.chair)
    assert second.key == "form-2"
    event = Event.objects.filter(action="report_form.created").last()
    assert event is not None
    assert (event.organization_id, event.rule, event.facts) == (place.head.pk, "N-S3", {})


@pytest.mark.parametrize("levels", [[], [Level.FEDERAL], [Level.FEDERAL, Level.LOCAL], ["galactic"]])
def test_n_s3_levels_that_report_are_below_the_organisation(place: Place, levels: list[str]) -> None:
    with refused("N-S3", field="levels"):
        steps.create_form(place.head.pk, **WHOLE | {"levels": levels}, by=place.chair)


def test_n_s3_a_region_offers_no_level_beside_its_own(place: Place) -> None:
    with refused("N-S3", field="levels"):
        steps.create_form(place.region.pk, **WHOLE, by=place.region_chair)
    made = steps.create_form(place.region.pk, **WHOLE | {"levels": [Level.LOCAL]}, by=place.region_chair)
    assert made.organization == place.region


def test_n_s3_a_form_has_a_title(place: Place) -> None:
    with refused("N-S3", field="title"):
        steps.create_form(place.head.pk, **WHOLE | {"title": " \n"}, by=place.chair)


def test_n_s1_organisations_that_keep_cards_run_no_campaigns(place: Place) -> None:
    with refused("N-S1"):
        steps.create_form(place.local.pk, **WHOLE | {"levels": [Level.PRIMARY]}, by=place.local_chair)
    with refused("N-S1"):
        steps.take_example(place.local.pk, key="members-on-day", units=UNITS, by=place.local_chair)


def test_n_s1_forms_are_changed_by_their_own_organisation_alone(place: Place, form: ReportForm) -> None:
    own = steps.create_form(place.region.pk, **WHOLE | {"levels": [Level.LOCAL]}, by=place.region_chair)
    with pytest.raises(NotAllowed):
        add(own, place.chair, "1")
    with pytest.raises(ReportForm.DoesNotExist):
        add(form, place.region_chair, "1")
    with pytest.raises(NotAllowed):
        add(form, trees.officer(place.head, Role.REGISTRAR), "1")
    with pytest.raises(NotAllowed):
        steps.create_form(place.region.pk, **WHOLE | {"levels": [Level.LOCAL]}, by=place.chair)
    assert codes(form) == codes(own) == []


def test_n_s3_title_period_and_levels_change_until_the_form_is_issued(place: Place, form: ReportForm) -> None:
    changed = {"title": "Новое", "description": "Как\r\nзаполнять ", "period_kind": PeriodKind.DAY, "levels": ["local"]}
    found = steps.change_form(form.pk, **changed, version=form.version, by=place.chair)
    assert (found.title, found.description, found.period_kind, found.levels, found.version) == (
        "Новое", "Как\nзаполнять", PeriodKind.DAY, ["local"], 2,
    )  # fmt: skip
    with pytest.raises(StaleVersion):
        steps.change_form(form.pk, **changed, version=form.version, by=place.chair)


# Lines.


def test_n_s3_lines_stand_where_they_are_put(place: Place, form: ReportForm) -> None:
    first = add(form, place.chair, "1")
    second = add(form, place.chair, "2")
    add(form, place.chair, "3", after=first.pk)
    add(form, place.chair, "4", after=None)
    assert codes(form) == ["4", "1", "3", "2"]
    # A changed line may also move.
    steps.save_line(form.pk, line_id=second.pk, values=values("2"), after=None, units=UNITS, by=place.chair)
    assert codes(form) == ["2", "4", "1", "3"]
    steps.delete_line(form.pk, line_id=first.pk, by=place.chair)
    assert codes(form) == ["2", "4", "3"]
    form.refresh_from_db()
    assert form.version == 7


def test_n_s3_what_does_not_belong_to_the_source_is_not_kept(place: Place, form: ReportForm) -> None:
    given = {
        "indicator": "members.end",
        "formula": "[1]",
        "source": LineSource.ENTERED,
        "section": " Люди ",
        "hint": " x ",
    }
    entered = add(form, place.chair, " 2A ", **given)
    assert (entered.code, entered.indicator, entered.formula, entered.section, entered.hint) == (
        "2а",
        "",
        "",
        "Люди",
        "x",
    )
    counted = add(form, place.chair, "3", **given | {"source": LineSource.COMPUTED})
    assert (counted.indicator, counted.formula, counted.adds_up, counted.required) == ("members.end", "", True, True)
    formula = add(form, place.chair, "4", **given | {"source": LineSource.FORMULA, "formula": " [2a] "})
    assert (formula.indicator, formula.formula, formula.adds_up, formula.required) == ("", "[2a]", False, False)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "1"}, "code"),
        ({"code": " 1 "}, "code"),
        ({"code": "1,5"}, "code"),
        ({"code": "б"}, "code"),
        ({"code": ""}, "code"),
        ({"title": " "}, "title"),
        ({"unit": Unit.PERCENT}, "adds_up"),
        ({"indicator": ""}, "indicator"),
        ({"indicator": "members.unknown"}, "indicator"),
        ({"indicator": "members.end", "unit": Unit.PIECES}, "unit"),
        ({"indicator": "dues.paid", "unit": Unit.ROUBLES, "decimals": 1}, "decimals"),
        ({"formula": ""}, "formula"),
        ({"formula": "1 +"}, "formula"),
        ({"formula": "[7]"}, "formula"),
        ({"formula": "[1]+[5]"}, "formula"),
        ({"formula": "[9]"}, "formula"),
    ],
)
def test_n_s3_lines_that_do_not_fit_are_refused_at_their_field(
    place: Place, form: ReportForm, given: dict[str, Any], field: str
) -> None:
    add(form, place.chair, "1")
    with refused("N-S3", field=field):
        add(form, place.chair, **{"code": "9"} | given)
    assert codes(form) == ["1"]


@pytest.mark.parametrize(
    "given",
    [
        {"unit": Unit.PERCENT, "adds_up": False},
        {"unit": Unit.PERCENT, "formula": "[1]*100"},
        {"indicator": "dues.paid", "unit": Unit.ROUBLES, "decimals": 2},
        {"formula": "5"},
    ],
)
def test_n_s3_lines_that_fit_are_taken(place: Place, form: ReportForm, given: dict[str, Any]) -> None:
    add(form, place.chair, "1")
    add(form, place.chair, "9", **given)
    assert codes(form) == ["1", "9"]


def test_n_s3_a_circle_is_refused_on_saving_and_named(place: Place, form: ReportForm) -> None:
    first = add(form, place.chair, "1")
    add(form, place.chair, "2", formula="[1]*2")
    add(form, place.chair, "3", formula="[2]+1")
    with refused("N-S3", field="formula", match="1 → 3 → 2 → 1"):
        steps.save_line(form.pk, line_id=first.pk, values=values("1", formula="[3]"), units=UNITS, by=place.chair)
    with refused("N-S3", field="formula", match="1"):
        steps.save_line(form.pk, line_id=first.pk, values=values("1", formula="[1]"), units=UNITS, by=place.chair)
    first.refresh_from_db()
    assert first.source == LineSource.ENTERED


def test_n_s3_codes_that_formulas_and_checks_name_stay(place: Place, form: ReportForm) -> None:
    first, second = add(form, place.chair, "1"), add(form, place.chair, "2")
    add(form, place.chair, "3", formula="[1]")
    steps.save_check(form.pk, values=side("[2]", "5"), by=place.chair)
    for line, named in ((first, "3"), (second, "Не больше")):
        with refused("N-S3", field="code", match=named):
            steps.save_line(form.pk, line_id=line.pk, values=values("7"), units=UNITS, by=place.chair)
        with refused("N-S3", field="", match=named):
            steps.delete_line(form.pk, line_id=line.pk, by=place.chair)
    assert codes(form) == ["1", "2", "3"]
    # Everything else in the line may change.
    steps.save_line(form.pk, line_id=first.pk, values=values("1", title="Иначе"), units=UNITS, by=place.chair)
    # A line of another form is not moved into this one.
    other = steps.create_form(place.head.pk, **WHOLE, by=place.chair)
    line = add(other, place.chair, "1")
    with pytest.raises(ReportLine.DoesNotExist):
        steps.delete_line(form.pk, line_id=line.pk, by=place.chair)
    with pytest.raises(ReportLine.DoesNotExist):
        steps.save_line(form.pk, line_id=line.pk, values=values("9"), units=UNITS, by=place.chair)
    steps.delete_line(other.pk, line_id=line.pk, by=place.chair)


@pytest.mark.both
def test_n_s3_a_form_has_at_most_200_lines_and_100_checks(place: Place, form: ReportForm) -> None:
    ReportLine.objects.bulk_create(
        [ReportLine(form=form, position=at, **values(str(at))) for at in range(1, rules.MAX_LINES)]
    )
    last = add(form, place.chair, "200")
    with refused("N-S3", field=""):
        add(form, place.chair, "201")
    steps.save_line(form.pk, line_id=last.pk, values=values("201"), after=None, units=UNITS, by=place.chair)
    assert codes(form)[:2] == ["201", "1"]
    ReportCheck.objects.bulk_create(
        [ReportCheck(form=form, position=at, **side()) for at in range(1, rules.MAX_CHECKS)]
    )
    check = steps.save_check(form.pk, values=side(), by=place.chair)
    assert check.position == rules.MAX_CHECKS
    with refused("N-S3", field=""):
        steps.save_check(form.pk, values=side(), by=place.chair)
    steps.save_check(form.pk, check_id=check.pk, values=side(sentence="Иначе"), by=place.chair)
    assert (rules.MAX_LINES, rules.MAX_CHECKS) == (200, 100)


# Checks.


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"left": ""}, "left"),
        ({"left": "[1"}, "left"),
        ({"left": "[8]"}, "left"),
        ({"right": "x"}, "right"),
        ({"right": "[2]+[8]"}, "right"),
        ({"left": "1", "right": "2"}, "left"),
        ({"sentence": " "}, "sentence"),
    ],
)
def test_n_s3_checks_that_cannot_be_made_are_refused_at_their_field(
    place: Place, form: ReportForm, given: dict[str, Any], field: str
) -> None:
    add(form, place.chair, "1")
    add(form, place.chair, "2")
    with refused("N-S3", field=field):
        steps.save_check(form.pk, values=side(**given), by=place.chair)
    assert form.checks.count() == 0


def test_n_s3_checks_are_changed_and_deleted(place: Place, form: ReportForm) -> None:
    add(form, place.chair, "1")
    add(form, place.chair, "2")
    first = steps.save_check(form.pk, values=side(), by=place.chair)
    second = steps.save_check(form.pk, values=side("5", "[2]"), by=place.chair)
    steps.save_check(form.pk, check_id=first.pk, values=side("[2]", "7", operator=Operator.BOTH), by=place.chair)
    first.refresh_from_db()
    assert (first.left, first.operator, first.right, first.position) == ("[2]", Operator.BOTH, "7", 1)
    steps.delete_check(form.pk, check_id=first.pk, by=place.chair)
    assert list(form.checks.all()) == [second]
    for step in (steps.delete_check, lambda *a, **k: steps.save_check(*a, values=side(), **k)):
        with pytest.raises(ReportCheck.DoesNotExist):
            step(form.pk, check_id=first.pk, by=place.chair)


# Issuing and editions.


def test_n_s3_a_form_without_lines_is_not_issued(place: Place, form: ReportForm) -> None:
    with refused("N-S3"):
        steps.issue_form(form.pk, units=UNITS, by=place.chair)


def test_n_s3_an_issued_form_changes_no_more(place: Place, form: ReportForm) -> None:
    line = add(form, place.chair, "1")
    check = steps.save_check(form.pk, values=side("[1]", "5"), by=place.chair)
    issued = steps.issue_form(form.pk, units=UNITS, by=place.chair)
    assert issued.state == FormState.ISSUED
    for step in (
        lambda: add(form, place.chair, "2"),
        lambda: steps.save_line(form.pk, line_id=line.pk, values=values("1"), units=UNITS, by=place.chair),
        lambda: steps.delete_line(form.pk, line_id=line.pk, by=place.chair),
        lambda: steps.save_check(form.pk, values=side("[1]", "5"), by=place.chair),
        lambda: steps.delete_check(form.pk, check_id=check.pk, by=place.chair),
        lambda: steps.change_form(form.pk, **WHOLE, by=place.chair),
        lambda: steps.delete_form(form.pk, by=place.chair),
        lambda: steps.issue_form(form.pk, units=UNITS, by=place.chair),
    ):
        with refused("N-S3"):
            step()
    form.refresh_from_db()
    assert (form.version, form.lines.count(), form.checks.count()) == (issued.version, 1, 1)


def test_n_s3_what_the_registry_counts_no_more_is_not_issued(place: Place, form: ReportForm) -> None:
    add(form, place.chair, "1")
    add(form, place.chair, "1.1", indicator="members.end")
    with refused("N-S3", match="1.1"):
        steps.issue_form(form.pk, units={}, by=place.chair)
    steps.issue_form(form.pk, units=UNITS, by=place.chair)


def test_n_s3_an_edition_has_the_lines_and_checks_and_puts_the_former_one_out_of_use(
    place: Place, form: ReportForm
) -> None:
    add(form, place.chair, "1", section="Люди", decimals=1, hint="Пояснение", required=False)
    add(form, place.chair, "2", formula="[1]*2")
    steps.save_check(form.pk, values=side("[1]", "[2]", blocks=False), by=place.chair)
    with refused("N-S3", match="draft|черновик"):
        steps.make_edition(form.pk, by=place.chair)
    steps.issue_form(form.pk, units=UNITS, by=place.chair)
    made = steps.make_edition(form.pk, by=place.chair)
    assert (made.edition, made.key, made.state, made.title, made.levels, made.period_kind) == (
        2, form.key, FormState.DRAFT, form.title, form.levels, form.period_kind,
    )  # fmt: skip
    for fields, part in ((steps.LINE_FIELDS, "lines"), (steps.CHECK_FIELDS, "checks")):
        copied, former = (list(getattr(one, part).values_list("position", *fields)) for one in (made, form))
        assert copied == former
        assert len(copied) == (2 if part == "lines" else 1)
    with refused("N-S3", match="2"):
        steps.make_edition(form.pk, by=place.chair)
    steps.issue_form(made.pk, units=UNITS, by=place.chair)
    form.refresh_from_db()
    assert form.state == FormState.RETIRED
    # A form out of use can be issued again and copied.
    steps.issue_form(form.pk, units=UNITS, by=place.chair)
    made.refresh_from_db()
    assert made.state == FormState.RETIRED
    assert steps.make_edition(made.pk, by=place.chair).edition == 3


def test_n_s3_a_form_is_put_out_of_use_once(place: Place, form: ReportForm) -> None:
    with refused("N-S3"):
        steps.retire_form(form.pk, by=place.chair)
    add(form, place.chair, "1")
    steps.issue_form(form.pk, units=UNITS, by=place.chair)
    assert steps.retire_form(form.pk, by=place.chair).state == FormState.RETIRED
    with refused("N-S3"):
        steps.retire_form(form.pk, by=place.chair)


def test_n_s3_a_draft_is_deleted_with_its_lines_and_leaves_its_history(place: Place, form: ReportForm) -> None:
    add(form, place.chair, "1")
    steps.save_check(form.pk, values=side("[1]", "5"), by=place.chair)
    steps.delete_form(form.pk, by=place.chair)
    assert [model.objects.count() for model in (ReportForm, ReportLine, ReportCheck)] == [0, 0, 0]
    assert [
        model.history.filter(history_type="-").count()  # type: ignore[attr-defined]
        for model in (ReportForm, ReportLine, ReportCheck)
    ] == [1, 1, 1]
    event = Event.objects.filter(action="report_form.deleted").get()
    assert event.facts == {"form": form.pk}


def test_n_s3_an_organisation_has_at_most_200_forms(place: Place, form: ReportForm) -> None:
    ReportForm.objects.bulk_create(
        [
            ReportForm(organization=place.head, key=f"old-{at}", **WHOLE | {"state": FormState.ISSUED})
            for at in range(2, rules.MAX_FORMS)
        ]
    )
    made = steps.create_form(place.head.pk, **WHOLE, by=place.chair)
    with refused("N-S3"):
        steps.create_form(place.head.pk, **WHOLE, by=place.chair)
    with refused("N-S3"):
        steps.make_edition(ReportForm.objects.get(key="old-2").pk, by=place.chair)
    steps.delete_form(made.pk, by=place.chair)
    steps.make_edition(ReportForm.objects.get(key="old-2").pk, by=place.chair)
    assert rules.MAX_FORMS == 200


# Examples.

EXAMPLES = [(charter, key) for charter in sorted(charters.keys()) for key in read_reports(charter)]


def test_n_s3_there_are_three_examples() -> None:
    assert EXAMPLES == [
        ("education_union", "annual-statistics"), ("education_union", "public-report"), ("voi", "members-on-day"),
    ]  # fmt: skip
    assert read_reports("unknown") == {}


@pytest.mark.parametrize(("charter", "key"), EXAMPLES)
def test_n_s3_every_example_can_be_taken_and_issued(charter: str, key: str) -> None:
    head = trees.head(charter)
    units = {name: one.unit for name, one in indicators_for(head.charter).items()}
    by = trees.officer(head)
    form = steps.take_example(head.pk, key=key, units=units, by=by)
    example = read_reports(charter)[key]
    assert (form.key, form.title, form.levels) == (key, example["title"], example["levels"])
    assert codes(form) == [line["code"] for line in example["lines"]]
    assert form.checks.count() == len(example["checks"])
    for model, rows in ((ReportLine, form.lines.all()), (ReportCheck, form.checks.all())):
        for row in rows:
            row.full_clean()
            assert type(row) is model
    # Like a form made with the editor: saving its lines unchanged changes nothing.
    for line in form.lines.all():
        before = list(form.lines.values_list("position", *steps.LINE_FIELDS))
        kept = {name: getattr(line, name) for name in steps.LINE_FIELDS}
        previous = form.lines.filter(position__lt=line.position).last()
        after = previous.pk if previous else None
        steps.save_line(form.pk, line_id=line.pk, values=kept, after=after, units=units, by=by)
        assert list(form.lines.values_list("position", *steps.LINE_FIELDS)) == before
    assert steps.issue_form(form.pk, units=units, by=by).state == FormState.ISSUED
    with refused("N-S3"):
        steps.take_example(head.pk, key=key, units=units, by=by)


def test_n_s3_a_region_takes_an_example_with_the_levels_below_it(place: Place) -> None:
    units = {name: one.unit for name, one in indicators_for(place.head.charter).items()}
    form = steps.take_example(place.region.pk, key="members-on-day", units=units, by=place.region_chair)
    assert form.levels == [Level.LOCAL]
    with pytest.raises(KeyError):
        steps.take_example(place.region.pk, key="unknown", units=units, by=place.region_chair)


# After any sequence of saved lines, a form contains neither circles nor unknown codes.

LINES = st.tuples(st.integers(1, 5), st.lists(st.integers(1, 6), max_size=2))


class Sequences(TestCase):
    @settings(max_examples=examples(15), deadline=None)
    @given(st.lists(LINES, max_size=12))
    def test_n_s3_no_sequence_of_saving_makes_a_circle(self, saved: list[tuple[int, list[int]]]) -> None:
        head = trees.head("voi")
        by = trees.officer(head)
        form = steps.create_form(head.pk, **WHOLE, by=by)
        for code, names in saved:
            line = form.lines.filter(code=str(code)).first()
            given_ = {"formula": "+".join(f"[{name}]" for name in names)} if names else {}
            try:
                steps.save_line(
                    form.pk, line_id=line.pk if line else None, values=values(str(code), **given_), units=UNITS, by=by
                )
            except RuleViolation as refusal:
                assert refusal.field == "formula"
            stored = {one.code: one for one in form.lines.all()}
            formulas = {code: parse(one.formula) for code, one in stored.items() if one.is_formula}
            assert cycle(formulas) is None
            assert all(set(formula.references) <= set(stored) for formula in formulas.values())


def test_n_s3_a_percentage_by_formula_is_no_sum_whatever_its_box_says() -> None:
    share = ReportLine(code="2", title="Доля", unit="percent", source="formula", formula="[1] * 100", adds_up=True)
    rules.check_line(share, [ReportLine(code="1", title="Членов", source="entered")], [], {})
    share.source, share.formula = "entered", ""
    with refused("N-S3", field="adds_up"):
        rules.check_line(share, [], [], {})
