"""The chair of a primary cell prints what the cell keeps: questionnaires of its members and its book (V-B7, V-C4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from documents.printing.models import PrintRecord
from members.admission.transitions.representations import add_representation
from members.people.models import Member
from registry.access import Actor
from registry.enums import Role
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from tests.members import places
from tests.members.applicants import days
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


@pytest.fixture
def cell_chair(voi: places.Place) -> Actor:
    return trees.officer(voi.cells[0], Role.CHAIR, "Зимин")


def put(voi: places.Place, cell: int | None, number: int, **values: Any) -> Member:
    unit = voi.cells[cell].pk if cell is not None else None
    return voi.put(surname=f"Жуков{'абвг'[number]}", snils="", ticket_number=f"7{number}", cell=unit, **values)


def one(form: str, pk: int) -> str:
    return reverse("documents:print_member", args=[form, pk])


def test_v_c4_the_chair_of_a_cell_prints_questionnaires_of_the_cell_only(voi: places.Place, cell_chair: Actor) -> None:
    mine, beside, above = put(voi, 0, 0), put(voi, 1, 1), put(voi, None, 2)
    client = places.signed_in(cell_chair)
    assert [client.get(one("questionnaire", m.pk)).status_code for m in (mine, beside, above)] == [200, 404, 404]
    answers = [client.post(one("questionnaire", m.pk)) for m in (mine, beside, above)]
    assert [(a.status_code, a.content[:4] == b"%PDF") for a in answers] == [(200, True), (404, False), (404, False)]
    assert list(PrintRecord.objects.values_list("form", "member", "organization")) == [
        ("questionnaire", mine.pk, voi.cells[0].pk)
    ]
    assert PrintRecord.objects.visible_to(voi.chair).count() == 1
    assert PrintRecord.objects.visible_to(trees.officer(voi.cells[1])).count() == 0


def test_v_c4_many_questionnaires_of_the_cell_are_printed_by_its_job(
    voi: places.Place, cell_chair: Actor, run_jobs: Any
) -> None:
    ids = [put(voi, 0, 0).pk, put(voi, 0, 1).pk, put(voi, 1, 2).pk]
    client = places.signed_in(cell_chair)
    # Selected members of another cell are ignored.
    page = client.post(reverse("documents:print_many", args=["questionnaire"]), {"selected": ids, "confirmed": "1"})
    assert (page.status_code, page.content[:4]) == (200, b"%PDF")
    assert set(PrintRecord.objects.values_list("member", flat=True)) == set(ids[:2])
    start_job("documents.print", {"form": "questionnaire", "ids": ids}, by=cell_chair)
    run_jobs()
    assert (Job.objects.get().state, Job.objects.get().summary["people"]) == ("done", 2)


def test_v_h1_papers_of_the_keeper_are_not_printed_by_a_cell(voi: places.Place, cell_chair: Actor) -> None:
    mine = put(voi, 0, 0)
    client = places.signed_in(cell_chair)
    for form in ("consent", "member_card", "application"):
        assert client.post(one(form, mine.pk)).status_code == 403
        assert client.post(reverse("documents:print_many", args=[form]), {"selected": [mine.pk]}).status_code == 403
    assert client.get(reverse("documents:consents")).context["may_print"] is False
    assert (PrintRecord.objects.count(), Member.objects.get().consent_state) == (0, "none")
    offered = [form.code for form in client.get(reverse("documents:print")).context["forms"]]
    card = client.get(reverse("members:detail", args=[mine.pk])).content.decode()
    assert (offered, one("questionnaire", mine.pk) in card, one("consent", mine.pk) in card) == (
        ["questionnaire"], True, False,
    )  # fmt: skip


def test_v_h1_the_keeper_prints_questionnaires_of_its_cells(voi: places.Place) -> None:
    ids = [put(voi, 0, 0).pk, put(voi, 1, 1).pk, put(voi, None, 2).pk]
    client = places.signed_in(voi.chair)
    page = client.post(reverse("documents:print_many", args=["questionnaire"]), {"selected": ids, "confirmed": "1"})
    assert page.content[:4] == b"%PDF"
    assert dict(PrintRecord.objects.values_list("member", "organization")) == dict(
        zip(ids, [voi.cells[0].pk, voi.cells[1].pk, voi.keeper.pk], strict=True)
    )
    assert places.signed_in(voi.reviewer).post(one("questionnaire", ids[0])).status_code == 403


def test_v_b7_the_chair_of_a_cell_prints_the_book_of_the_cell_only(voi: places.Place, cell_chair: Actor) -> None:
    put(voi, 0, 0)
    client = places.signed_in(cell_chair)
    units = (voi.cells[0], voi.cells[1], voi.keeper)
    answers = [client.post(reverse("cells:print_book", args=[unit.pk])) for unit in units]
    assert [a.status_code for a in answers] == [200, 404, 404]
    assert list(PrintRecord.objects.values_list("form", "organization")) == [("registration_book", voi.cells[0].pk)]


def test_v_c4_a_represented_persons_questionnaire_is_printed_in_the_cell_too(
    voi: places.Place, cell_chair: Actor
) -> None:
    child = {
        "surname": "Ромашкин", "given_name": "Тимофей", "birth_date": days(4000), "mandate_kind": "birth_certificate",
        "consent_signed_on": days(10),
    }  # fmt: skip
    who = {"category": "legal_representative", "disability_group": "", "disability_cause": ""}
    wards = [add_representation(member_id=put(voi, n, n, **who).pk, values=child, by=voi.chair) for n in range(2)]
    client = places.signed_in(cell_chair)
    urls = [reverse("applications:ward_questionnaire", args=[ward.pk]) for ward in wards]
    assert [client.post(url).status_code for url in urls] == [200, 404]
    assert client.get(reverse("applications:ward", args=[wards[0].pk])).context["may_print_answers"] is True
