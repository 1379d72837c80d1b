"""Printing for one person, for many by a job, and empty forms; prints are recorded, scope holds (U-6, N-H1)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.consents.models import Consent
from documents.printing import jobs as document_jobs
from documents.printing.core import forms
from documents.printing.filters import printed_order
from documents.printing.models import PrintRecord
from documents.printing.transitions import record_prints
from members.people.enums import MemberState
from members.people.models import IdentityPaper, Member
from registry.accounts.models import Appointment
from registry.enums import Role
from registry.errors import NotAllowed
from registry.files.models import StoredFile
from registry.jobs.models import Job
from registry.jobs.queue import cancel_job, run_job, start_job
from registry.journal.models import Event
from tests.documents import samples
from tests.documents.papers.test_extremes import RIGHT
from tests.documents.pdfs import pages_of, words
from tests.members import applicants, places
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FORMS = ("application", "consent", "member_card")


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def one(form: str, pk: int) -> str:
    return reverse("documents:print_member", args=[form, pk])


def many(form: str) -> str:
    return reverse("documents:print_many", args=[form])


def pages(data: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.text) for page in pages_of(data)]


def recorded() -> list[tuple[str, int | None]]:
    return list(PrintRecord.objects.order_by("pk").values_list("form", "member_id"))


# One person


@pytest.mark.parametrize("form", FORMS)
def test_u6_a_paper_for_one_person_is_printed_from_the_card_and_recorded(voi: places.Place, form: str) -> None:
    member = voi.put()
    client = places.signed_in(voi.chair)
    card = client.get(reverse("members:detail", args=[member.pk])).content.decode()
    assert one(form, member.pk) in card
    answer = client.post(one(form, member.pk))
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "application/pdf",
        "no-store, private",
    )
    assert answer["Content-Disposition"].startswith(f'inline; filename="{form}-')
    assert "Константинопольск" in samples.text_of(answer.content)
    record = PrintRecord.objects.get()
    assert (record.form, record.member, record.organization, record.printed_by, record.card_version) == (
        form,
        member,
        voi.keeper,
        voi.chair.account,
        member.version,
    )
    event = Event.objects.get(action="paper.printed")
    assert (event.rule, event.object_id, event.facts) == ("U-6", str(member.pk), {"form": form})
    assert Consent.objects.filter(member=member, state="printed").exists() == (form == "consent")


def test_opening_the_print_page_records_no_print(voi: places.Place) -> None:
    member = voi.put()
    assert places.signed_in(voi.chair).get(one("consent", member.pk)).status_code == 200
    assert (recorded(), Consent.objects.count()) == ([], 0)


def test_unknown_values_are_listed_before_printing_and_left_as_ruled_lines(voi: places.Place) -> None:
    member = voi.put(paper_series="", house="")
    client = places.signed_in(voi.chair)
    gaps = client.get(one("consent", member.pk)).context["gaps"]
    assert gaps.card == ["Серия паспорта (документа)", "Дом"]
    text = samples.text_of(client.post(one("consent", member.pk)).content)
    assert "серия № 123456 выдан" in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("kind", "printed"),
    [
        ("passport", "паспорт гражданина РФ"),
        ("foreign", "паспорт иностранного гражданина"),
        ("birth_certificate", "документ свидетельство о рождении"),
        ("residence", "документ вид на жительство"),
        ("", "паспорт серия"),
    ],
)
def test_152_fz_the_consent_calls_no_other_paper_a_passport(voi: places.Place, kind: str, printed: str) -> None:
    member = Member(federation=voi.keeper.federation, organization=voi.keeper, unit=voi.keeper, surname="Ромашкин")
    IdentityPaper(member=member, paper_kind=kind)
    made = samples.paper("consent", voi.keeper, member, as_given=True)
    assert printed in samples.text_of(made)
    assert [word for word in words(made) if word.right < RIGHT] == []


@pytest.mark.parametrize(
    ("category", "told"), [("guardian", []), ("disabled", ["Группа инвалидности", "Причина инвалидности", "№ справки"])]
)
def test_v_a1_a_guardian_is_not_asked_for_the_certificate_of_the_represented_person(
    voi: places.Place, category: str, told: list[str]
) -> None:
    empty = dict.fromkeys(("disability_group", "disability_cause", "certificate_number", "phone_mobile"), "")
    member = voi.put(**empty, category=category, phone_home="+7 487 255-55-66")
    gaps = places.signed_in(voi.chair).get(one("member_card", member.pk)).context["gaps"]
    assert [label for label in gaps.card if label in (*told, "№ справки", "Мобильный телефон")] == told


@pytest.mark.usefixtures("not_laid_out")
def test_recent_prints_are_named_in_russian_with_the_person(voi: places.Place, tmp_path: Path) -> None:
    member, client = voi.put(), places.signed_in(voi.chair)
    application = applicants.apply(voi)
    client.post(one("consent", member.pk))
    client.post(reverse("applications:print", args=[application.pk, "application"]))
    client.post(reverse("documents:print_blank", args=["application"]))
    client.post(reverse("cells:print_book", args=[voi.keeper.pk]))
    call_command("print", "consent", "--member", str(member.pk), "--output", str(tmp_path / "a.pdf"))
    page = client.get(reverse("documents:print"))
    assert [(title, record.printed_for) for record, title in page.context["records"]] == [
        ("Согласие на обработку персональных данных", member.full_name),
        ("Книга регистрации", voi.keeper.short_name),
        ("Заявление о приёме", "пустой бланк"),
        ("Заявление о приёме", "заявитель"),
        ("Согласие на обработку персональных данных", member.full_name),
    ]
    assert page.content.decode().count("из командной строки") == 1


def test_u6_papers_of_a_member_of_a_neighbour_are_not_found(voi: places.Place) -> None:
    member = voi.put(surname="Тайнова")
    mate = trees.officer(trees.below(voi.region, voi.keeper.level, "Соседняя МО ВОИ"))
    assert mate.organization is not None
    own = trees.members(mate.organization)[0]
    for actor in (mate, places.union().chair):
        client = places.signed_in(actor)
        for form in FORMS:
            assert [client.get(one(form, member.pk)).status_code, client.post(one(form, member.pk)).status_code] == [
                404,
                404,
            ]
            answer = client.post(many(form), {"selected": [str(member.pk)], "confirmed": "1"})
            assert (answer.status_code, answer["Location"]) == (302, reverse("members:list") + "?")
    # With one of the actor's own members among them, only that one is printed.
    answer = places.signed_in(mate).post(
        many("application"), {"selected": [str(member.pk), str(own.pk)], "confirmed": "1"}
    )
    assert (len(pages(answer.content)), "Тайн" in samples.text_of(answer.content)) == (1, False)
    assert recorded() == [("application", own.pk)]


def test_u6_papers_are_those_of_registered_people(voi: places.Place) -> None:
    member = voi.put()
    Member.objects.filter(pk=member.pk).update(state=MemberState.LEFT, organization=None, unit=None, cell=None)
    assert places.signed_in(voi.chair).post(one("consent", member.pk)).status_code == 404
    assert recorded() == []


@pytest.mark.usefixtures("not_laid_out")
@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.CHAIR, {"application": 200, "consent": 200, "member_card": 200}),
        (Role.DEPUTY, {"application": 200, "consent": 200, "member_card": 200}),
        (Role.REGISTRAR, {"application": 200, "consent": 200, "member_card": 200}),
        (Role.REVIEWER, {"application": 403, "consent": 403, "member_card": 403}),
        (Role.COLLECTOR, {"application": 403, "consent": 403, "member_card": 403}),
        (Role.ADMINISTRATOR, {"application": 403, "consent": 403, "member_card": 403}),
    ],
)
def test_v_c5_a_role_prints_what_it_may_read(voi: places.Place, role: Role, expected: dict[str, int]) -> None:
    member = voi.put()
    actor = voi.chair if role == Role.CHAIR else trees.officer(voi.keeper, role)
    client = places.signed_in(actor)
    assert {form: client.post(one(form, member.pk)).status_code for form in FORMS} == expected


def test_a_form_for_an_unknown_member_is_not_found(voi: places.Place) -> None:
    member = voi.put()
    client = places.signed_in(voi.chair)
    assert client.get(one("credentials_slip", member.pk)).status_code == 404
    assert client.post(reverse("documents:print_blank", args=["nothing"])).status_code == 404


# Empty


@pytest.mark.parametrize("charter", ["voi", "education_union"])
@pytest.mark.parametrize("form", FORMS)
def test_u6_the_empty_form_names_nobody_and_is_recorded(charter: str, form: str) -> None:
    place = places.of(charter)
    member = place.put()
    answer = places.signed_in(place.chair).post(reverse("documents:print_blank", args=[form]))
    text = samples.text_of(answer.content)
    assert (answer.status_code, member.surname in text, "None" in text) == (200, False, False)
    assert recorded() == [(form, None)]
    assert Event.objects.get(action="paper.blank_printed").organization == place.keeper
    assert Consent.objects.count() == 0


# Many


def test_a_few_are_printed_at_once_by_cell_and_in_alphabetical_order(voi: places.Place) -> None:
    first, second = voi.cells
    rows = [
        trees.members(voi.keeper, 1, cell, surname=surname)[0]
        for cell, surname in ((second, "Абрамов"), (first, "Ярцев"), (first, "Ёлкин"), (first, "Жуков"))
    ]
    client = places.signed_in(voi.chair)
    chosen = {"selected": [str(row.pk) for row in rows]}
    asked = client.post(many("application"), chosen)
    assert (asked.status_code, asked.context["count"], recorded()) == (200, 4, [])
    answer = client.post(many("application"), {**chosen, "confirmed": "1"})
    found = [re.search(r"Я, (\w+)", page) for page in pages(answer.content)]
    assert [match.group(1) for match in found if match] == ["Ёлкин", "Жуков", "Ярцев", "Абрамов"]
    assert printed_order([row.pk for row in rows], voi.chair) == [rows[n].pk for n in (2, 3, 1, 0)]
    assert sorted(pk or 0 for _form, pk in recorded()) == sorted(row.pk for row in rows)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_jobs, "MAX_PEOPLE_PER_PART", 3)


def asked_for(voi: places.Place, count: int = 8, form: str = "consent") -> tuple[Job, Any]:
    for member in trees.members(voi.keeper, count, city="Тула"):
        paper = {"paper_number": "123456", "paper_issued_on": "2006-04-27", "paper_issued_by": "ОВД"}
        IdentityPaper.objects.create(member=member, **paper)
    client = places.signed_in(voi.chair)
    answer = client.post(many(form) + "?consent=none", {"all": "1", "confirmed": "1"})
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    return job, client


def test_u6_many_are_printed_by_a_job_with_progress(
    voi: places.Place, run_jobs: Any, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, client = asked_for(voi)
    assert sorted(job.params) == ["by_hand", "form", "ids"]
    seen: list[tuple[int, int, bool]] = []
    before = document_jobs.sheets_for

    def watched(*args: Any) -> Any:
        now = Job.objects.get()
        page = client.get(reverse("jobs:status", args=[job.pk])).content.decode()
        seen.append((now.done, now.total, f"{now.done} из {now.total}" in page))
        return before(*args)

    monkeypatch.setattr(document_jobs, "sheets_for", watched)
    run_jobs()
    assert seen == [(0, 8, True), (3, 8, True), (6, 8, True)]
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.summary["people"]) == ("done", 8, 8, 8)
    done = client.get(reverse("jobs:detail", args=[job.pk])).content.decode()
    assert "Напечатано для 8 человек." in done
    # Screen readers announce the end once, by a live region that was already on the page.
    said = client.get(reverse("jobs:status", args=[job.pk]), headers={"HX-Request": "true"}).content.decode()
    assert [text.count('id="job-said"') for text in (done, said)] == [1, 1]
    assert re.search(r">\s*Печать документов для многих людей: готово\s*</p>", said)
    pdf = client.get(reverse("jobs:result", args=[job.pk]))
    assert (pdf.status_code, pdf["Content-Type"], len(pages(pdf.content))) == (200, "application/pdf", 16)
    assert PrintRecord.objects.filter(job=job).values("member").distinct().count() == 8
    assert Consent.objects.filter(state="printed").count() == 8


def test_people_who_left_after_they_were_chosen_are_not_printed_or_counted(
    voi: places.Place, run_jobs: Any, small_chunks: None
) -> None:
    job, client = asked_for(voi, 7, "application")
    gone = job.params["ids"][0]
    Member.objects.filter(pk=gone).update(state=MemberState.LEFT, organization=None, unit=None, cell=None)
    run_jobs()
    job.refresh_from_db()
    assert job.summary["people"] == 6
    assert len(pages(client.get(reverse("jobs:result", args=[job.pk])).content)) == 6


def test_v_c5_a_job_has_the_rights_that_its_owner_has_when_it_runs(voi: places.Place) -> None:
    job, _client = asked_for(voi)
    Appointment.objects.filter(account=voi.chair.account).update(role=Role.REVIEWER)
    run_job.call(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error, PrintRecord.objects.count()) == (
        "failed",
        "У вас больше нет права на это действие.",
        0,
    )


@pytest.mark.usefixtures("not_laid_out")
def test_a_result_is_downloaded_again_by_its_owner_only(voi: places.Place, run_jobs: Any, small_chunks: None) -> None:
    job, client = asked_for(voi, 6, "application")
    run_jobs()
    address = reverse("jobs:result", args=[job.pk])
    first, second = client.get(address), client.get(address)
    assert (first.status_code, first.content == second.content) == (200, True)
    assert Event.objects.filter(action="job.result_fetched").count() == 2
    others = [voi.region_chair, voi.reviewer, trees.officer(voi.keeper, Role.DEPUTY), places.union().chair]
    for other in others:
        stranger = places.signed_in(other)
        names = ("detail", "status", "result")
        assert [stranger.get(reverse(f"jobs:{name}", args=[job.pk])).status_code for name in names] == [404] * 3
        assert stranger.post(reverse("jobs:cancel", args=[job.pk])).status_code == 404
        assert str(job.pk) not in stranger.get(reverse("jobs:list")).content.decode()
    Appointment.objects.filter(account=voi.chair.account).delete()
    assert client.get(address).status_code == 404


def test_a_waiting_job_is_cancelled_at_once_and_never_begins(voi: places.Place) -> None:
    job, client = asked_for(voi)
    client.post(reverse("jobs:cancel", args=[job.pk]))
    run_job.call(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempts, PrintRecord.objects.count()) == ("cancelled", 0, 0)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_running_job_is_cancelled_after_its_chunk_and_leaves_no_parts(
    voi: places.Place, small_chunks: None, monkeypatch: pytest.MonkeyPatch, settings: Any, processes: int
) -> None:
    settings.PRINT_PROCESSES = processes
    job, client = asked_for(voi)
    before = document_jobs.sheets_for

    def cancelling(*args: Any) -> Any:
        cancel_job(job.pk, by=voi.chair)
        return before(*args)

    monkeypatch.setattr(document_jobs, "sheets_for", cancelling)
    run_job.call(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done, PrintRecord.objects.count(), StoredFile.objects.count()) == ("cancelled", 3, 0, 0)
    page = client.get(reverse("jobs:detail", args=[job.pk])).content.decode()
    assert "Задание остановлено по вашему желанию. Ничего не напечатано и не отмечено как напечатанное." in page
    assert not Consent.objects.filter(state="printed").exists()


def test_a_print_for_nobody_ends_without_a_result(voi: places.Place, run_jobs: Any) -> None:
    job = start_job("documents.print", {"form": "consent", "ids": [10**9]}, by=voi.chair)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.result, job.summary["people"]) == ("done", None, 0)


@pytest.mark.usefixtures("not_laid_out")
def test_n_h2_a_superior_prints_for_those_below_and_their_organisation_keeps_the_record(voi: places.Place) -> None:
    member = voi.put()
    assert places.signed_in(voi.region_chair).post(one("application", member.pk)).status_code == 200
    record = PrintRecord.objects.get()
    assert (record.organization, record.printed_by) == (voi.keeper, voi.region_chair.account)


def test_v_c5_the_transition_too_refuses_a_card_to_somebody_without_access_to_health_data(
    voi: places.Place,
) -> None:
    member = voi.put()
    with pytest.raises(NotAllowed):
        record_prints("member_card", [member.pk], data_classes=forms()["member_card"].data_classes, by=voi.reviewer)


def test_the_page_that_prints_for_many_makes_the_same_queries_for_few_and_many() -> None:
    """The details that the law requires in a consent are looked up for each selected member."""
    place = places.voi()
    client = places.signed_in(place.chair)
    ids = [place.put(snils="", ticket_number=str(n), confirmed_duplicate=True).pk for n in range(6)]
    address = reverse("documents:print_many", args=["consent"])
    asked = []
    for count in (2, 6):
        with CaptureQueriesContext(connection) as found:
            assert client.post(address, {"selected": ids[:count]}).status_code == 200
        asked.append(len(found))
    assert asked[0] == asked[1]
