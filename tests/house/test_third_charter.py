"""A third federation needs only one module for its charter and the text of its consent; nothing else is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from pypdf import PdfReader

from dues.ledger.models import LedgerEntry
from dues.rates.transitions import load_rates
from members.admission.transitions.applications import file_application
from members.book.models import Registration
from members.meetings.transitions.agenda import put_on
from members.people.models import IdentityPaper, Member
from registry import charters, integrity
from registry.access import Actor
from registry.enums import Level
from registry.organizations.models import Organization
from registry.organizations.rules.tree import levels_below
from tests.members import sessions
from tests.members.applicants import days
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

pytestmark = pytest.mark.django_db

#: No local level; the regional organisation keeps the cards, and its clubs are cells; the minimum age is sixteen.
MODULE = """
from decimal import Decimal

from registry.charters import Admission, Charter, PassportTab, Rate, Section
from registry.enums import Level

CHARTER = Charter(
    key="anglers",
    title="общество рыболовов",
    levels={
        Level.FEDERAL: "совет общества",
        Level.REGIONAL: "областное общество",
        Level.PRIMARY: "рыболовный клуб",
    },
    levels_together={Level.REGIONAL: "областные общества", Level.PRIMARY: "рыболовные клубы"},
    keeper=Level.REGIONAL,
    cell=Level.PRIMARY,
    sections=(
        Section("person", "Рыболов", ("surname", "given_name", "patronymic", "sex", "birth_date", "hobby")),
        Section("membership", "Членство", ("joined_on", "registered_on", "minutes_number", "minutes_date", "cell")),
    ),
    required=frozenset({"surname", "given_name", "birth_date", "hobby", "joined_on"}),
    options={},
    entries=(),
    passport=(
        PassportTab("inpo", "Общество", ("full_name", "short_name", "phone", "email"), required=("phone",)),
        PassportTab("bodies", "Органы", ()),
    ),
    minimum_age=16,
    forms=("consent",),
    steps=("login", "passport", "members"),
    rates=(Rate("entrance", Decimal("300.00"), "2020-01-01", "Устав"),),
    terms={"after_decision_days": 14, "appeal_months": 1},
    wording={
        "federation_full": "Общество рыболовов",
        "as_member": "членом Общества рыболовов",
        "member": "член общества",
        "members": "члены общества",
        "of_member": "члена общества",
        "of_members": "членов общества",
        "consent_tick": "Согласие рыболова подписано",
    },
    labels={"hobby": "любимая рыба"},
    admission=Admission(papers=("application",)),
)
"""


@pytest.fixture
def anglers(tmp_path: Path) -> Iterator[Organization]:
    """Yield the head of a federation whose charter is in a directory of the test."""
    (tmp_path / "anglers.py").write_text(MODULE, encoding="utf-8")
    wording = {**charters.get("education_union").consent, "subtitle": "члена Общества рыболовов"}
    (tmp_path / "consents").mkdir()
    (tmp_path / "consents" / "anglers.json").write_text(json.dumps(wording), encoding="utf-8")
    charters.__path__.append(str(tmp_path))
    charters._charters.cache_clear()
    head = trees.head("anglers", "Общество рыболовов", code="anglers")
    load_rates(head.federation, by=trees.INSTALLATION)
    yield trees.again(head)
    charters.__path__.remove(str(tmp_path))
    charters._charters.cache_clear()


@pytest.fixture
def region(anglers: Organization) -> Organization:
    return trees.again(trees.below(anglers, Level.REGIONAL, "Тверское общество"))


@pytest.fixture
def chair(region: Organization) -> Actor:
    return trees.officer(region)


def test_n_h3_the_tree_has_the_levels_of_the_charter_alone(anglers: Organization, region: Organization) -> None:
    assert charters.keys() == ["anglers", "education_union", "voi"]
    assert levels_below(anglers) == [Level.REGIONAL, Level.PRIMARY]
    with refused("V-H1", field="level"):
        trees.below(region, Level.LOCAL)
    page = signed_in(trees.officer(anglers)).get(reverse("organizations:add", args=[anglers.pk]))
    assert [str(title) for _key, title in page.context["form"].fields["level"].choices] == [
        "Областное общество",
        "Рыболовный клуб",
    ]


def test_a_charter_that_lacks_a_word_a_level_or_a_field_is_refused_when_it_is_read() -> None:
    whole = charters.get("voi")
    with pytest.raises(ValueError, match=r"wording: member; levels: local; fields: shoe_size"):
        replace(
            whole,
            wording={key: word for key, word in whole.wording.items() if key != "member"},
            levels={level: title for level, title in whole.levels.items() if level != Level.LOCAL},
            required=whole.required | {"shoe_size"},
        )


def test_v_a5_somebody_is_admitted_by_the_terms_of_a_third_charter(region: Organization, chair: Actor) -> None:
    club = trees.again(trees.below(region, Level.PRIMARY, "Клуб «Окунь»"))
    facts = {"filed_on": days(9), "copies": ["application"], "acquainted_on": None, "acquainted_by": "",
             "consent_signed_on": None, "routing": ""}  # fmt: skip
    person = {"surname": "Ершов", "given_name": "Лука", "sex": "male", "hobby": "щука", "cell": club.pk}
    with refused("V-A1", field="birth_date"):
        young = {**person, "birth_date": days(15 * 366)}
        file_application(organization=region, values=young, facts=facts, by=chair)
    grown = {**person, "birth_date": days(17 * 366)}
    application = file_application(organization=region, values=grown, facts=facts, by=chair)
    meeting = sessions.planned(region, chair)
    (item,) = put_on(meeting.pk, applications=[application.pk], by=chair)
    sessions.held(meeting, chair)
    sessions.decided(item, chair)
    member = Member.objects.get()
    assert (member.organization, member.cell, member.unit) == (region, club, club)
    assert Registration.objects.get().organization == region
    charge = LedgerEntry.objects.get()
    assert (charge.fee, charge.amount, (charge.due_on - meeting.held_on).days) == ("entrance", 300, 14)  # type: ignore[operator]
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_u_5a_the_card_has_the_fields_of_a_third_charter(region: Organization, chair: Actor) -> None:
    (member,) = trees.members(region, surname="Ершов")
    browser = signed_in(chair)
    assert browser.get(reverse("start")).status_code == 200
    page = browser.get(reverse("members:detail", args=[member.pk]))
    assert (page.status_code, "Любимая рыба" in page.content.decode()) == (200, True)
    form = browser.get(reverse("members:add")).context["form"]
    assert {"surname", "hobby"} <= set(form.fields) and "snils" not in form.fields
    for name in ("members:list", "meetings:list", "applications:list", "cells:own_book", "moves:list"):
        assert (name, browser.get(reverse(name), follow=True).status_code) == (name, 200)
    assert browser.get(reverse("organizations:passport", args=[region.pk]), follow=True).status_code == 200


def test_u6_the_consent_of_a_third_charter_is_printed_in_its_own_words(
    region: Organization, chair: Actor, tmp_path: Path
) -> None:
    (member,) = trees.members(region, surname="Ершов")
    # Data that the law requires in every consent.
    paper = {"paper_number": "1", "paper_issued_on": "2006-04-27", "paper_issued_by": "ОВД"}
    IdentityPaper.objects.create(member=member, **paper)
    Member.objects.filter(pk=member.pk).update(city="Рыбинск")
    target = tmp_path / "consent.pdf"
    call_command("print", "consent", member=[member.pk], output=target)
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(target.read_bytes())).pages).split())
    assert ("Общества рыболовов" in text, "Ершов" in text) == (True, True)
