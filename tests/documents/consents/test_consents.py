"""The consent: printing, signing by hand, marking with the date on the paper, its scan, its version of the text (U-6,
U-7).
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfWriter

from documents.consents.models import Consent, ConsentText
from documents.consents.tasks import consents as consent_tasks
from documents.consents.transitions.consents import attach_scan, mark_many_signed, mark_signed, take_back_tick
from documents.consents.transitions.texts import issue_text
from documents.printing.core import forms
from documents.printing.transitions import record_prints
from members.people.enums import ConsentState
from members.people.models import Member
from members.people.transitions.consent_state import set_state
from registry import integrity
from registry.access import Actor
from registry.enums import DataClass, Role
from registry.errors import NotAllowed
from registry.files.models import StoredFile
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.organizations.queries import totals_under
from registry.transitions import change
from tests.documents import samples
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

TOO_EARLY = "До 26.01.2007 таких согласий не существовало. Сверьте дату с бумагой."
# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

SIGNED_ON = dt.date(2025, 5, 4)


@pytest.fixture(params=["voi", "education_union"])
def place(request: pytest.FixtureRequest) -> places.Place:
    return places.of(request.param)


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def printed(member: Member, by: Actor) -> Consent:
    """Print the member's consent and return it."""
    record_prints("consent", [member.pk], data_classes=forms()["consent"].data_classes, by=by)
    return Consent.objects.get(member=member, state=ConsentState.PRINTED)


def state_of(member: Member) -> str:
    return Member.objects.values_list("consent_state", flat=True).get(pk=member.pk)


def counted(place: places.Place) -> tuple[int, int]:
    figures = totals_under(place.keeper)
    return figures["consents_printed"], figures["consents_signed"]


def png(width: int = 60, height: int = 80) -> bytes:
    data = io.BytesIO()
    Image.new("L", (width, height), 200).save(data, "PNG")
    return data.getvalue()


def pdf(pages: int = 2, password: str = "") -> bytes:
    writer, data = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password)
    writer.write(data)
    return data.getvalue()


# From printing to the signature


def test_u6_a_printed_consent_waits_for_its_signature_in_the_wording_of_the_day(place: places.Place) -> None:
    member = place.put()
    consent = printed(member, place.chair)
    assert (state_of(member), counted(place)) == ("printed", (1, 0))
    assert (consent.text.version, consent.text.wording) == (1, place.keeper.federation.charter.consent)
    assert (consent.signed_on, consent.ticked_by, consent.ticked_at) == (None, None, None)


def test_u7_marking_records_the_date_on_the_paper_and_who_marked_it_when(place: places.Place) -> None:
    member = place.put()
    printed(member, place.chair)
    consent = mark_signed(member.pk, signed_on=SIGNED_ON, by_hand=True, by=place.chair)
    assert (state_of(member), counted(place)) == ("signed", (0, 1))
    assert (consent.signed_on, consent.ticked_by) == (SIGNED_ON, place.chair.account)
    assert consent.ticked_at is not None
    assert timezone.localtime(consent.ticked_at).date() == timezone.localdate()
    assert Consent.objects.filter(member=member).count() == 1
    event = Event.objects.get(action="consent.signed")
    assert (event.rule, event.object_id, event.account) == ("U-7", str(member.pk), place.chair.account)
    assert [found for _title, found in integrity.run() if found] == []


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (None, "Укажите дату подписи — ту, что стоит на согласии."),
        ("tomorrow", "Эта дата подписи ещё не наступила. Сверьте её с бумагой."),
        (dt.date(2006, 12, 31), TOO_EARLY),
    ],
)
def test_u7_marking_without_a_valid_date_is_refused(voi: places.Place, day: Any, sentence: str) -> None:
    member = voi.put()
    printed(member, voi.chair)
    signed_on = timezone.localdate() + dt.timedelta(days=1) if day == "tomorrow" else day
    with refused("U-7", field="signed_on") as refusal:
        mark_signed(member.pk, signed_on=signed_on, by=voi.chair)
    assert (refusal.value.rule, refusal.value.field, str(refusal.value.message)) == ("U-7", "signed_on", sentence)
    assert (state_of(member), counted(voi)) == ("printed", (1, 0))


def test_u7_a_signature_before_the_birth_is_refused(voi: places.Place) -> None:
    member = voi.put(birth_date=dt.date(2007, 3, 1), joined_on=dt.date(2025, 5, 1), paper_issued_on=None)
    with refused("U-7", field="signed_on"):
        mark_signed(member.pk, signed_on=dt.date(2007, 3, 1), by=voi.chair)


@pytest.mark.both
def test_u7_the_database_refuses_a_signed_consent_without_a_date(voi: places.Place) -> None:
    consent = printed(voi.put(), voi.chair)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(state=ConsentState.SIGNED, ticked_at=timezone.now())


def test_u7_a_signed_consent_cannot_be_marked_again(voi: places.Place) -> None:
    member = voi.put()
    mark_signed(member.pk, signed_on=SIGNED_ON, by=voi.chair)
    with refused("N-C1", match="уже отмечено"):
        mark_signed(member.pk, signed_on=SIGNED_ON, by=voi.chair)
    assert Consent.objects.get(member=member).signed_on == SIGNED_ON


def test_n_c1_the_version_is_the_one_in_force_on_the_day_of_the_signature(voi: places.Place) -> None:
    today = timezone.localdate()
    charter = voi.keeper.federation.charter.consent
    for version, began in ((1, 40), (2, 20), (3, 0)):
        ConsentText.objects.create(
            federation=voi.keeper.federation,
            version=version,
            valid_from=today - dt.timedelta(days=began),
            wording=charter,
        )
    signed_days_ago = {50: 1, 30: 1, 10: 2, 0: 3}
    rows = trees.members(voi.keeper, 8)
    printed_today, by_hand = rows[:4], rows[4:]
    for member in printed_today:
        printed(member, voi.chair)
    dates = [today - dt.timedelta(days=ago) for ago in signed_days_ago]
    mark_many_signed(dict(zip([m.pk for m in printed_today], dates, strict=True)), by_hand=True, by=voi.chair)
    for member, day in zip(by_hand, dates, strict=True):
        mark_signed(member.pk, signed_on=day, by_hand=True, by=voi.chair)
    versions = dict(Consent.objects.values_list("member_id", "text__version"))
    assert [versions[member.pk] for member in rows] == [*signed_days_ago.values()] * 2


def test_n_c1_a_consent_printed_before_the_text_changed_keeps_its_version_when_signed_later(
    voi: places.Place,
) -> None:
    member, today = voi.put(), timezone.localdate()
    printed(member, voi.chair)
    charter = voi.keeper.federation.charter.consent
    ConsentText.objects.create(federation=voi.keeper.federation, version=2, valid_from=today, wording=charter)
    assert mark_signed(member.pk, signed_on=today, by=voi.chair).text.version == 1


def test_u7_a_consent_not_printed_by_the_registry_gets_the_first_wording(voi: places.Place) -> None:
    member = voi.put()
    consent = mark_signed(member.pk, signed_on=SIGNED_ON, by=voi.chair)
    assert (consent.printed_at, consent.text.version, state_of(member)) == (None, 1, "signed")


def test_k12_a_mark_set_by_mistake_is_removed_and_the_history_keeps_both_steps(voi: places.Place) -> None:
    member = voi.put()
    printed(member, voi.chair)
    mark_signed(member.pk, signed_on=SIGNED_ON, scan=png(), by=voi.chair)
    consent = take_back_tick(member.pk, by=voi.chair)
    assert (state_of(member), counted(voi)) == ("printed", (1, 0))
    assert (consent.signed_on, consent.ticked_by, consent.scan) == (None, None, None)
    assert StoredFile.objects.count() == 0
    assert list(Consent.history.filter(id=consent.pk).order_by("history_id").values_list("state", flat=True)) == [
        "printed",
        "signed",
        "printed",
    ]
    with refused("U-7", match="нет согласия, отмеченного подписанным"):
        take_back_tick(member.pk, by=voi.chair)


def test_n_c1_after_a_withdrawal_a_new_paper_is_signed_and_the_old_one_stays_on_record(voi: places.Place) -> None:
    member = voi.put()
    first = mark_signed(member.pk, signed_on=SIGNED_ON, by=voi.chair)
    Consent.objects.filter(pk=first.pk).update(state=ConsentState.WITHDRAWN, withdrawn_on=dt.date(2025, 6, 1))
    with change(by=voi.chair, rule="N-C1", event="consent.withdrawn") as act:
        set_state(act, [Member.objects.get(pk=member.pk)], ConsentState.WITHDRAWN)
        act.silent = True
    with refused("U-7", match="нет согласия, отмеченного подписанным"):
        take_back_tick(member.pk, by=voi.chair)
    second = printed(member, voi.chair)
    mark_signed(member.pk, signed_on=dt.date(2025, 7, 1), by=voi.chair)
    found = Consent.objects.filter(member=member).order_by("pk").values_list("pk", "state", "signed_on")
    assert list(found) == [
        (first.pk, "withdrawn", SIGNED_ON),
        (second.pk, "signed", dt.date(2025, 7, 1)),
    ]


def test_u6_printing_a_signed_consent_again_does_not_change_it(voi: places.Place) -> None:
    member = voi.put()
    mark_signed(member.pk, signed_on=SIGNED_ON, by=voi.chair)
    record_prints("consent", [member.pk], data_classes=forms()["consent"].data_classes, by=voi.chair)
    assert (state_of(member), Consent.objects.get(member=member).signed_on) == ("signed", SIGNED_ON)


# Which text was signed


def reworded(wording: Any, purpose: str) -> dict[str, Any]:
    return {**wording, "purposes": [purpose]}


def test_n_c1_a_new_text_does_not_change_the_signed_version(voi: places.Place) -> None:
    signed, waiting = voi.put(), voi.put(surname="Белова", snils="", ticket_number="")
    printed(signed, voi.chair)
    mark_signed(signed.pk, signed_on=SIGNED_ON, by=voi.chair)
    printed(waiting, voi.chair)
    administrator = trees.officer(voi.head, Role.ADMINISTRATOR)
    new = reworded(voi.keeper.federation.charter.consent, "для совсем новой цели;")
    today = timezone.localdate()
    issue_text(wording=new, valid_from=today, by=administrator)
    texts = {
        name: samples.text_of(samples.paper("consent", voi.keeper, member, printed_on=today))
        for name, member in (("signed", signed), ("waiting", waiting))
    }
    assert {name: "для совсем новой цели" in text for name, text in texts.items()} == {"signed": False, "waiting": True}
    # A print after the change is in the new wording; the signed one keeps its own.
    printed(waiting, voi.chair)
    for member in (signed, waiting):
        record_prints("consent", [member.pk], data_classes=forms()["consent"].data_classes, by=voi.chair)
    versions = Consent.objects.order_by("member_id").values_list("state", "text__version")
    assert list(versions) == [("signed", 1), ("printed", 2)]


# The scan


@pytest.mark.both
def test_u6_the_scan_is_stored_with_the_mark_and_can_be_replaced(voi: places.Place) -> None:
    member = voi.put()
    consent = mark_signed(member.pk, signed_on=SIGNED_ON, scan=png(), by=voi.chair)
    assert consent.scan is not None
    assert (consent.scan.content_type, consent.scan.name) == ("image/png", "consent.png")
    replaced = attach_scan(member.pk, scan=pdf(), by=voi.chair)
    assert replaced.scan is not None
    assert replaced.scan.content_type == "application/pdf"
    assert StoredFile.objects.count() == 1


@pytest.mark.both
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Файл пустой. Выберите другой."),
        (b"MZ\x90\x00", "Это не скан: выберите файл PDF, JPEG или PNG, который открывается на вашем компьютере."),
        (
            b"GIF89a" + b"0" * 99,
            "Это не скан: выберите файл PDF, JPEG или PNG, который открывается на вашем компьютере.",
        ),
        (png()[:40], "Это не скан: выберите файл PDF, JPEG или PNG, который открывается на вашем компьютере."),
        (b"%PDF-1.7 broken", "PDF повреждён. Отсканируйте бумагу ещё раз."),
        (pdf(2, "secret"), "PDF защищён паролем. Сохраните его без пароля."),
        (pdf(21), "В скане страниц: 21; в одном файле хранится не больше 20."),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "Файл больше 10 МБ. Отсканируйте бумагу чёрно-белой."),
    ],
    ids=["empty", "program", "gif", "cut", "broken", "password", "long", "large"],
)
def test_a_file_that_is_not_a_scan_is_refused_and_nothing_is_marked(
    voi: places.Place, data: bytes, sentence: str
) -> None:
    member = voi.put()
    with refused("U-6", field="scan") as refusal:
        mark_signed(member.pk, signed_on=SIGNED_ON, scan=data, by=voi.chair)
    assert (refusal.value.field, str(refusal.value.message)) == ("scan", sentence)
    assert (state_of(member), StoredFile.objects.count()) == ("none", 0)


def scanned(voi: places.Place, **values: Any) -> Consent:
    return mark_signed(voi.put(**values).pk, signed_on=SIGNED_ON, scan=png(), by=voi.chair)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CHAIR, 200), (Role.REGISTRAR, 200), (Role.REVIEWER, 403), (Role.COLLECTOR, 403), (Role.ADMINISTRATOR, 403)],
)
def test_v_c5_the_scan_opens_for_readers_of_identity_papers(voi: places.Place, role: Role, status: int) -> None:
    consent = scanned(voi)
    client = places.signed_in(voi.chair if role == Role.CHAIR else trees.officer(voi.keeper, role))
    answer = client.get(reverse("documents:consent_scan", args=[consent.pk]))
    assert answer.status_code == status
    assert Event.objects.filter(action="consent.scan_opened").count() == (1 if status == 200 else 0)


def test_v_c5_the_scan_is_a_download_that_no_cache_keeps(voi: places.Place) -> None:
    consent = scanned(voi)
    answer = places.signed_in(voi.chair).get(reverse("documents:consent_scan", args=[consent.pk]))
    assert (answer.content, answer["Content-Type"]) == (png(), "image/png")
    assert (answer["Content-Disposition"], answer["Cache-Control"]) == (
        'attachment; filename="consent.png"',
        "no-store, private",
    )
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff",
        "sandbox; default-src 'none'",
    )


def test_n_h1_consents_of_a_neighbour_are_not_found(voi: places.Place) -> None:
    consent = scanned(voi, surname="Тайнова")
    region_mate = trees.officer(trees.below(voi.region, voi.keeper.level, "Соседняя МО ВОИ"))
    stranger = places.union().chair
    for actor in (region_mate, stranger):
        client, pk = places.signed_in(actor), consent.member_id
        before = Consent.objects.values().get()
        for name in ("mark_consent", "take_back", "add_scan"):
            address = reverse(f"documents:{name}", args=[pk])
            assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]
        assert client.get(reverse("documents:consent_scan", args=[consent.pk])).status_code == 404
        page = client.get(reverse("documents:consents"))
        assert (page.status_code, "Тайнова" in page.content.decode()) == (200, False)
        asked = {"selected": [str(pk)], "marking": "1", "signed_on": "04.05.2025"}
        answer = client.post(reverse("documents:mark_many"), asked)
        assert (answer.status_code, "Тайнова" in answer.content.decode()) == (302, False)
        assert Consent.objects.values().get() == before
        with pytest.raises(Member.DoesNotExist):
            mark_signed(pk, signed_on=SIGNED_ON, by=actor)
        assert mark_many_signed({pk: SIGNED_ON}, by=actor) == 0


@pytest.mark.both
def test_n_h2_a_superior_sees_consents_and_cannot_mark_them(voi: places.Place) -> None:
    member = voi.put()
    printed(member, voi.chair)
    client = places.signed_in(voi.region_chair)
    page = client.get(reverse("documents:consents"), {"organization": voi.keeper.pk})
    assert member.full_name in page.content.decode()
    assert client.get(reverse("documents:mark_consent", args=[member.pk])).status_code == 403
    with pytest.raises(NotAllowed):
        mark_signed(member.pk, signed_on=SIGNED_ON, by=voi.region_chair)
    with pytest.raises(NotAllowed):
        mark_many_signed({member.pk: SIGNED_ON}, by=voi.region_chair)
    assert state_of(member) == "printed"


# On the screen


def posted(client: Any, member: Member, **values: Any) -> Any:
    return client.post(reverse("documents:mark_consent", args=[member.pk]), values)


def test_u7_the_tab_general_shows_the_mark_in_the_words_of_the_charter(place: places.Place) -> None:
    member = place.put()
    words = place.keeper.charter.wording["consent_tick"]
    client = places.signed_in(place.chair)
    assert words in client.get(reverse("members:detail", args=[member.pk])).content.decode()
    values = {"given": "on", "signed_on": "04.05.2025", "by_hand": "on"}
    answer = posted(client, member, **values, scan=SimpleUploadedFile("a.png", png()))
    assert (answer.status_code, answer["Location"]) == (302, reverse("members:detail", args=[member.pk]) + "#consent")
    card = client.get(reverse("members:detail", args=[member.pk])).content.decode()
    assert place.chair.account is not None
    assert all(word in card for word in (words, "04.05.2025", place.chair.account.full_name))


def test_u7_an_invalid_form_keeps_the_input(voi: places.Place) -> None:
    member = voi.put()
    client = places.signed_in(voi.chair)
    for typed, sentence in (
        ({"signed_on": "04.05.2025"}, "Поставьте галочку: без неё ничего не отмечается."),
        ({"given": "on"}, "Укажите дату подписи — ту, что стоит на согласии."),
        ({"given": "on", "signed_on": "04.05.2099"}, "Эта дата подписи ещё не наступила. Сверьте её с бумагой."),
    ):
        answer = posted(client, member, **typed)
        text = answer.content.decode()
        assert (answer.status_code, sentence in text) == (200, True)
        assert f'value="{typed.get("signed_on", "")}"' in text or "signed_on" not in typed
    assert state_of(member) == "none"


def test_u7_many_are_marked_each_with_the_date_on_their_paper(voi: places.Place) -> None:
    names = ("Абрамова", "Белова", "Вольская")
    rows = [voi.put(surname=name, snils="", ticket_number="") for name in names]
    printed(rows[0], voi.chair)
    client, address = places.signed_in(voi.chair), reverse("documents:mark_many") + "?from=consents"
    chosen = {"selected": [str(row.pk) for row in rows]}
    asked = client.post(address, chosen).content.decode()
    assert all(name in asked for name in names)
    without = client.post(address, {**chosen, "marking": "1"})
    assert (without.status_code, state_of(rows[0])) == (200, "printed")
    early = {"marking": "1", "signed_on": "04.05.2025", f"date_{rows[1].pk}": "01.01.2001"}
    refused = client.post(address, {**chosen, **early}).content.decode()
    assert TOO_EARLY in refused
    assert counted(voi) == (1, 0)
    # The third person's paper is missing: their checkbox is empty.
    dates = {"marking": "1", "signed_on": "04.05.2025", f"date_{rows[1].pk}": "05.05.2025"}
    answer = client.post(address, {**dates, "selected": [str(rows[0].pk), str(rows[1].pk)]})
    assert (answer.status_code, answer["Location"]) == (302, reverse("documents:consents") + "?from=consents")
    found = Consent.objects.order_by("member__surname").values_list("member_id", "signed_on", "ticked_by")
    account = voi.chair.account
    assert account is not None
    assert list(found) == [
        (rows[0].pk, SIGNED_ON, account.pk),
        (rows[1].pk, dt.date(2025, 5, 5), account.pk),
    ]
    assert (state_of(rows[2]), counted(voi)) == ("none", (0, 2))
    assert Event.objects.filter(action="consent.signed").count() == 2


@pytest.mark.both
def test_u7_a_large_number_is_marked_by_a_job(
    voi: places.Place, monkeypatch: pytest.MonkeyPatch, run_jobs: Any
) -> None:
    monkeypatch.setattr("documents.consents.views.consents.MAX_SEPARATE_DATES", 1)
    monkeypatch.setattr("documents.consents.views.consents.MAX_MARKED_DIRECTLY", 2)
    monkeypatch.setattr("documents.consents.jobs.CHUNK_CHANGED", 2)
    trees.members(voi.keeper, 5)
    answer = places.signed_in(voi.chair).post(
        reverse("documents:mark_many"), {"all": "1", "marking": "1", "signed_on": "04.05.2025", "by_hand": "on"}
    )
    job = Job.objects.get()
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.summary["marked"], counted(voi)) == ("done", 5, (0, 5))


@pytest.mark.both
def test_the_register_counts_every_state_and_costs_no_more_queries_with_more_people(voi: places.Place) -> None:
    client = places.signed_in(voi.chair)
    costs = []
    for wave in range(2):
        group = trees.members(voi.keeper, 4 + 10 * wave)
        printed(group[0], voi.chair)
        mark_signed(group[1].pk, signed_on=SIGNED_ON, by_hand=True, by=voi.chair)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("documents:consents"))
        costs.append(len(queries))
    # Entries of the navigation are counted once in half a minute.
    assert costs[1] <= costs[0]
    states = [(state["label"], state["count"]) for state in page.context["states"]]
    assert [(str(label), count) for label, count in states] == [
        ("Все", 18),
        ("не напечатано", 14),
        ("напечатано, не подписано", 2),
        ("подписано", 2),
    ]
    shown = client.get(reverse("documents:consents"), {"consent": "signed"}).context["rows"]
    assert [cells[-1].text for *_person, cells in shown] == [f"{SIGNED_ON:%d.%m.%Y}"] * 2


@pytest.mark.both
def test_u6_the_start_page_asks_to_print_and_to_collect(voi: places.Place) -> None:
    group = trees.members(voi.keeper, 3)
    printed(group[0], voi.chair)
    told = [(str(task.text), task.action_url) for task in consent_tasks(voi.chair, timezone.localdate())]
    register = reverse("documents:consents")
    assert told == [
        ("Напечатать 2 согласия", f"{register}?consent=wanted"),
        ("1 согласие напечатано и не подписано", f"{register}?consent=printed"),
    ]
    assert list(consent_tasks(voi.region_chair, timezone.localdate())) == []
    Member.objects.filter(pk=group[1].pk).update(consent_state="withdrawn")
    shown = places.signed_in(voi.chair).get(register, {"consent": "wanted"}).context["rows"]
    assert {pk for pk, *_rest in shown} == {group[1].pk, group[2].pk}


@pytest.mark.both
def test_two_simultaneous_first_prints_create_one_version_of_the_text(voi: places.Place) -> None:
    for member in trees.members(voi.keeper, 2):
        printed(member, voi.chair)
    assert ConsentText.objects.filter(federation=voi.keeper.federation).count() == 1


def test_v_c5_consents_are_printed_only_by_readers_of_identity_papers(voi: places.Place) -> None:
    member = voi.put()
    with pytest.raises(NotAllowed):
        record_prints("consent", [member.pk], data_classes={DataClass.IDENTITY}, by=voi.reviewer)
    assert state_of(member) == "none"


def test_u7_a_mark_set_by_the_system_names_the_registry(place: places.Place) -> None:
    member = place.put()
    printed(member, place.chair)
    mark_signed(member.pk, signed_on=SIGNED_ON, by_hand=True, by=place.chair)
    Consent.objects.filter(member=member).update(ticked_by=None)
    client = places.signed_in(place.chair)
    pages = [
        client.get(reverse(name, args=[member.pk])).content.decode() for name in ("members:detail", "members:papers")
    ]
    assert [page.count("реестр (автоматически)") for page in pages] == [1, 1]


@pytest.mark.both
@pytest.mark.parametrize("name", ["take_back", "add_scan"])
def test_u_7_pages_of_a_signed_consent_lead_to_the_card_if_it_is_not_signed(voi: places.Place, name: str) -> None:
    member, browser = voi.put(), places.signed_in(voi.chair)
    address, card = reverse(f"documents:{name}", args=[member.pk]), reverse("members:detail", args=[member.pk])
    for answer in (browser.get(address, follow=True), browser.post(address, {}, follow=True)):
        assert answer.redirect_chain == [(f"{card}#consent", 302)]
        assert "нет согласия, отмеченного подписанным" in answer.content.decode()
    mark_signed(member.pk, signed_on=timezone.localdate(), by_hand=True, by=voi.chair)
    assert browser.get(address).status_code == 200
