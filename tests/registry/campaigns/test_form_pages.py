"""Pages of the editor of report forms: input is kept, issued forms cannot be changed, pages stay small (N-S3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.campaigns.enums import FormState
from registry.campaigns.models import ReportCheck, ReportForm, ReportLine
from registry.campaigns.rules import forms as rules
from registry.campaigns.transitions import forms as steps
from registry.enums import Level
from tests.members.places import signed_in

from .form_world import UNITS, WHOLE, Place, add, codes, side, values, voi

pytestmark = [pytest.mark.django_db, pytest.mark.once]
#: Maximum size of a page in bytes.
LARGEST = 60 * 1024


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def form(place: Place) -> ReportForm:
    return steps.create_form(place.head.pk, **WHOLE, by=place.chair)


@pytest.fixture
def chair(place: Place) -> Client:
    return signed_in(place.chair)


def address(name: str, *args: Any) -> str:
    return reverse(f"campaigns:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def posted(line: dict[str, Any], form: ReportForm, **more: Any) -> dict[str, Any]:
    """Return the values of a line as a browser sends them: unticked boxes are omitted."""
    form.refresh_from_db()
    return {key: value for key, value in line.items() if value is not False} | {"version": form.version} | more


def errors(answer: HttpResponse) -> dict[str, list[str]]:
    """Return the errors of the form that is shown again."""
    assert answer.status_code == 200
    found: dict[str, list[str]] = answer.context["form"].errors  # type: ignore[attr-defined]
    return found


@pytest.mark.both
def test_n_s3_a_form_is_made_filled_and_issued(place: Place, chair: Client) -> None:
    answer = chair.post(address("add_form"), {**WHOLE, "title": "Отчёт о работе"})
    form = ReportForm.objects.get()
    assert answer.headers["Location"] == address("form", form)
    assert (form.organization, form.title, form.levels) == (place.head, "Отчёт о работе", ["regional", "local"])
    new = address("add_line", form)
    answer = chair.post(new, posted(values("1", required=False), form))
    first = form.lines.get()
    assert answer.headers["Location"] == f"{address('form', form)}?page=1#line-{first.pk}"
    assert (first.required, first.adds_up) == (False, True)
    # «Save and add another» continues after this line.
    answer = chair.post(new, posted(values("2", formula="[1]*2"), form, after=first.pk, onward="1"))
    second = form.lines.get(code="2")
    assert answer.headers["Location"] == f"{new}?after={second.pk}"
    page = chair.get(answer.headers["Location"])
    assert page.context["form"].initial["after"] == second.pk
    assert codes(form) == ["1", "2"]
    assert chair.post(address("add_check", form), posted(side("[1]", "[2]"), form)).headers["Location"] == address(
        "checks", form
    )
    assert chair.post(address("issue_form", form)).headers["Location"] == address("form", form)
    form.refresh_from_db()
    assert form.state == FormState.ISSUED
    for name in ("form", "checks", "preview"):
        text = chair.get(address(name, form)).content.decode()
        assert f'href="{address("open_by", form)}"' in text
        assert "/lines/" not in text
        assert "/checks/new/" not in text
        assert "Показатель 2" in text or name == "checks"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "1"}, "code"),
        ({"title": ""}, "title"),
        ({"source": "formula", "formula": "[1] + ["}, "formula"),
        ({"source": "formula", "formula": "[8]"}, "formula"),
        ({"source": "computed", "indicator": ""}, "indicator"),
        ({"decimals": "7"}, "decimals"),
        ({"unit": "tons"}, "unit"),
        ({"after": "0"}, "after"),
    ],
)
def test_n_s3_a_refused_line_keeps_everything_typed(
    place: Place,
    form: ReportForm,
    chair: Client,
    given: dict[str, Any],
    field: str,
) -> None:
    add(form, place.chair, "1")
    typed = {"title": "Проверка ввода", "section": "Раздел ввода", "hint": "Подсказка ввода", "formula": "[1]/0,5"}
    answer = chair.post(address("add_line", form), posted({**values("9"), **typed, **given}, form))
    assert list(errors(answer)) == [field]
    text = answer.content.decode()
    for name, value in {**typed, **given}.items():
        if name in {"title", "section", "hint", "formula"} and value:
            assert value in text
    assert codes(form) == ["1"]


def test_n_s3_circles_are_named_on_the_page(place: Place, form: ReportForm, chair: Client) -> None:
    first = add(form, place.chair, "1")
    add(form, place.chair, "2", formula="[1]")
    answer = chair.post(address("line", form, first), posted(values("1", formula="[2]+7"), form))
    assert "1 → 2 → 1" in errors(answer)["formula"][0]
    assert "[2]+7" in answer.content.decode()


@pytest.mark.both
def test_n_s3_an_officer_who_comes_second_keeps_what_they_typed_and_saves_once_more(
    place: Place,
    form: ReportForm,
    chair: Client,
) -> None:
    line = add(form, place.chair, "1")
    sent = posted(values("1", title="Моё название"), form)
    steps.save_line(form.pk, line_id=line.pk, values=values("1", title="Чужое"), units=UNITS, by=place.chair)
    answer = chair.post(address("line", form, line), sent)
    assert list(errors(answer)) == ["__all__"]
    text = answer.content.decode()
    form.refresh_from_db()
    assert "Моё название" in text
    assert f'name="version" value="{form.version}"' in text
    assert form.lines.get().title == "Чужое"
    assert chair.post(address("line", form, line), {**sent, "version": form.version}).status_code == 302
    assert form.lines.get().title == "Моё название"


def test_n_s3_a_form_that_was_issued_meanwhile_keeps_what_was_typed(
    place: Place,
    form: ReportForm,
    chair: Client,
) -> None:
    line = add(form, place.chair, "1")
    check = steps.save_check(form.pk, values=side("[1]", "5"), by=place.chair)
    steps.issue_form(form.pk, units=UNITS, by=place.chair)
    pages = [("add_line", ()), ("line", (line,)), ("add_check", ()), ("check", (check,)), ("change_form", ())]
    for name, args in pages:
        given = side("[1]", "77") if "check" in name else values("3", title="Набранное")
        answer = chair.post(address(name, form, *args), posted({**WHOLE, **given}, form))
        assert list(errors(answer)) == ["__all__"]
        assert ("77" if "check" in name else "Набранное") in answer.content.decode()
        # The page is no longer available.
        assert chair.get(address(name, form, *args)).headers["Location"] == address("form", form)
    assert (codes(form), form.checks.count()) == (["1"], 1)


@pytest.mark.both
def test_n_s3_deleting_asks_first_and_names_what_refers_to_the_line(
    place: Place,
    form: ReportForm,
    chair: Client,
) -> None:
    first = add(form, place.chair, "1")
    second = add(form, place.chair, "2", formula="[1]")
    answer = chair.get(address("delete_line", form, first), follow=True)
    assert answer.redirect_chain[-1][0] == address("line", form, first)
    assert "2" in str(next(iter(answer.context["messages"])))
    assert chair.get(address("delete_line", form, second)).status_code == 200
    assert form.lines.count() == 2
    chair.post(address("delete_line", form, second))
    check = steps.save_check(form.pk, values=side("[1]", "5"), by=place.chair)
    assert chair.get(address("delete_check", form, check)).status_code == 200
    chair.post(address("delete_check", form, check))
    assert (codes(form), form.checks.count()) == (["1"], 0)
    assert chair.get(address("delete_form", form)).status_code == 200
    assert chair.post(address("delete_form", form)).headers["Location"] == address("forms")
    assert not ReportForm.objects.exists()


def test_n_s3_lines_and_checks_of_another_form_are_not_found(
    place: Place,
    form: ReportForm,
    chair: Client,
) -> None:
    other = steps.create_form(place.head.pk, **WHOLE, by=place.chair)
    line = add(other, place.chair, "2")
    add(other, place.chair, "1")
    check = steps.save_check(other.pk, values=side("[1]", "5"), by=place.chair)
    for name, row in (("line", line), ("delete_line", line), ("check", check), ("delete_check", check)):
        assert chair.get(address(name, form, row)).status_code == 404
        assert chair.get(address(name, other, row)).status_code == 200


def test_n_h1_a_region_does_not_see_forms_above_it_and_the_head_only_reads_those_below(
    place: Place,
    form: ReportForm,
    chair: Client,
) -> None:
    below = steps.create_form(
        place.region.pk, **WHOLE | {"levels": [Level.LOCAL], "title": "Форма области"}, by=place.region_chair
    )
    region = signed_in(place.region_chair)
    assert region.get(address("form", form)).status_code == 404
    assert "Форма области" in chair.get(address("forms")).content.decode()
    text = chair.get(address("form", below)).content.decode()
    assert "/lines/new/" not in text
    assert address("issue_form", below) not in text
    assert chair.get(address("add_line", below)).status_code == 403


def test_n_s1_a_keeper_is_told_why_it_has_no_forms(place: Place) -> None:
    keeper = signed_in(place.local_chair)
    answer = keeper.get(address("forms"))
    assert (answer.status_code, answer.context["refused"].rule, answer.context["examples"]) == (200, "N-S1", [])
    assert address("add_form") not in answer.content.decode()
    assert keeper.get(address("add_form")).headers["Location"] == address("forms")
    assert keeper.post(address("take_example", "members-on-day")).headers["Location"] == address("forms")
    assert not ReportForm.objects.exists()


@pytest.mark.both
def test_n_s3_an_example_is_taken_once_and_then_offered_no_more(place: Place, chair: Client) -> None:
    take = address("take_example", "members-on-day")
    assert take in chair.get(address("forms")).content.decode()
    answer = chair.post(take)
    form = ReportForm.objects.get()
    assert answer.headers["Location"] == address("form", form)
    text = chair.get(address("forms")).content.decode()
    assert take not in text
    assert address("form", form) in text
    assert chair.post(take).headers["Location"] == address("forms")
    assert ReportForm.objects.count() == 1
    assert chair.post(address("take_example", "public-report")).status_code == 404


@pytest.mark.both
def test_n_s3_an_edition_leads_to_the_draft(place: Place, form: ReportForm, chair: Client) -> None:
    add(form, place.chair, "1")
    draft = chair.get(address("form", form)).content.decode()
    assert address("make_edition", form) not in draft
    assert address("open_by", form) not in draft
    steps.issue_form(form.pk, units=UNITS, by=place.chair)
    assert address("make_edition", form) in chair.get(address("form", form)).content.decode()
    answer = chair.post(address("make_edition", form))
    made = ReportForm.objects.get(edition=2)
    assert answer.headers["Location"] == address("form", made)
    text = chair.get(address("form", form)).content.decode()
    assert f'href="{address("form", made)}"' in text
    assert address("make_edition", form) not in text
    # The second time, it redirects back with a message.
    assert chair.post(address("make_edition", form)).headers["Location"] == address("form", form)
    assert ReportForm.objects.count() == 2


@pytest.mark.both
def test_n_s3_pages_of_the_largest_form_are_small_and_ask_as_much_as_of_a_small_one(
    place: Place,
    form: ReportForm,
    chair: Client,
) -> None:
    line = add(form, place.chair, "1", hint="Пояснение к показателю " * 10)
    check = steps.save_check(form.pk, values=side("[1]", "5"), by=place.chair)
    pages = [
        address("forms"),
        *(address(name, form) for name in ("form", "checks", "preview", "add_line", "add_check")),
        address("line", form, line),
        address("check", form, check),
    ]

    def asked() -> list[int]:
        numbers = []
        for page in pages:
            with CaptureQueriesContext(
                connection,
            ) as found:
                answer = chair.get(page)
            assert answer.status_code == 200
            assert len(answer.content) < LARGEST, page
            numbers.append(len(found))
        return numbers

    asked()
    few = asked()
    long = {"title": "Показатель с длинным названием " * 5, "section": "Раздел", "formula": "[1]+" * 20 + "1"}
    ReportLine.objects.bulk_create(
        ReportLine(form=form, position=at, **values(str(at), **long)) for at in range(2, rules.MAX_LINES + 1)
    )
    ReportCheck.objects.bulk_create(
        ReportCheck(form=form, position=at, **side("[1]+" * 20 + "1", sentence="Длинное условие " * 10))
        for at in range(2, rules.MAX_CHECKS + 1)
    )
    ReportForm.objects.bulk_create(
        ReportForm(organization=place.head, key=f"key-{at}", **WHOLE | {"title": "Длинное название формы " * 7})
        for at in range(60)
    )
    assert asked() == few
