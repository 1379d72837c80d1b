"""Every option of every charter is printed differently on every paper that shows the field (V-A4, V-B2, V-B7, U-6)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import select_template

from documents.papers.card import written
from documents.printing.core import Form, forms_of
from documents.printing.russian import MARITAL_STATUS, OPTIONS
from members.people.models import CardEntry, HealthRecord, IdentityPaper, Member, Questionnaire
from registry import charters
from tests.documents import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: Charter and form → the fields with options that the form shows.
SHOWN = {
    ("voi", "application"): {"sex", "category"},
    ("voi", "consent"): {"paper_kind"},
    ("voi", "questionnaire"): {
        "sex", "education", "disability_cause", "disability_group", "mobility", "prostheses", "needs",
    },
    ("voi", "member_card"): {"sex", "education", "marital_status", "disability_group", "disability_cause"},
    ("voi", "membership_ticket"): set(),
    ("voi", "certificate"): {"sex"},
    ("voi", "payment_notice"): set(),
    # Names are declined by sex.
    ("voi", "duplicate_statement"): {"sex"},
    ("voi", "departure_statement"): {"sex"},
    ("voi", "transfer_statement"): {"sex"},
    ("voi", "leaving_statement"): {"sex"},
    ("voi", "withdrawal_statement"): {"sex"},
    ("education_union", "certificate"): {"sex"},
    ("education_union", "leaflet"): set(),
    ("education_union", "departure_statement"): {"sex"},
    ("education_union", "transfer_statement"): {"sex"},
    ("education_union", "leaving_statement"): {"sex"},
    ("education_union", "withdrawal_statement"): {"sex"},
    ("education_union", "application"): {"sex", "dues_form"},
    ("education_union", "consent"): {"paper_kind"},
    ("education_union", "consent_transfer"): {"paper_kind"},
    ("education_union", "consent_publication"): {"paper_kind"},
    ("education_union", "member_card"): {
        "sex", "category", "marital_status", "education", "worker_category", "study_form", "dues_form",
    },
}  # fmt: skip
FORMS = [(charter, form) for charter in samples.CHARTERS for form in forms_of(charters.get(charter))]


def holder(member: Member, name: str) -> Any:
    """Return the record that has the field."""
    parts = (member, member.identity, getattr(member, "health", None), getattr(member, "questionnaire", None))
    return next(part for part in parts if part is not None and name in {f.name for f in part._meta.concrete_fields})


def options_of(charter: str, name: str) -> list[str]:
    """Return the options offered by the charter."""
    offered = charters.get(charter).options.get(name)
    return list(offered) if offered else list(OPTIONS.get(name, {}) or MARITAL_STATUS["male"])


def fields_of(charter: str) -> list[str]:
    return [name for name in charters.get(charter).fields if name in OPTIONS or name == "marital_status"]


def html(form: Form, member: Member) -> str:
    batch = samples.batch_of(member.organization)
    template = select_template(form.template_names(batch.charter))
    return template.render({**form.build(member, batch), "clauses": batch.clauses(form.code, batch.today)})


def with_option(form: Form, member: Member, name: str, option: str) -> str:
    record = holder(member, name)
    setattr(record, name, ([option] if option else []) if isinstance(getattr(record, name), list) else option)
    return html(form, member)


@pytest.mark.parametrize(("charter", "form"), FORMS, ids=lambda value: getattr(value, "code", value))
def test_every_option_of_a_field_changes_the_paper_that_shows_it(charter: str, form: Form) -> None:
    known = samples.person(charter, samples.keeper(charter))
    shown = set()
    for name in fields_of(charter):
        member = form.members(Member.objects.filter(pk=known.pk)).get()
        # Without the sex, papers take it from the patronymic.
        without = [] if name == "sex" else [""]
        said = {option: with_option(form, member, name, option) for option in [*without, *options_of(charter, name)]}
        if len(set(said.values())) > 1:
            shown.add(name)
            assert len(set(said.values())) == len(said), (name, sorted(said))
    assert shown == SHOWN[charter, form.code]


def test_every_option_of_every_model_has_a_russian_word_for_papers() -> None:
    for model in (Member, IdentityPaper, HealthRecord, Questionnaire, CardEntry):
        for field in model._meta.concrete_fields:
            if field.choices and field.name in OPTIONS:
                assert set(OPTIONS[field.name]) == {key for key, _label in field.choices}, field.name


def test_the_unions_card_underlines_higher_education_of_any_kind() -> None:
    member = samples.person("education_union", samples.keeper("education_union"), education="higher")
    form = next(form for form in forms_of(charters.get("education_union")) if form.code == "member_card")
    text = html(form, form.members(Member.objects.filter(pk=member.pk)).get())
    assert ">высшее</u>" in text


@pytest.mark.parametrize(
    ("name", "stored", "printed"),
    [
        ("phone_mobile", "+79161234567, +375291234567", "+7 916 123-45-67, +375 29 123-45-67"),
        ("phone_home", "4-99-52", "4-99-52"),
        ("snils", "11223344595", "112-233-445 95"),
        ("dues_percent", Decimal("15000"), "15\N{NO-BREAK SPACE}000,00"),
        ("birth_date", dt.date(2001, 2, 3), "03.02.2001"),
        ("education", "higher", "высшее"),
        ("hobby", "", ""),
    ],
)
def test_values_are_printed_as_they_are_shown_on_the_screen(name: str, stored: Any, printed: str) -> None:
    assert written(charters.get("education_union"), name, stored) == printed
