"""Pages of proposals and of the year-end reconciliation (V-B8)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.people.models import Member, Reminder
from members.reconciliation.jobs import open_reconciliations
from members.reconciliation.models import ChangeProposal, Reconciliation
from members.reconciliation.tasks import cells_without_a_chair, declined_proposals
from members.reconciliation.transitions import proposals, reconciliation
from registry.access import Actor
from registry.enums import Role
from tests.members.places import Place, signed_in, union, voi
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def cell_chair(place: Place) -> Actor:
    return trees.officer(place.cells[0], Role.CHAIR, "Зимин")


def put(place: Place, number: int = 0) -> Member:
    return place.put(surname=f"Петрова{'абвгд'[number]}", snils="", ticket_number=f"01{number}", cell=place.cells[0].pk)


def opened(place: Place) -> Reconciliation:
    list(open_reconciliations(dt.date(TODAY.year, 12, 1)))
    return Reconciliation.objects.get(unit=place.cells[0])


def test_v_b8_it_opens_only_in_december(place: Place) -> None:
    put(place)
    list(open_reconciliations(dt.date(TODAY.year, 11, 30)))
    assert Reconciliation.objects.count() == 0
    for day in (1, 1, 2):
        list(open_reconciliations(dt.date(TODAY.year, 12, day)))
    assert Reconciliation.objects.count() == 1


def test_v_b8_the_cells_chair_walks_from_the_start_page_to_the_report(place: Place, cell_chair: Actor) -> None:
    first, second = put(place), put(place, 1)
    page, client = opened(place), signed_in(cell_chair)
    url = reverse("cells:reconcile", args=[page.pk])
    assert url in client.get(reverse("start")).content.decode()
    answers = {
        f"m{first.pk}-result": "", f"m{first.pk}-workplace": "Почта", f"m{first.pk}-education": "higher",
        f"m{first.pk}-disability_group": "II", f"m{second.pk}-result": "", f"m{second.pk}-workplace": "",
        f"m{second.pk}-education": "vocational", f"m{second.pk}-disability_group": "II", "action": "unchanged",
    }  # fmt: skip
    client.post(url, answers)
    assert sorted(ChangeProposal.objects.values_list("member", "field")) == [
        (first.pk, "education"), (first.pk, "workplace"),
    ]  # fmt: skip
    client.post(reverse("cells:report", args=[page.pk]), {"note": ""})
    page.refresh_from_db()
    assert (page.state, page.counts["changed"], page.counts["questionnaires"]) == ("reported", 1, 2)
    seen = signed_in(place.region_chair).get(reverse("cells:reconciliations")).content.decode()
    assert page.unit.short_name in seen


def test_v_b8_those_not_checked_are_named_and_filtered_and_the_fields_are_closed_after_sending(
    place: Place, cell_chair: Actor
) -> None:
    first, second = put(place), put(place, 1)
    page, client = opened(place), signed_in(cell_chair)
    url, report = (reverse(f"cells:{name}", args=[page.pk]) for name in ("reconcile", "report"))
    reconciliation.check(page.pk, {first.pk: "unchanged"}, by=cell_chair)
    answer = client.post(report, {"note": ""}, follow=True)
    assert answer.redirect_chain == [(f"{url}?show=unchecked", 302)]
    assert [form.line.member for form in answer.context["forms"]] == [second]
    assert [str(message) for message in answer.context["messages"]] == [f"Ещё не проверено: 1.\n{second.full_name}"]
    reconciliation.check(page.pk, {second.pk: "unchanged"}, by=cell_chair)
    open_inputs = client.get(url).content.decode().count(f'name="m{first.pk}-result"')
    client.post(report, {"note": ""})
    fields = client.get(url).context["forms"][0].fields.values()
    assert (open_inputs, {field.disabled for field in fields}) == (1, {True})
    client.post(url, {f"m{first.pk}-result": "missing", "action": "save"})
    assert page.lines.get(member=first).result == "unchanged"


@pytest.mark.parametrize("note", ["Двое в отъезде, анкеты у них.", "а" * 501])
def test_v_b8_the_note_of_a_refused_report_stays_as_typed_until_it_is_sent(
    place: Place, cell_chair: Actor, note: str
) -> None:
    member = put(place)
    page, client = opened(place), signed_in(cell_chair)
    url, report = (reverse(f"cells:{name}", args=[page.pk]) for name in ("reconcile", "report"))
    answer = client.post(report, {"note": note}, follow=True)
    assert (len(answer.context["messages"]), answer.context["report_form"]["note"].value()) == (1, note)
    reconciliation.check(page.pk, {member.pk: "unchanged"}, by=cell_chair)
    client.post(report, {"note": "Все на месте."})
    page.refresh_from_db()
    assert (page.state, client.get(url).context["report_form"]["note"].value()) == ("reported", None)


def test_v_b8_members_registered_meanwhile_are_at_the_end_of_the_list(place: Place, cell_chair: Actor) -> None:
    last, first = put(place, 4), put(place, 2)
    page, client = opened(place), signed_in(cell_chair)
    early = put(place, 0)
    reconciliation.check(page.pk, {last.pk: "unchanged"}, by=cell_chair)
    shown = client.get(reverse("cells:reconcile", args=[page.pk])).context["forms"]
    assert [form.line.member for form in shown] == [first, last, early]


def test_v_b8_a_change_found_by_the_reconciliation_has_its_ground(place: Place, cell_chair: Actor) -> None:
    member = put(place)
    page, client = opened(place), signed_in(cell_chair)
    url = reverse("cells:reconcile", args=[page.pk])
    given = {"result": "changed", "workplace": "Почта", "education": "vocational", "disability_group": "II"}
    answers = {f"m{member.pk}-{name}": value for name, value in {**given, "ground": "справка с работы"}.items()}
    client.post(url, {**answers, "action": "save"})
    assert [(made.field, made.ground) for made in ChangeProposal.objects.all()] == [("workplace", "справка с работы")]
    assert client.get(url).context["forms"][0].initial["ground"] == "справка с работы"


def test_v_b8_an_invalid_value_is_reported_and_nothing_is_saved(place: Place, cell_chair: Actor) -> None:
    member = put(place)
    page = opened(place)
    answer = signed_in(cell_chair).post(
        reverse("cells:reconcile", args=[page.pk]),
        {f"m{member.pk}-result": "changed", f"m{member.pk}-workplace": "Я" * 400, f"m{member.pk}-education": "nope"},
    )
    assert (answer.status_code, "Я" * 400 in answer.content.decode()) == (200, True)
    assert (ChangeProposal.objects.count(), page.lines.get().result) == (0, "unchecked")


def test_v_b8_a_status_that_contradicts_the_values_is_reported_beside_it(place: Place, cell_chair: Actor) -> None:
    member = put(place)
    page, client = opened(place), signed_in(cell_chair)
    url = reverse("cells:reconcile", args=[page.pk])
    same = {
        f"m{member.pk}-workplace": "",
        f"m{member.pk}-education": "vocational",
        f"m{member.pk}-disability_group": "II",
    }
    for given in (
        {f"m{member.pk}-result": "changed"},
        {f"m{member.pk}-result": "missing", f"m{member.pk}-workplace": "Почта"},
    ):
        answer = client.post(url, {**same, **given})
        assert (answer.status_code, list(answer.context["forms"][0].errors)) == (200, ["result"])
    assert (ChangeProposal.objects.count(), page.lines.get().result) == (0, "unchecked")


def test_v_b8_proposals_are_settled_on_one_page(place: Place, cell_chair: Actor) -> None:
    member = put(place)
    client, url = signed_in(cell_chair), reverse("cells:propose", args=[member.pk])
    assert url in client.get(reverse("members:detail", args=[member.pk])).content.decode()
    shown = client.get(url).context["form"].initial
    client.post(url, {**{k: v for k, v in shown.items() if v}, "workplace": "Почта", "profession": "почтальон"})
    first, second = ChangeProposal.objects.order_by("field")
    chair = signed_in(place.chair)
    assert "почтальон" in chair.get(reverse("cells:proposals")).content.decode()
    refused = chair.post(reverse("cells:proposals"), {f"p{first.pk}-word": "decline"})
    assert refused.status_code == 200
    chair.post(
        reverse("cells:proposals"),
        {f"p{first.pk}-word": "decline", f"p{first.pk}-answer": "Нет записи.", f"p{second.pk}-word": "accept"},
    )
    member.refresh_from_db()
    assert (first.field, member.profession, member.workplace) == ("profession", "", "Почта")
    assert signed_in(cell_chair).post(reverse("cells:proposals"), {}).status_code == 302


def test_v_b8_all_proposals_of_one_person_are_accepted_by_one_click(place: Place, cell_chair: Actor) -> None:
    first, second = put(place), put(place, 1)
    for member, values in ((first, {"workplace": "Почта", "phone_home": "+74872550133"}), (second, {"city": "Орёл"})):
        proposals.propose(member.pk, values=values, by=cell_chair)
    client, url = signed_in(place.chair), reverse("cells:proposals")
    sent = {f"p{proposal.pk}-answer": "" for proposal in ChangeProposal.objects.all()}
    client.post(url, {**sent, "accept_all": first.pk})
    states = ChangeProposal.objects.order_by("pk").values_list("member", "state")
    assert list(states) == [(first.pk, "accepted"), (first.pk, "accepted"), (second.pk, "open")]
    assert Member.objects.values_list("workplace", "phone_home").get(pk=first.pk) == ("Почта", "+74872550133")


def test_v_b8_many_proposals_are_paged_and_a_page_is_settled_as_shown(
    place: Place, cell_chair: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("members.reconciliation.views.proposals.PAGE_LONG_ROWS", 2)
    made = [
        proposals.propose(put(place, number).pk, values={"profession": "почтальон"}, by=cell_chair)[0]
        for number in range(5)
    ]
    client, url = signed_in(place.chair), reverse("cells:proposals")
    pages = [client.get(url, {"page": number}) for number in (1, 2, 3)]
    listed = [[form.proposal.pk for form in page.context["forms"]] for page in pages]
    assert sorted(pk for page in listed for pk in page) == [one.pk for one in made]
    assert [len(page) for page in listed] == [2, 2, 1]
    assert 'href="?page=3"' in pages[0].content.decode()
    # Somebody else settles the first page meanwhile, so the second page would show other changes.
    client.post(url, {f"p{pk}-word": "accept" for pk in listed[0]})
    answer = client.post(f"{url}?page=2", {f"p{pk}-word": "accept" for pk in listed[1]})
    assert answer.url == f"{url}?page=2"
    assert list(ChangeProposal.objects.filter(state="open").values_list("pk", flat=True)) == listed[2]
    # Instead of a page that no longer exists, the last one is shown.
    assert [form.proposal.pk for form in client.get(answer.url).context["forms"]] == listed[2]


def test_v_b8_the_chair_of_a_cell_sees_the_outcome_of_proposals_and_the_reason(place: Place, cell_chair: Actor) -> None:
    member = put(place)
    client, url = signed_in(cell_chair), reverse("cells:settled_proposals")
    made = proposals.propose(member.pk, values={"workplace": "Почта", "profession": "почтальон"}, by=cell_chair)
    assert (list(client.get(url).context["rows"]), list(declined_proposals(cell_chair, TODAY))) == ([], [])
    first, second = sorted(made, key=lambda p: p.field)
    proposals.settle([second.pk], {first.pk: "Нет записи в дипломе."}, by=place.chair)
    shown = [
        (row["proposal"].field, row["proposal"].state, row["proposal"].answer)
        for row in client.get(url).context["rows"]
    ]
    assert sorted(shown) == [("profession", "declined", "Нет записи в дипломе."), ("workplace", "accepted", "")]
    form = client.get(reverse("cells:propose", args=[member.pk]))
    assert {row["proposal"].answer for row in form.context["settled"]} == {"", "Нет записи в дипломе."}
    assert [task.action_url for task in declined_proposals(cell_chair, TODAY)] == [url]
    # The registrar who declined it gets no notice, and the other cell sees nothing.
    other = trees.officer(place.cells[1], Role.CHAIR, "Сомов")
    assert (list(declined_proposals(place.chair, TODAY)), list(declined_proposals(other, TODAY))) == ([], [])
    answer = signed_in(other).get(url)
    assert (list(answer.context["rows"]), "Петрова" in answer.content.decode()) == ([], False)


def test_v_b8_the_keeper_reconciles_a_cell_without_a_chair(place: Place) -> None:
    put(place)
    page = opened(place)
    url = reverse("cells:reconcile", args=[page.pk])
    assert [task.action_url for task in cells_without_a_chair(place.chair, TODAY)] == [url]
    assert [list(cells_without_a_chair(actor, TODAY)) for actor in (place.region_chair, place.reviewer)] == [[], []]
    client = signed_in(place.chair)
    client.post(url, {"action": "unchanged", **{f"m{m.pk}-result": "unchanged" for m in Member.objects.all()}})
    client.post(reverse("cells:report", args=[page.pk]), {"note": "Председателя нет."})
    page.refresh_from_db()
    assert (page.state, list(cells_without_a_chair(place.chair, TODAY))) == ("reported", [])
    back = reverse("cells:take_back_report", args=[page.pk])
    shown = [back in signed_in(actor).get(url).content.decode() for actor in (place.chair, place.region_chair)]
    assert shown == [True, False]


def test_v_b8_a_cell_with_a_chair_is_no_task_of_its_keeper(place: Place, cell_chair: Actor) -> None:
    put(place)
    opened(place)
    assert list(cells_without_a_chair(place.chair, TODAY)) == []


def test_v_b8_upcoming_dates_are_shown_to_readers_of_their_class(place: Place) -> None:
    soon = TODAY + dt.timedelta(days=40)
    member = place.put(certificate_issued_on=dt.date(2024, 1, 1), certificate_expires_on=soon)
    later = place.put(surname="Яшина", snils="", ticket_number="2", certificate_expires_on=TODAY + dt.timedelta(90))
    assert Reminder.objects.count() == 2
    chair, reviewer = signed_in(place.chair), signed_in(place.reviewer)
    page = chair.get(reverse("cells:reminders")).content.decode()
    assert [m.surname in page for m in (member, later)] == [True, False]
    assert member.surname not in reviewer.get(reverse("cells:reminders")).content.decode()
    assert f"{soon:%d.%m.%Y}" in page


def test_n_h1_strangers_get_404(place: Place) -> None:
    member = put(place)
    page = opened(place)
    stranger = signed_in(union().chair)
    asked = [
        stranger.get(reverse("cells:reconcile", args=[page.pk])).status_code,
        stranger.post(reverse("cells:report", args=[page.pk])).status_code,
        stranger.get(reverse("cells:propose", args=[member.pk])).status_code,
        stranger.post(reverse("cells:add_mark", args=[member.pk])).status_code,
        signed_in(place.reviewer).get(reverse("cells:add_mark", args=[member.pk])).status_code,
    ]
    assert asked == [404, 404, 404, 404, 403]


@pytest.mark.parametrize("name", ["check", "list", "proposals", "reminders"])
def test_the_number_of_queries_does_not_grow_with_the_rows(place: Place, cell_chair: Actor, name: str) -> None:
    counts = []
    client = signed_in(place.chair)
    for number in range(3):
        member = put(place, number)
        ChangeProposal.objects.filter(member=member).delete()
        page = Reconciliation.objects.filter(unit=place.cells[0]).first() or opened(place)
        reconciliation.check(page.pk, {member.pk: "unchanged"}, by=cell_chair)
        proposals.propose(member.pk, values={"profession": "почтальон"}, by=cell_chair)
        Reminder.objects.create(member=member, kind="absence", due_on=TODAY)
        url = {
            "check": reverse("cells:reconcile", args=[page.pk]),
            "list": reverse("cells:reconciliations"),
            "proposals": reverse("cells:proposals"),
            "reminders": reverse("cells:reminders"),
        }[name]
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))
    assert counts == [counts[0]] * 3
    assert Member.objects.count() == 3
