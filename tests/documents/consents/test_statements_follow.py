"""The organisation responsible for a statement after the member, or their organisation, has moved (N-C1, N-H3)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.consents.models import Withdrawal
from documents.consents.transitions.withdrawals import block_card, note_told, release_card
from documents.rights.models import SubjectRequest
from documents.rights.transitions import register_request
from members.movement.transitions.organizations import move_organization
from members.movement.transitions.transfers import confirm, request_departure
from members.people.models import Member
from registry import integrity
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.tasks import tasks_for
from tests.members import places
from tests.registry import trees

from .test_withdrawals import SURNAME, signed, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()


def wrong() -> list[str]:
    return [sentence for _title, found in integrity.run() for sentence in found]


@pytest.mark.both
def test_n_c1_the_organisation_that_received_the_statement_notifies_somebody_who_has_gone() -> None:
    place = places.union()
    other = trees.again(trees.below(place.region, place.keeper.level, "Соседняя ППО"))
    neighbour = trees.officer(other)
    withdrawal = withdrawn(place, signed(place, "processing", "transfer"), "transfer")
    asked = request_departure(withdrawal.member_id, target=other, by=place.chair)
    confirm(asked.pk, by=neighbour, workplace="Школа № 2")
    told = "Уведомить 1 человека об отозванном согласии"
    assert [told in {task.text for task in tasks_for(who)} for who in (place.chair, neighbour)] == [True, False]
    with pytest.raises(Withdrawal.DoesNotExist):
        note_told(withdrawal.pk, told_on=TODAY, by=neighbour)
    with pytest.raises(NotAllowed):
        note_told(withdrawal.pk, told_on=TODAY, by=place.region_chair)
    page = reverse("documents:withdrawal", args=[withdrawal.pk])
    sent = places.signed_in(place.chair).post(
        reverse("documents:withdrawal_told", args=[withdrawal.pk]), {"told_on": TODAY.isoformat()}
    )
    assert (sent.status_code, sent.headers["Location"]) == (302, page)
    assert Withdrawal.objects.get().told_on == TODAY
    assert told not in {task.text for task in tasks_for(place.chair)}
    assert wrong() == []


def test_n_h3_statements_of_the_people_of_a_cell_go_with_it_to_the_new_superior() -> None:
    place = places.voi()
    other = trees.again(trees.below(place.region, Level.LOCAL, "Другая МО ВОИ"))
    chair = trees.officer(other, Role.CHAIR, "Другова")
    stays = place.put(surname="Сомова", snils="", ticket_number="", confirmed_duplicate=True)
    there = signed(place, cell=place.cells[0].pk)
    withdrawal = withdrawn(place, there)
    for member in (stays, there):
        register_request(member.pk, kind="access", received_on=TODAY, channel="hand", by=place.chair)
    move_organization(place.cells[0].pk, other.pk, on=TODAY, by=place.region_chair)
    assert list(Withdrawal.objects.visible_to(place.chair)) == []
    requests = dict(SubjectRequest.objects.values_list("member__surname", "organization"))
    assert requests == {"Сомова": place.keeper.pk, SURNAME: other.pk}
    block_card(withdrawal.pk, by=chair)
    note_told(withdrawal.pk, told_on=TODAY, by=chair)
    release_card(withdrawal.pk, signed_on=TODAY, by=chair)
    assert Member.objects.get(pk=there.pk).blocked_on is None
    assert wrong() == []
