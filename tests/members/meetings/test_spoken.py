"""Speakers at a meeting and their words: entered, changed in open minutes, printed, destroyed (V-A5, V-B14)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from documents.papers import meeting_papers
from members.meetings.models import AgendaItem
from members.meetings.transitions import agenda, decisions, meetings
from registry.journal.models import Event
from tests.documents.samples import text_of
from tests.members import applicants, sessions
from tests.members.places import Place, signed_in
from tests.refusals import refused

# Rules and screens: not run on PostgreSQL, because other tests send it the same statements.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
VOTES = {"votes_for": 4, "votes_against": 1, "votes_abstained": 0, "not_notified": True}
WORDS = "Громов Г. Г.: знает заявителя.\nЛосева Л. Л.: поддерживает."


place = pytest.fixture(sessions.place)


@pytest.fixture
def chair(place: Place) -> Client:
    return signed_in(place.chair)


@pytest.fixture
def item(place: Place) -> AgendaItem:
    return sessions.admission(place, [applicants.apply(place)])


def words(item: AgendaItem) -> str:
    return AgendaItem.objects.get(pk=item.pk).spoken


def note(item: AgendaItem, place: Place, text: str = WORDS) -> None:
    decisions.note_spoken(item.pk, spoken=text, by=place.chair)


def send(chair: Client, item: AgendaItem, text: str) -> Any:
    return chair.post(reverse("meetings:spoken", args=[item.pk]), {"spoken": text})


def minutes(item: AgendaItem) -> str:
    meeting = AgendaItem.objects.select_related("meeting__organization").get(pk=item.pk).meeting
    return re.sub(r"\s+", " ", text_of(meeting_papers.render_meeting(meeting_papers.MINUTES, meeting)))


def test_v_a5_speakers_are_entered_with_the_decision_and_printed_in_the_minutes_not_in_the_extract(
    place: Place, chair: Client, item: AgendaItem
) -> None:
    form = {
        "adopted": "yes",
        **VOTES,
        "spoken": "  Громов Г. Г.: знает заявителя. \r\n\r\nЛосева Л. Л.: поддерживает.\r\n",
    }
    assert chair.post(reverse("meetings:decide", args=[item.pk]), form).status_code == 302
    assert words(item) == WORDS
    assert "ВЫСТУПИЛИ: Громов Г. Г.: знает заявителя. Лосева Л. Л.: поддерживает. РЕШИЛИ: Принять" in minutes(item)
    application = item.applications.get()
    item = AgendaItem.objects.get(pk=item.pk)
    extract = text_of(meeting_papers.render_extract(item, application))
    assert ("ВЫСТУПИЛИ" in extract, "Лосева" in extract.partition("По вопросу")[2]) == (False, False)
    page = chair.get(reverse("meetings:detail", args=[item.meeting_id])).content.decode()
    assert "Громов Г. Г.: знает заявителя.<br>Лосева Л. Л.: поддерживает." in page


def test_v_a5_without_speakers_the_minutes_have_a_line_to_fill_in_by_hand(place: Place, item: AgendaItem) -> None:
    sessions.decided(item, place.chair, resolution="Принять.")
    assert "ВЫСТУПИЛИ: РЕШИЛИ: Принять." in minutes(item)


def test_v_a5_what_was_said_is_changed_while_the_minutes_are_open_and_its_history_is_kept(
    place: Place, chair: Client, item: AgendaItem
) -> None:
    address = reverse("meetings:detail", args=[item.meeting_id])
    assert send(chair, item, "Громов Г. Г.: за.").url == address
    sessions.decided(item, place.chair)
    assert words(item) == "Громов Г. Г.: за."
    send(chair, item, WORDS)
    send(chair, item, WORDS)
    assert Event.objects.filter(action="item.spoken_noted").count() == 2
    told = [row.spoken for row in AgendaItem.history.filter(id=item.pk).order_by("history_id")]
    assert list(dict.fromkeys(told)) == ["", "Громов Г. Г.: за.", WORDS]
    meetings.close_minutes(item.meeting_id or 0, number="7", by=place.chair)
    offer = reverse("meetings:spoken", args=[item.pk])
    assert offer not in chair.get(address).content.decode()
    assert (chair.get(offer).url, send(chair, item, "Другое.").url, words(item)) == (address, address, WORDS)
    meetings.reopen_minutes(item.meeting_id or 0, by=place.chair)
    assert offer in chair.get(address).content.decode()
    send(chair, item, "")
    assert words(item) == ""


def test_v_a5_speakers_are_not_entered_before_the_meeting(place: Place) -> None:
    meeting = sessions.planned(place.keeper, place.chair)
    (item,) = agenda.put_on(meeting.pk, applications=[applicants.apply(place).pk], by=place.chair)
    with refused("V-A5", match="присутствовал на заседании"):
        note(item, place)
    assert words(item) == ""


def test_v_a5_recorded_speeches_survive_a_reversal_and_a_bulk_decision(
    place: Place, chair: Client, item: AgendaItem
) -> None:
    note(item, place)
    chair.post(reverse("meetings:decide_many", args=[item.meeting_id]), {"selected": [item.pk], **VOTES})
    item.refresh_from_db()
    assert (item.state, item.spoken) == ("adopted", WORDS)
    decisions.reverse_decision(item.pk, by=place.chair)
    page = chair.get(reverse("meetings:decide", args=[item.pk]))
    assert (words(item), page.context["form"]["spoken"].value()) == (WORDS, WORDS)


@pytest.mark.parametrize("step", ["off", "not held", "no quorum"])
def test_v_a5_recorded_speeches_stay_with_their_meeting(place: Place, step: str) -> None:
    meeting = sessions.planned(place.keeper, place.chair)
    waiting = decisions.put_forward(
        organization=place.keeper, kind="other", title="О ремонте", filed_on=applicants.days(5), by=place.chair
    )
    (item,) = agenda.put_on(meeting.pk, items=[waiting.pk], by=place.chair)
    sessions.held(meeting, place.chair, present=2 if step == "no quorum" else 5)
    note(item, place)
    if step == "off":
        agenda.take_off(item.pk, by=place.chair)
    elif step == "not held":
        meetings.unhold_meeting(meeting.pk, by=place.chair)
    else:
        meetings.close_without_quorum(meeting.pk, by=place.chair)
    assert words(item) == ""


def test_v_a5_at_most_two_thousand_letters_are_taken_however_the_browser_ends_its_lines(
    chair: Client, item: AgendaItem
) -> None:
    whole = "\n".join(["я" * 99] * 20)
    assert send(chair, item, whole.replace("\n", "\r\n")).status_code == 302
    assert words(item) == whole
    refused = send(chair, item, whole + "яя")
    assert (refused.status_code, list(refused.context["form"].errors)) == (200, ["spoken"])
    assert (whole + "яя" in refused.content.decode(), words(item)) == (True, whole)
