"""Texts of notices, minutes and letters: facts cannot be removed; sent or signed papers do not change (U-6)."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document

from documents.clauses.contents import FACTS, facts_of
from documents.clauses.models import FormText
from documents.clauses.transitions import issue_form_text
from documents.consents.enums import Channel, ConsentPurpose
from documents.consents.models import Withdrawal
from documents.papers import meeting_papers, subject_answer, withdrawal_notice
from documents.printing.core import Batch, Paper, sheets_for
from documents.rights.models import SubjectRequest
from members.admission.models import Application
from members.meetings.models import AgendaItem, Meeting
from members.meetings.transitions.meetings import close_minutes, reopen_minutes
from registry import charters
from registry.access import Actor
from registry.charters import keys as charter_keys
from registry.enums import Role
from tests.members import applicants, places, sessions
from tests.members.places import Place
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
TOMORROW, YESTERDAY = TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=1)
#: Clause of each paper that the tests change, and its new beginning.
CHANGED = {
    "invitation": "presence", "decision": "considered", "minutes": "attendance", "withdrawal_notice": "received",
    "request_letter": "considered", "subject_answer": "source",
}  # fmt: skip
NEW = "В новых словах. "


place = pytest.fixture(sessions.place)


@pytest.fixture
def administrator(place: Place) -> Actor:
    return trees.officer(place.head, Role.ADMINISTRATOR)


def texts(form: str, **changed: str) -> dict[str, str]:
    """Return the charter's clauses of the form, with some changes."""
    own = charters.get("voi").clauses_of(form)
    return {**{name: clause["text"] for name, clause in own.items()}, **changed}


def change(place: Place, form: str) -> None:
    """Create a version of the form's texts from today, with the clause of `CHANGED` changed."""
    name = CHANGED[form]
    text = texts(form, **{name: NEW + texts(form)[name]})
    FormText.objects.create(federation=place.head.federation, form=form, version=1, valid_from=TODAY, clauses=text)


def words(html: str) -> str:
    plain = re.sub("<[^>]*>", " ", html).replace("\xa0", " ").replace("\u200b", "")
    return re.sub(r"\s+", " ", plain)


def printed(paper: Paper, place: Place, sheets: Any) -> str:
    batch = Batch(place.keeper, frozenset(), TODAY)
    return words(sheets_for(paper, sheets, batch).html)


def an_applicant(place: Place) -> tuple[AgendaItem, Application]:
    one = applicants.apply(place, surname="Ковалёва", given_name="Анна", patronymic="Ильинична", sex="female")
    return sessions.admission(place, [one]), one


# --- Facts ----------------------------------------------------------------------------------------------------


def test_every_fact_stands_in_a_text_of_a_charter_and_no_other_placeholder_does() -> None:
    used = {
        fact
        for key in charter_keys()
        for code in charters.get(key).changeable_texts
        for clause in charters.get(key).clauses_of(code).values()
        for fact in facts_of(clause["text"])
    }
    assert used == FACTS.keys()


@pytest.mark.parametrize(
    ("form", "name", "text", "message"),
    [
        ("invitation", "message", "Приходите на заседание {органа}.", "Оставьте подстановку «{дата заявления}»"),
        ("invitation", "presence", "Приходите {дата решения}.", "Подстановки «{дата решения}» нет"),
        ("minutes", "undecided", "{имя} не принят.", "Подстановки «{имя}» нет"),
        ("minutes", "undecided", "Не {принят/принята}.", "Подстановки «{принят/принята}» нет"),
        ("leaving_statement", "fees", "Взносы: {взносы и сроки}.", "Подстановки «{взносы и сроки}» нет"),
    ],
)
def test_u_6_facts_stay_and_those_of_other_clauses_are_unknown(
    administrator: Actor, form: str, name: str, text: str, message: str
) -> None:
    with refused("U-6", field=name, match=re.escape(message)):
        issue_form_text(form, clauses=texts(form, **{name: text}), valid_from=TOMORROW, by=administrator)
    assert FormText.objects.count() == 0


def test_u_6_a_notice_in_new_words_has_facts_name_address_and_words_for_a_woman(place: Place) -> None:
    _item, one = an_applicant(place)
    one = Application.objects.get(pk=one.pk)
    federation = place.head.federation
    text = texts(
        "invitation", presence="{Приглашён/Приглашена} {имя}, {адрес}, {билет}; {организация}.",
        message="Заявление от {дата заявления} в члены {объединения}: заседание {органа} ({дата заявления}).",
    )  # fmt: skip
    FormText.objects.create(federation=federation, form="invitation", version=1, valid_from=TODAY, clauses=text)
    made = printed(meeting_papers.INVITATION, place, meeting_papers.build_invitations([one]))
    filed = f"{one.filed_on:%d.%m.%Y}"
    assert f"Заявление от {filed} в члены ВОИ: заседание правления ({filed})." in made
    # An applicant has no ticket yet: a line is left for its number.
    assert f"Приглашена {one.full_name}, " in made and f"; {place.keeper.short_name}." in made
    assert "(не заполнено)" not in made.partition("Приглашена")[0]
    word = meeting_papers.render_invitations([one], word=True)
    paragraphs = [" ".join(p.text.replace("\xa0", " ").split()) for p in Document(io.BytesIO(word)).paragraphs]
    assert f"Заявление от {filed} в члены ВОИ: заседание правления ({filed})." in paragraphs


# --- What was sent stays --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "is_new"), [(None, True), (YESTERDAY, False), (TODAY, True)])
def test_u_6_a_notice_is_printed_again_with_the_text_of_the_day_on_which_it_was_given(
    place: Place, day: dt.date | None, is_new: bool
) -> None:
    item, one = an_applicant(place)
    change(place, "invitation")
    change(place, "decision")
    Application.objects.filter(pk=one.pk).update(invited_on=day)
    invitations = meeting_papers.build_invitations([Application.objects.get(pk=one.pk)])
    sessions.decided(item, place.chair)
    Application.objects.filter(pk=one.pk).update(notified_on=day)
    decisions = meeting_papers.build_decisions([Application.objects.get(pk=one.pk)])
    found = [
        NEW in printed(meeting_papers.INVITATION, place, invitations),
        NEW in printed(meeting_papers.DECISION, place, decisions),
    ]
    assert found == [is_new, is_new]


@pytest.mark.parametrize(("day", "is_new"), [(None, True), (YESTERDAY, False)])
def test_u_6_a_notice_of_another_decision_keeps_its_text(place: Place, day: dt.date | None, is_new: bool) -> None:
    federation, text = place.head.federation, texts("decision")
    text["decided"] = NEW + text["decided"]
    FormText.objects.create(federation=federation, form="decision", version=1, valid_from=TODAY, clauses=text)
    item, _one = an_applicant(place)
    sessions.decided(item, place.chair)
    AgendaItem.objects.filter(pk=item.pk).update(
        kind="discipline", member=place.put(), notified_on=day, title="О взыскании"
    )
    built = meeting_papers.build_decisions(AgendaItem.objects.get(pk=item.pk))
    assert (NEW in printed(meeting_papers.DECISION, place, built)) == is_new


def test_u_6_closed_minutes_and_their_extracts_keep_their_text(place: Place) -> None:
    item, one = an_applicant(place)
    item = sessions.decided(item, place.chair)
    change(place, "minutes")
    one = Application.objects.get(pk=one.pk)

    def found() -> list[bool]:
        meeting = Meeting.objects.get(pk=item.meeting_id)
        again = AgendaItem.objects.get(pk=item.pk)
        built = (
            (meeting_papers.MINUTES, meeting_papers.build_minutes(meeting)),
            (meeting_papers.EXTRACT, meeting_papers.build_extract(again, one)),
        )
        return [NEW in printed(paper, place, sheets) for paper, sheets in built]

    assert found() == [True, True]
    meeting = close_minutes(item.meeting_id, number="7", by=place.chair)
    assert found() == [True, True]
    meeting.history.update(history_date=timezone.now() - dt.timedelta(days=1))
    assert found() == [False, False]
    reopen_minutes(meeting.pk, by=place.chair)
    assert found() == [True, True]


@pytest.mark.parametrize(("day", "is_new"), [(None, True), (YESTERDAY, False), (TODAY, True)])
def test_u_6_letters_about_personal_data_keep_their_text(place: Place, day: dt.date | None, is_new: bool) -> None:
    for form in ("withdrawal_notice", "request_letter", "subject_answer"):
        change(place, form)
    member = place.put()
    withdrawal = Withdrawal(
        member=member, organization=place.keeper, purposes=[ConsentPurpose.PROCESSING], stops_processing=True,
        received_on=YESTERDAY, channel=Channel.HAND, stop_by=TODAY, tell_by=TODAY, destroy_by=TODAY, told_on=day,
    )  # fmt: skip
    request = SubjectRequest(
        member=member, organization=place.keeper, received_by=place.keeper, number=1, kind="access", state="answered",
        received_on=YESTERDAY, channel=Channel.HAND, answer_by=TODAY, settled_on=day,
    )  # fmt: skip
    extended = SubjectRequest(
        member=member, organization=place.keeper, received_by=place.keeper, number=2, kind="access",
        received_on=YESTERDAY, channel=Channel.HAND, answer_by=TODAY, extended_on=day, settled_on=TODAY,
    )  # fmt: skip
    batch = Batch(place.keeper, frozenset(), TODAY)
    made = [
        printed(withdrawal_notice.NOTICE, place, withdrawal_notice.build(withdrawal, batch)),
        printed(subject_answer.LETTER, place, subject_answer.build_letter(request, batch)),
        printed(subject_answer.LETTER, place, subject_answer.build_letter(extended, batch)),
        printed(subject_answer.ANSWER, place, subject_answer.build(request, member, timezone.now(), batch)),
    ]
    assert [NEW in text for text in made] == [is_new] * 4


# --- Pages ----------------------------------------------------------------------------------------------------


def test_u_6_the_page_of_a_notice_names_the_facts_to_keep_and_previews_it(place: Place, administrator: Actor) -> None:
    browser: Client = places.signed_in(administrator)
    letters = browser.get(reverse("documents:form_texts")).context["letters"]
    assert [paper.code for paper, *_ in letters] == list(CHANGED)
    address = reverse("documents:new_form_text", args=["invitation"])
    page = browser.get(address)
    assert page.context["form"]["message"].help_text == "Оставьте в тексте: {дата заявления} {объединения} {органа}"
    assert [name for name, _what in page.context["placeholders"]] == [
        "дата", "нужное подчеркнуть", "имя", "билет", "адрес", "организация", "дата заявления", "объединения", "органа",
    ]  # fmt: skip
    typed = texts("invitation", presence="Ждём Вас.") | {"valid_from": f"{TOMORROW:%d.%m.%Y}"}
    assert browser.post(address, {**typed, "preview": "1"})["Content-Type"] == "application/pdf"
    assert browser.post(address, typed).status_code == 302
    assert FormText.objects.get().clauses["presence"] == "Ждём Вас."
    minutes = browser.get(reverse("documents:new_form_text", args=["minutes"]))
    names = [name for name, _what in minutes.context["placeholders"]]
    assert (names[:3], "ознакомлен" in minutes.content.decode()) == (
        ["дата", "организация", "членов органа"],
        False,
    )
