"""Fields that the card no longer offers are not printed, because no consent covers them (U-5a, V-C5)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from lxml import html

from documents.consents.book import text_of_day
from documents.consents.models import Consent
from documents.papers import consent
from documents.printing.core import forms, forms_of
from documents.printing.engine.sheets import Sheets
from members.people.enums import ConsentState
from members.people.models import Member
from registry import charters
from registry.organizations.models import Federation
from tests.documents import samples
from tests.documents.pdfs import copied
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: Values of fields that can be hidden, and their text on papers.
VALUES: dict[str, dict[str, tuple[Any, str]]] = {
    "voi": {
        "profession": ("скорняк-раскройщик", "скорняк-раскройщик"),
        "email": ("ivan@example.ru", "ivan@example.ru"),
        "diagnosis": ("последствия ожога", "последствия ожога"),
        "hobby": ("филателия", "филателия"),
        "family_working": (7, "Из них работает: 7"),
        "prostheses": (["footwear"], "ортопедическая обувь (подчёркнуто)"),
    },
    "education_union": {
        "snils": ("11223344595", "112-233-445 95"),
        "phone_mobile": ("+79161234567", "+7 916 123-45-67"),
        "phone_home": ("+74955931122", "+7 495 593-11-22"),
        "marital_status": ("divorced", "разведён"),
        "division": ("цех ночной смены", "цех ночной смены"),
        "paper_number": ("987654", "987654"),
        "paper_issued_on": (dt.date(2006, 4, 27), "апреля 2006"),
        "worker_category": ("scientific", "научный (подчёркнуто)"),
        "hired_on": (dt.date(1991, 9, 2), "02.09.1991"),
    },
}
CASES = [(charter, field) for charter, fields in VALUES.items() for field in fields]


def words_of(form_sheets: Sheets) -> str:
    """Return the words of the sheets before the layout, including the text added after chosen options."""
    page = html.fromstring(form_sheets.html)
    for line_break in page.iter("br"):
        line_break.tail = f" {line_break.tail or ''}"
    for chosen in page.iterfind(".//u[@data-after]"):
        chosen.tail = f"{chosen.get('data-after')}{chosen.tail or ''}"
    # Join words broken at the end of a line after a hyphen.
    return re.sub(r"(?<=\w-) ", "", " ".join(page.text_content().replace("\u200b", "").split()))


def printed(charter: str, *, hidden: list[str]) -> str:
    """Return the words of all forms of the charter for a member with every value."""
    values = {field: value for field, (value, _text) in VALUES[charter].items()}
    organization = samples.keeper(charter)
    member = samples.person(charter, organization, **values)
    Federation.objects.update(charter_values={"hidden": hidden})
    member = Member.objects.get(pk=member.pk)
    codes = [form.code for form in forms_of(charters.get(charter))]
    return " ".join(words_of(samples.sheets(code, trees.again(organization), member)) for code in codes)


@pytest.mark.parametrize("charter", samples.CHARTERS)
def test_u_5a_what_the_card_offers_is_printed_and_what_it_no_longer_offers_is_not(charter: str) -> None:
    texts = {field: text for field, (_value, text) in VALUES[charter].items()}
    text = printed(charter, hidden=[])
    assert [field for field in texts if texts[field] not in text] == []


@pytest.mark.parametrize("charter", samples.CHARTERS)
def test_u_5a_of_what_is_left_out_nothing_is_printed(charter: str) -> None:
    texts = {field: text for field, (_value, text) in VALUES[charter].items()}
    assert set(texts) <= set(charters.get(charter).optional)
    text = printed(charter, hidden=list(texts))
    assert [field for field in texts if texts[field] in text] == []


@pytest.mark.parametrize(("charter", "field"), CASES)
def test_u_5a_a_field_that_is_left_out_leaves_the_others_as_they_are(charter: str, field: str) -> None:
    texts = {name: text for name, (_value, text) in VALUES[charter].items()}
    text = printed(charter, hidden=[field])
    assert {name for name in texts if texts[name] not in text} == {field}


def test_a_copy_of_a_signed_consent_stays_as_it_was_signed() -> None:
    organization = samples.keeper("education_union")
    member = samples.person("education_union", organization, paper_number="987654")
    form, batch = forms()["consent"], samples.batch_of(organization)
    read = form.members(Member.objects.filter(pk=member.pk)).get()
    kept = consent.kept(form.build(read, batch))
    text = text_of_day(organization.federation, batch.today)
    text.save()
    moments = {"printed_at": timezone.now(), "ticked_at": timezone.now(), "signed_on": batch.today}
    Consent.objects.create(member=member, state=ConsentState.SIGNED, text=text, paper=kept, **moments)
    Federation.objects.update(charter_values={"hidden": ["paper_number"]})
    found = copied(samples.paper("consent", trees.again(organization), member))
    assert "Копия. Подписано" in found
    assert "987654" in found
