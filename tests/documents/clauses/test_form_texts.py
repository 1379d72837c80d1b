"""Texts of forms: administrators change them with placeholders; versions are printed from their first day (U-6)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from documents.clauses import rules
from documents.clauses.contents import PLACEHOLDERS, parts, word_for
from documents.clauses.models import FormText
from documents.clauses.transitions import issue_form_text
from documents.printing.core import Batch, Form, forms_of, papers, sheets_for
from documents.printing.models import PrintRecord
from members.admission.models import Application
from members.people.models import Member
from registry import charters
from registry.access import Actor
from registry.enums import DataClass, Role
from registry.errors import NotAllowed, RuleViolation
from registry.journal.models import Event
from tests.documents import samples
from tests.members import applicants, places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
TOMORROW = TODAY + dt.timedelta(days=1)
FORM = "leaving_statement"


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


@pytest.fixture
def administrator(voi: places.Place) -> Actor:
    return trees.officer(voi.head, Role.ADMINISTRATOR)


def clauses(**changed: str) -> dict[str, str]:
    """Return the charter's clauses of the leaving statement, with some changes."""
    own = charters.get("voi").clauses_of(FORM)
    return {**{name: clause["text"] for name, clause in own.items()}, **changed}


def html(code: str, place: places.Place, member: Member | None, day: dt.date = TOMORROW) -> str:
    """Return the paper as HTML in one line, without the tags."""
    form = next(form for form in forms_of(place.keeper.federation.charter) if form.code == code)
    batch = Batch(place.keeper, frozenset(DataClass), day)
    if member is not None:
        member = form.members(Member.objects.filter(pk=member.pk)).get()
    made = re.sub("<[^>]*>", " ", sheets_for(form, [form.build(member, batch)], batch).html)
    return re.sub(r"\s+", " ", made.replace("\xa0", " ").replace("\u200b", ""))


# --- The files of the charters and the templates agree --------------------------------------------------------


@pytest.mark.parametrize("key", samples.CHARTERS)
def test_the_clauses_of_a_charter_are_those_of_its_templates(key: str) -> None:
    charter = charters.get(key)
    found = {}
    for form in forms_of(charter):
        paths = [Path(settings.BASE_DIR, "templates", name) for name in form.template_names(charter)]
        text = next(path for path in paths if path.exists()).read_text(encoding="utf-8")
        if names := re.findall(r'{% clause "(\w+)" %}', text):
            found[form.code] = names
    own = {form.code: list(charter.clauses_of(form.code)) for form in forms_of(charter)}
    assert found == {code: names for code, names in own.items() if names}
    assert len(found) >= 7


@pytest.mark.parametrize("key", samples.CHARTERS)
def test_the_clauses_of_a_charter_keep_the_rules(key: str) -> None:
    charter = charters.get(key)
    changeable = charter.changeable_texts
    for code in changeable:
        own = charter.clauses_of(code)
        assert all(clause["label"] for clause in own.values())
        rules.check_form_has_clauses(code, charter)
        rules.check_clauses({name: clause["text"] for name, clause in own.items()}, code, charter)
    letters = {"invitation", "decision", "minutes", "withdrawal_notice", "request_letter", "subject_answer"}
    assert {code for code in changeable if code not in charter.forms} == letters


@pytest.mark.both
@pytest.mark.parametrize("key", samples.CHARTERS)
def test_a_preview_shows_every_clause_of_the_text(key: str) -> None:
    charter, organization = charters.get(key), samples.keeper(key)
    for code in charter.changeable_texts:
        paper, own = papers()[code], charter.clauses_of(code)
        batch = Batch(organization, frozenset(), TODAY)
        batch.proposed = {name: f"[{name}] {clause['text']}" for name, clause in own.items()}
        if isinstance(paper, Form):
            sheets = [paper.build(None, batch)]
        else:
            assert paper.specimens is not None
            sheets = list(paper.specimens(batch))
        made = sheets_for(paper, sheets, batch).html
        assert {code: set(re.findall(r"\[(\w+)\]", made))} == {code: set(own)}
        assert "{" not in made


# --- Placeholders ---------------------------------------------------------------------------------------------


def test_placeholders_are_separated_from_text() -> None:
    assert list(parts("с {дата}, {имя}.")) == [
        ("с ", False),
        ("дата", True),
        (", ", False),
        ("имя", True),
        (".", False),
    ]
    assert list(parts("")) == []


@pytest.mark.parametrize(
    ("variants", "woman", "man", "unknown"),
    [
        ("ознакомлен/ознакомлена", "ознакомлена", "ознакомлен", "ознакомлен(а)"),
        ("гражданин/гражданка", "гражданка", "гражданин", "гражданин/гражданка"),
        ("Готов/Готова/Готов", "Готова", "Готов", "Готов"),
    ],
)
def test_a_word_fits_the_sex_of_the_person(variants: str, woman: str, man: str, unknown: str) -> None:
    assert word_for(variants, is_woman=True, is_known=True) == woman
    assert word_for(variants, is_woman=False, is_known=True) == man
    assert word_for(variants, is_woman=False, is_known=False) == unknown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "не может быть пустым"),
        ("  ", "не может быть пустым"),
        ("я" * (rules.MAX_CLAUSE + 1), "не более 1500"),
        ("с {день}", "Подстановки «{день}» нет"),
        ("{}", "Подстановки «{}» нет"),
        ("{member.health}", "Подстановки «{member.health}» нет"),
        ("{а/}", "Подстановки"),
        ("{а/б/в/г}", "Подстановки"),
        ("с {дата", "нет пары"),
        ("с дата}", "нет пары"),
        ("{{дата}}", "нет пары"),
    ],
)
def test_u_6_a_clause_that_cannot_be_printed_is_refused_by_its_name(
    voi: places.Place, administrator: Actor, text: str, message: str
) -> None:
    with refused("U-6", field="request", match=re.escape(message)):
        issue_form_text(FORM, clauses=clauses(request=text), valid_from=TOMORROW, by=administrator)
    assert FormText.objects.count() == 0


def test_u_6_the_longest_clause_and_every_placeholder_are_printed(voi: places.Place, administrator: Actor) -> None:
    every = " ".join(f"{{{name}}}" for name in PLACEHOLDERS) + " {принят/принята}"
    text = every + " " + "я" * (rules.MAX_CLAUSE - len(every) - 1)
    issue_form_text(FORM, clauses=clauses(request=text), valid_from=TOMORROW, by=administrator)
    member = voi.put(sex="female", ticket_number="0104512", city="Одинцово")
    address = "Одинцово, ул. Садовая, д. 5"
    filled, empty = html(FORM, voi, member), html(FORM, voi, None)
    expected = f"(нужное подчеркнуть) {member.full_name} 0104512 {address} {voi.keeper.short_name} принята я"
    assert (expected in filled, "принят(а) я" in empty, "{" in filled + empty) == (True, True, False)


@given(st.text(alphabet="{}/аб <>&", max_size=40))
def test_u_6_every_text_is_refused_or_printed_without_braces(text: str) -> None:
    try:
        rules.check_clauses({**clauses(), "request": text}, FORM, charters.get("voi"))
    except RuleViolation:
        return
    assert all("{" not in part and "}" not in part for part, _in_braces in parts(text))


def test_u_6_a_sentence_that_ends_with_the_date_has_one_full_stop(voi: places.Place, administrator: Actor) -> None:
    typed = "Прошу с {дата}. Билет сдан {дата}"
    issue_form_text(FORM, clauses=clauses(request=typed), valid_from=TOMORROW, by=administrator)
    made = html(FORM, voi, None)
    assert re.findall(r"Прошу с .*? г\S* Билет", made)[0].endswith(" г. Билет")


@pytest.mark.both
def test_u_6_html_in_a_clause_is_printed_as_typed(voi: places.Place, administrator: Actor) -> None:
    typed = "<b>Прошу</b> <img src=x>"
    issue_form_text(FORM, clauses=clauses(request=typed), valid_from=TOMORROW, by=administrator)
    assert "&lt;b&gt;Прошу&lt;/b&gt; &lt;img src=x&gt;" in html(FORM, voi, None)


# --- Versions -------------------------------------------------------------------------------------------------


def test_u_6_a_version_is_printed_from_its_first_day_on(voi: places.Place, administrator: Actor) -> None:
    text = issue_form_text(
        FORM, clauses=clauses(request="Прошу исключить меня."), valid_from=TOMORROW, by=administrator
    )
    assert (text.version, text.valid_from, text.federation_id) == (1, TOMORROW, voi.head.federation_id)
    shown = {day: "Прошу исключить меня." in html(FORM, voi, None, day) for day in (TODAY, TOMORROW)}
    assert shown == {TODAY: False, TOMORROW: True}
    assert Event.objects.get(action="form_text.issued").facts == {"form": FORM, "version": 1}
    again = issue_form_text(FORM, clauses=clauses(request="Прошу."), valid_from=TOMORROW, by=administrator)
    assert (again.version, "Прошу исключить" in html(FORM, voi, None, TOMORROW)) == (2, False)
    # The texts of other forms do not change.
    assert "Прошу снять меня с учёта" in html("departure_statement", voi, None, TOMORROW)


def test_u_6_the_text_of_another_federation_stays(voi: places.Place, administrator: Actor) -> None:
    union = places.union()
    issue_form_text(FORM, clauses=clauses(request="Прошу исключить меня."), valid_from=TOMORROW, by=administrator)
    assert "Прошу исключить меня." not in html(FORM, union, None)


@pytest.mark.both
@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, False), (1, True), (2, True)])
def test_u_6_a_version_begins_tomorrow_or_later(
    voi: places.Place, administrator: Actor, days: int, allowed: bool
) -> None:
    first = TODAY + dt.timedelta(days=days)
    if allowed:
        issue_form_text(FORM, clauses=clauses(fees="Согласен."), valid_from=first, by=administrator)
    else:
        with refused("U-6", field="valid_from"):
            issue_form_text(FORM, clauses=clauses(fees="Согласен."), valid_from=first, by=administrator)
    assert FormText.objects.count() == allowed


def test_u_6_a_version_does_not_begin_before_the_latest_one(voi: places.Place, administrator: Actor) -> None:
    later = TODAY + dt.timedelta(days=5)
    issue_form_text(FORM, clauses=clauses(fees="Первая."), valid_from=later, by=administrator)
    with refused("U-6", field="valid_from"):
        issue_form_text(
            FORM, clauses=clauses(fees="Вторая."), valid_from=later - dt.timedelta(days=1), by=administrator
        )
    assert issue_form_text(FORM, clauses=clauses(fees="Вторая."), valid_from=later, by=administrator).version == 2


def test_u_6_the_same_text_is_no_new_version(voi: places.Place, administrator: Actor) -> None:
    with refused("U-6", field="", match="нынешний текст"):
        issue_form_text(FORM, clauses=clauses(), valid_from=TOMORROW, by=administrator)


@pytest.mark.parametrize("wrong", [{"request": "Прошу."}, {**clauses(), "other": "Прошу."}, {}])
def test_u_6_exactly_the_clauses_of_the_form_are_given(
    voi: places.Place, administrator: Actor, wrong: dict[str, str]
) -> None:
    with refused("U-6", field="", match="не от этой формы"):
        issue_form_text(FORM, clauses=wrong, valid_from=TOMORROW, by=administrator)


@pytest.mark.parametrize("form", ["member_card", "consent", "no_such_form"])
def test_u_6_the_text_of_other_forms_cannot_be_changed(voi: places.Place, administrator: Actor, form: str) -> None:
    with refused("U-6", match="не меняется"):
        issue_form_text(form, clauses={}, valid_from=TOMORROW, by=administrator)


def test_n_h1_only_the_administrator_changes_texts(voi: places.Place) -> None:
    for role in (Role.CHAIR, Role.DEPUTY, Role.REVIEWER):
        with pytest.raises(NotAllowed):
            issue_form_text(FORM, clauses=clauses(fees="А."), valid_from=TOMORROW, by=trees.officer(voi.head, role))


def test_u_6_a_filed_application_is_printed_with_the_text_of_its_day(voi: places.Place, administrator: Actor) -> None:
    new = {"request": "Прошу принять меня."}
    issue_form_text("application", clauses=new, valid_from=TOMORROW, by=administrator)
    old, before, after = trees.members(voi.keeper, 3)
    for member, surname in ((old, "Прежний"), (before, "Раньше"), (after, "Завтра")):
        member.surname = surname
        member.save()
    for member, filed_on in ((before, TODAY), (after, TOMORROW)):
        values: dict[str, Any] = {
            "surname": member.surname,
            "given_name": "А",
            "organization": voi.keeper,
            "federation": voi.keeper.federation,
        }
        Application.objects.create(**values, member=member, filed_on=filed_on, decided_on=TODAY, state="admitted")
    shown = {
        member.surname: "Прошу принять меня." in html("application", voi, member) for member in (old, before, after)
    }
    assert shown == {"Прежний": True, "Раньше": False, "Завтра": True}


def test_u_6_the_application_of_an_applicant_is_printed_with_the_text_of_its_day(voi: places.Place) -> None:
    filed = applicants.apply(voi)
    Application.objects.filter(pk=filed.pk).update(filed_on=TODAY - dt.timedelta(days=1))
    federation = voi.head.federation
    FormText.objects.create(
        federation=federation, form="application", version=1, valid_from=TODAY, clauses={"request": "Новое."}
    )
    address = reverse("applications:print", args=[filed.pk, "application"])
    text = samples.text_of(places.signed_in(voi.chair).post(address).content)
    assert ("Новое." in text, "Выражаю свое согласие с Уставом ВОИ." in text) == (False, True)


# --- Pages ----------------------------------------------------------------------------------------------------


def test_u_6_the_administrator_changes_a_text_on_its_page(voi: places.Place, administrator: Actor) -> None:
    browser = places.signed_in(administrator)
    rows = browser.get(reverse("documents:form_texts")).context["rows"]
    assert (FORM in [form.code for form, *_ in rows], {current for _, current, _ in rows}) == (True, {None})
    address = reverse("documents:new_form_text", args=[FORM])
    page = browser.get(address)
    assert [page.context["form"][name].value() for name in ("request", "fees")] == list(clauses().values())
    typed = {**clauses(request="Прошу\r\nисключить  меня."), "valid_from": f"{TOMORROW:%d.%m.%Y}"}
    preview = browser.post(address, {**typed, "preview": "1"})
    assert (preview["Content-Type"], "Прошу исключить меня." in samples.text_of(preview.content)) == (
        "application/pdf",
        True,
    )
    assert (FormText.objects.count(), PrintRecord.objects.count()) == (0, 0)
    saved = browser.post(address, typed)
    assert (saved.status_code, saved["Location"]) == (302, reverse("documents:form_text", args=[FORM]))
    text = FormText.objects.get()
    assert text.clauses == clauses(request="Прошу исключить меня.")
    shown = browser.get(saved["Location"]).content.decode()
    assert shown.index("Прошу исключить меня.") < shown.index("Прошу прекратить моё членство")
    (row,) = [row for row in browser.get(reverse("documents:form_texts")).context["rows"] if row[0].code == FORM]
    assert row[1:] == (None, text)


def test_u_6_a_refused_text_stays_in_the_form(voi: places.Place, administrator: Actor) -> None:
    browser = places.signed_in(administrator)
    address = reverse("documents:new_form_text", args=[FORM])
    typed = {**clauses(request="Прошу с {день}."), "valid_from": f"{TOMORROW:%d.%m.%Y}"}
    for sent in (typed, {**typed, "preview": "1"}):
        page = browser.post(address, sent)
        form = page.context["form"]
        assert (page.status_code, form["request"].value(), list(form.errors)) == (200, "Прошу с {день}.", ["request"])
    assert FormText.objects.count() == 0


def test_u_6_forms_without_clauses_have_no_page(voi: places.Place, administrator: Actor) -> None:
    browser = places.signed_in(administrator)
    for name in ("documents:form_text", "documents:new_form_text"):
        for code in ("member_card", "no_such_form"):
            assert (code, browser.get(reverse(name, args=[code])).status_code) == (code, 404)
