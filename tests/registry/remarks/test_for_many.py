"""Remarks on all organisations behind a figure of the overview, and on acts about blanks (N-S1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.tickets.enums import BlankKind, PaperKind, PaperState
from documents.tickets.models import BlankPaper
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization, OrganizationPassport
from registry.remarks import rules
from registry.remarks.models import Remark
from registry.remarks.queries import places_of
from registry.remarks.transitions import answer_remark, make_remark, make_remarks_on, withdraw_remark
from registry.supervision.columns import behind_figure
from registry.tasks import tasks_for
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

pytestmark = pytest.mark.django_db


def day(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def complete(*organizations: Organization) -> None:
    """Mark the passports of these organisations as complete, and all others as incomplete."""
    OrganizationPassport.objects.update(completeness=50)
    OrganizationPassport.objects.filter(organization__in=organizations).update(completeness=100)


def test_n_s1_each_organisation_gets_a_remark_of_its_own(place: places.Place) -> None:
    other = trees.below(place.region, Level.LOCAL, "Соседняя МО ВОИ")
    ids = [place.region.pk, place.keeper.pk, other.pk]
    made = make_remarks_on("passport", ids, text=" Заполните паспорт. ", term=day(7), by=place.region_chair)
    found = Remark.objects.order_by("organization")
    assert [(one.organization, one.made_by, one.kind, one.text, one.term, one.state) for one in found] == [
        (there, place.region, "passport", "Заполните паспорт.", day(7), "open") for there in (place.keeper, other)
    ]
    assert {one.pk for one in made} == {one.pk for one in found}
    assert list(
        Event.objects.filter(action__startswith="remark.").order_by("pk").values_list("action", "organization", "facts")
    ) == [
        *(("remark.made", there.pk, {"kind": "passport"}) for there in (place.keeper, other)),
        ("remark.made_for_organizations", place.region.pk, {"remarks": 2, "kind": "passport"}),
    ]
    (task,) = [one for one in tasks_for(place.chair) if "/remarks/" in one.action_url]
    assert task.link_url == reverse("organizations:passport", args=[place.keeper.pk])


def test_n_s1_those_that_have_the_remark_already_are_left_out(place: places.Place) -> None:
    other = trees.below(place.region, Level.LOCAL, "Соседняя МО ВОИ")
    ids, by = [place.keeper.pk, other.pk], place.region_chair
    make_remark("organization", place.keeper.pk, text="Пришлите план.", term=day(3), by=by)
    made = make_remarks_on("organization", ids, text="Пришлите план.", term=day(7), by=by)
    assert [one.organization for one in made] == [other]
    with refused("N-S1", match="уже есть"):
        make_remarks_on("organization", ids, text="Пришлите план.", term=day(7), by=by)
    assert len(make_remarks_on("passport", ids, text="Пришлите план.", term=day(7), by=by)) == 2
    for one in Remark.objects.filter(kind="organization"):
        withdraw_remark(one.pk, by=by)
    assert len(make_remarks_on("organization", ids, text="Пришлите план.", term=day(7), by=by)) == 2


def test_n_s1_only_working_organisations_below_ones_own_get_it(place: places.Place) -> None:
    beside = trees.below(trees.below(place.head, Level.REGIONAL, "Орловская РО ВОИ"), Level.LOCAL, "Мценская МО ВОИ")
    ended = trees.below(place.region, Level.LOCAL, "Бывшая МО ВОИ")
    Organization.objects.filter(pk=ended.pk).update(status=OrganizationStatus.ENDED, ended_on=day(0))
    ids = [place.region.pk, beside.pk, ended.pk]
    values = {"text": "Пришлите план.", "term": day(7)}
    with refused("N-S1", match="не входит"):
        make_remarks_on("organization", ids, **values, by=place.region_chair)
    with pytest.raises(NotAllowed):
        make_remarks_on("organization", ids, **values, by=trees.officer(place.region, Role.COLLECTOR, "Сборова"))
    reviewer = trees.officer(place.region, Role.REVIEWER, "Ревизорова")
    (made,) = make_remarks_on("organization", ids, **values, by=reviewer)
    assert (made.organization, made.made_by) == (place.region, place.region)


@pytest.mark.parametrize(("most", "taken"), [(2, True), (1, False)])
def test_n_s1_at_most_as_many_organisations_at_once(
    place: places.Place, monkeypatch: pytest.MonkeyPatch, most: int, taken: bool
) -> None:
    other = trees.below(place.region, Level.LOCAL, "Соседняя МО ВОИ")
    monkeypatch.setattr(rules, "MAX_AT_ONCE", most)
    values = {"text": "Пришлите план.", "term": day(7), "by": place.region_chair}
    page = signed_in(place.region_chair).get(reverse("remarks:add_many", args=[place.region.pk, "tasks_overdue"]))
    assert page.status_code == 302
    if taken:
        assert len(make_remarks_on("organization", [place.keeper.pk, other.pk], **values)) == 2
    else:
        with refused("N-S1", match="не более"):
            make_remarks_on("organization", [place.keeper.pk, other.pk], **values)


@pytest.mark.parametrize(("text", "term", "field"), [("", 7, "text"), ("План.", -1, "term"), ("План.", 367, "term")])
def test_n_s1_a_wrong_text_or_term_makes_no_remark(place: places.Place, text: str, term: int, field: str) -> None:
    with refused("N-S1", field=field):
        make_remarks_on("organization", [place.keeper.pk], text=text, term=day(term), by=place.region_chair)
    assert Remark.objects.count() == 0


def test_n_s1_from_the_figure_of_passports_to_a_remark_on_each(place: places.Place) -> None:
    complete(place.region, place.cells[0])
    client, region = signed_in(place.region_chair), place.region
    found = behind_figure(region, place.region_chair, "passport_incomplete")
    assert found is not None
    # The keeper is counted with its cells, one of which is complete.
    assert found[2] == {place.keeper.pk: 2}
    url = reverse("remarks:add_many", args=[region.pk, "passport_incomplete"])
    behind = client.get(reverse("supervision:behind", args=[region.pk, "passport_incomplete"]))
    assert url in behind.content.decode()
    page = client.get(url)
    assert [one.short_name for one in page.context["places"]] == [
        one.short_name for one in (place.keeper, place.cells[1])
    ]
    refused_page = client.post(url, {"text": "Заполните.", "term": "01.01.2001"})
    assert "Заполните." in refused_page.content.decode()
    assert Remark.objects.count() == 0
    client.post(url, {"text": "Заполните.", "term": f"{day(9):%d.%m.%Y}"})
    assert sorted(Remark.objects.values_list("kind", "organization")) == sorted(
        ("passport", one.pk) for one in (place.cells[1], place.keeper)
    )


def test_n_s1_what_no_remark_can_be_made_on_is_said_or_not_found(place: places.Place) -> None:
    client, beside = signed_in(place.region_chair), trees.below(place.head, Level.REGIONAL, "Орловская РО ВОИ")
    behind = reverse("supervision:behind", args=[place.region.pk, "charged"])
    answer = client.get(reverse("remarks:add_many", args=[place.region.pk, "charged"]), follow=True)
    assert answer.redirect_chain == [(behind, 302)]
    assert "не входит" in answer.content.decode()
    assert "/remarks/below/" not in client.get(behind).content.decode()
    for where, figure in ((beside, "organizations"), (place.head, "organizations"), (place.region, "wrong")):
        assert client.get(reverse("remarks:add_many", args=[where.pk, figure])).status_code == 404


def _act(place: places.Place, state: str = PaperState.POSTED) -> BlankPaper:
    return BlankPaper.objects.create(
        organization=place.keeper, kind=PaperKind.DESTRUCTION, blank=BlankKind.TICKET, state=state, number="1",
        made_on=day(0),
    )  # fmt: skip


def test_n_s1_a_remark_on_an_act_on_blanks_leads_to_it(place: places.Place) -> None:
    act = _act(place)
    page, url = reverse("documents:blank_paper", args=[act.pk]), reverse("remarks:add", args=["blanks", act.pk])
    above, below = signed_in(place.region_chair), signed_in(place.chair)
    assert url in above.get(page).content.decode()
    assert url not in below.get(page).content.decode()
    assert "Акт об уничтожении № 1" in above.get(url).content.decode()
    above.post(url, {"text": "Нет подписи комиссии.", "term": f"{day(5):%d.%m.%Y}"})
    remark = Remark.objects.get()
    assert (remark.kind, remark.about_id, remark.organization) == ("blanks", act.pk, place.keeper)
    assert places_of([remark], place.chair)[remark.pk].url == page
    answer_remark(remark.pk, text="Подписан.", by=place.chair)


@pytest.mark.parametrize("state", [PaperState.DRAFT, PaperState.DROPPED])
def test_n_s1_a_paper_that_is_not_posted_gets_no_remark(place: places.Place, state: PaperState) -> None:
    act = _act(place, state)
    above = signed_in(place.region_chair)
    assert above.get(reverse("remarks:add", args=["blanks", act.pk])).status_code == 404
    assert "/remarks/about/" not in above.get(reverse("documents:blank_paper", args=[act.pk])).content.decode()
    with pytest.raises(BlankPaper.DoesNotExist):
        make_remark("blanks", act.pk, text="Нет подписи.", term=day(5), by=place.region_chair)
