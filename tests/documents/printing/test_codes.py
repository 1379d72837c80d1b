"""Verification codes: each print has its own, and users who may see the record learn what was printed (V-C5)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from documents.papers import meeting_papers
from documents.printing import codes, rules
from documents.printing.forms import CodeForm
from documents.printing.models import PrintRecord
from documents.printing.queries import page_about
from documents.printing.transitions import find_print, record_other_print
from members.people.models import Member
from registry.journal.models import Event
from tests.clock import at
from tests.documents.pdfs import pages_of, text_of
from tests.members import applicants, places, sessions
from tests.refusals import refused
from tests.registry import trees

PATTERN = re.compile(r"Код проверки: (\d{4} \d{4} \d{4} \d{4})")
NO_SUCH = "Такого документа нет."


def on_pages(data: bytes) -> list[str]:
    """Return the codes on the pages."""
    return [code for page in pages_of(data) for code in PATTERN.findall(page.text)]


def print_card(place: places.Place, member: Member, form: str = "application") -> tuple[PrintRecord, bytes]:
    answer = places.signed_in(place.chair).post(reverse("documents:print_member", args=[form, member.pk]))
    assert answer.status_code == 200
    return PrintRecord.objects.latest("pk"), answer.content


def look_up(actor: Any, code: str) -> str:
    answer = places.signed_in(actor).post(reverse("documents:look_up"), {"code": code})
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.once
def test_a_code_is_sixteen_digits_and_its_check_digit_finds_each_slip_of_one_digit_and_of_neighbours() -> None:
    made = {codes.new_code() for _ in range(50)}
    assert len(made) == 50
    for code in made:
        assert codes.is_whole(code) and not codes.is_mistyped(code)
    code = made.pop()
    for place in range(codes.CODE_LENGTH):
        for digit in "0123456789":
            wrong = code[:place] + digit + code[place + 1 :]
            assert codes.is_mistyped(wrong) == (wrong != code)
        swapped = code[:place] + code[place : place + 2][::-1] + code[place + 2 :]
        assert codes.is_mistyped(swapped) == (swapped != code)


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("1234 5678 9012 3450", ""),
        ("1234-5678–9012.3450", ""),
        (" 1234567890123450 ", ""),
        ("1234 5678 9012 345", "В коде 16 цифр."),
        ("1234 5678 9012 34500", "В коде 16 цифр."),
        ("1234 5678 9012 345O", "В коде 16 цифр."),
        ("١234 5678 9012 3450", "В коде 16 цифр."),
        ("1234 5678 9012 3451", "В коде неверная цифра. Сравните с документом: 1234 5678 9012 3451."),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, error: str) -> None:
    form = CodeForm({"code": typed})
    assert form.errors.get("code", []) == ([error] if error else [])
    assert form.cleaned_data == ({} if error else {"code": "1234567890123450"})
    assert codes.in_groups("1234567890123450") == "1234 5678 9012 3450"


@pytest.mark.django_db
@pytest.mark.once
def test_v_c5_each_print_has_a_code_of_its_own_on_every_page_and_a_blank_form_has_none() -> None:
    place = places.voi()
    member = place.put()
    first, data = print_card(place, member, "consent")
    second, again = print_card(place, member, "consent")
    assert on_pages(data) == [codes.in_groups(first.code or "")] * 2
    assert on_pages(again) == [codes.in_groups(second.code or "")] * 2
    assert first.code != second.code
    blank = places.signed_in(place.chair).post(reverse("documents:print_blank", args=["consent"])).content
    assert (on_pages(blank), "Код проверки" in text_of(blank)) == ([], False)
    assert PrintRecord.objects.latest("pk").code is None


@pytest.mark.django_db
@pytest.mark.once
def test_v_c5_papers_of_a_job_have_a_code_each_and_notices_too(run_jobs: Any) -> None:
    place = places.voi()
    members = place.put(), *trees.members(place.keeper, 6)
    client = places.signed_in(place.chair)
    chosen = {"confirmed": "1", "selected": [member.pk for member in members]}
    answer = client.post(reverse("documents:print_many", args=["application"]), chosen)
    run_jobs()
    pdf = client.get(answer["Location"] + "result/").content
    records = {record.code: record.member for record in PrintRecord.objects.all()}
    pages = [(PATTERN.findall(page.text)[0], page.text) for page in pages_of(pdf)]
    assert len(pages) == len(records) == len(members)
    for code, text in pages:
        member = records[code.replace(" ", "")]
        assert member is not None and member.surname in text


@pytest.mark.django_db
def test_v_c5_readers_of_the_record_see_paper_time_and_officer() -> None:
    place = places.voi()
    member = place.put()
    record, _data = print_card(place, member)
    code = codes.in_groups(record.code or "")
    superior = place.region_chair
    for actor in (place.chair, superior):
        said = look_up(actor, code)
        assert "Заявление о приёме" in said and member.full_name in said and place.keeper.short_name in said
        assert place.chair.account is not None and place.chair.account.full_name in said
        assert "Позже документ печатали" not in said
        event = Event.objects.latest("pk")
        assert (event.action, event.object_id, event.account) == ("paper.looked_up", str(record.pk), actor.account)
        assert (record.code or "") not in str(event.facts)
    assert f'href="{reverse("members:detail", args=[member.pk])}"' in look_up(place.chair, code)
    print_card(place, member)
    assert "Позже документ печатали ещё раз" in look_up(place.chair, code)


@pytest.mark.django_db
def test_v_c5_nobody_else_learns_that_there_is_such_a_paper() -> None:
    place = places.voi()
    record, _data = print_card(place, place.put())
    code, unknown = record.code or "", codes.new_code()
    cell = trees.officer(place.cells[0])
    neighbour = trees.officer(trees.below(place.region, place.keeper.level, "Соседняя"))
    for actor in (cell, neighbour):
        said = [look_up(actor, typed).replace(typed, "") for typed in (code, unknown)]
        assert NO_SUCH in said[0]
        same = [re.sub(r'(nonce|value|X-CSRFToken)"?[=:] ?"[^"]*"', "", text) for text in said]
        assert same[0] == same[1]
        events = Event.objects.filter(action=rules.UNKNOWN_CODE, account=actor.account)
        assert [(one.organization, one.object_id, one.facts) for one in events] == [(actor.organization, "", {})] * 2
        answer = places.signed_in(place.reviewer).post(reverse("documents:look_up"), {"code": code})
    assert answer.status_code == 403
    assert Event.objects.filter(action="paper.looked_up").count() == 0


@pytest.mark.django_db
def test_v_c5_after_ten_codes_of_no_paper_the_account_waits_a_quarter_of_an_hour() -> None:
    place = places.voi()
    record, _data = print_card(place, place.put())
    code = record.code or ""
    with at("2041-05-05T10:00+00:00", tick=False):
        for _ in range(rules.MAX_UNKNOWN_CODES - 1):
            with refused("V-C5", field="code", match=NO_SUCH):
                find_print(codes.new_code(), by=place.chair)
        assert find_print(code, by=place.chair) == record
        with refused("V-C5", field="code", match=NO_SUCH):
            find_print(codes.new_code(), by=place.chair)
        with refused("V-C5", field="code", match="Слишком много кодов"):
            find_print(code, by=place.chair)
        # Other users are not blocked.
        assert find_print(code, by=place.region_chair) == record
    with at("2041-05-05T10:14:59+00:00", tick=False), refused("V-C5", field="code", match="Слишком много кодов"):
        find_print(code, by=place.chair)
    with at("2041-05-05T10:15+00:00", tick=False):
        assert find_print(code, by=place.chair) == record
    assert timedelta(minutes=15) == rules.WITHIN


@pytest.mark.django_db
def test_v_c5_a_paper_leads_to_the_page_of_what_it_is_about() -> None:
    place = places.voi()
    application = applicants.apply(place)
    item = sessions.admission(place, [application])
    records = [
        record_other_print(meeting_papers.AGENDA.code, about, organization=place.keeper, code="", by=place.chair)
        for about in (application, item.meeting, item, place.keeper)
    ]
    assert [page_about(record, place.chair) for record in records] == [
        ("applications:detail", application.pk),
        ("meetings:detail", item.meeting_id),
        ("meetings:detail", item.meeting_id),
        ("organizations:detail", place.keeper.pk),
    ]
    assert [record.code for record in records] == [None] * 4
    neighbour = trees.officer(trees.below(place.region, place.keeper.level, "Соседняя"))
    assert [page_about(record, neighbour) for record in records[:3]] == [None] * 3
