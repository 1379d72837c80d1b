"""Filing, changing, passing on and withdrawing applications; represented people; scans; the pages (V-A1 to V-A5)."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from members.admission.models import Application, Attachment, Representation
from members.admission.rules.applications import held_up_by, values_of_application
from members.admission.rules.representations import ends_on, holds_on
from members.admission.rules.routing import other_regions, suggestions
from members.admission.rules.scans import check_scan
from members.admission.transitions.applications import (
    edit_application,
    file_application,
    note_invited,
    note_notified,
    restore_application,
    route_application,
    withdraw_application,
)
from members.admission.transitions.attachments import attach, remove_attachment
from members.admission.transitions.representations import add_representation, end_representation
from members.book.models import Registration
from members.lists.batches import apply_batch, set_columns, upload_list
from members.people.rules.duplicates import DuplicateFound
from members.people.rules.person import years_after
from registry.enums import Level
from registry.errors import NotAllowed, StaleVersion
from registry.files.models import StoredFile
from registry.organizations.models import Figures, OrganizationPassport
from tests.members import applicants, places, sessions
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def jpeg() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(kept, "JPEG")
    return kept.getvalue()


def pdf(**catalog: DictionaryObject) -> bytes:
    writer, kept = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    for name, value in catalog.items():
        writer._root_object[NameObject(f"/{name}")] = value
    writer.write(kept)
    return kept.getvalue()


def waiting(place: places.Place) -> int:
    return Figures.objects.get_or_create(organization=place.keeper)[0].applications


# Filing


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"birth_date": applicants.days(18 * 365), "paper_issued_on": None}, "V-A1", "birth_date"),
        ({"birth_date": applicants.days(-1), "paper_issued_on": None}, "U-5a", "birth_date"),
        ({"citizenship": ""}, "V-A1", "citizenship"),
        ({"citizenship": "Республика Беларусь"}, "V-A1", "citizenship"),
        ({"category": ""}, "V-A1", "category"),
    ],
)
def test_v_a1_people_who_cannot_be_members_cannot_apply(
    voi: places.Place, changed: dict[str, object], rule: str, field: str
) -> None:
    with refused(rule, field=field):
        applicants.apply(voi, **changed)
    assert Application.objects.count() == 0


@pytest.mark.parametrize("name", ["filed_on", "acquainted_on", "consent_signed_on"])
def test_v_a4_days_of_an_application_are_not_in_the_future(voi: places.Place, name: str) -> None:
    with refused("V-A4", field=name):
        applicants.apply(voi, stated={name: applicants.days(-1)})


def test_n_a1_somebody_registered_is_shown_before_the_filing_and_confirmed_as_another(voi: places.Place) -> None:
    voi.put(snils="")
    twin = {n: places.VOI_PERSON[n] for n in ("surname", "given_name", "patronymic")}
    with pytest.raises(DuplicateFound) as refusal:
        applicants.apply(voi, **twin)
    [found] = refusal.value.duplicates
    application = applicants.apply(voi, **twin, confirmed_duplicate=found.ref)
    [member] = applicants.admitted(applicants.scheduled(voi.keeper, [application]), voi.chair)
    assert member.surname == twin["surname"]


def test_n_a1_a_second_application_of_the_same_person_is_shown_with_the_organisation_alone(voi: places.Place) -> None:
    first = applicants.apply(voi)
    with pytest.raises(DuplicateFound) as refusal:
        applicants.apply(voi, surname=first.surname)
    [found] = refusal.value.duplicates
    assert (found.organization_name, found.member_id) == (voi.keeper.short_name, None)


def test_v_a4_a_change_needs_the_version_that_was_seen_and_no_change_leaves_no_trace(voi: places.Place) -> None:
    application = applicants.apply(voi)
    common = {"facts": {}, "by": voi.chair}
    edit_application(application.pk, values={"house": "7"}, version=1, **common)  # type: ignore[arg-type]
    with pytest.raises(StaleVersion):
        edit_application(application.pk, values={"house": "9"}, version=1, **common)  # type: ignore[arg-type]
    edit_application(application.pk, values={"house": "7"}, version=2, **common)  # type: ignore[arg-type]
    application.refresh_from_db()
    assert (values_of_application(application)["house"], application.version) == ("7", 2)


def test_n_h1_reviewers_and_neighbours_cannot_file_applications(voi: places.Place) -> None:
    with pytest.raises(NotAllowed):
        file_application(
            organization=voi.keeper, values=applicants.values(voi), facts=applicants.facts(), by=voi.reviewer
        )
    with pytest.raises(type(voi.keeper).DoesNotExist):
        file_application(
            organization=voi.keeper, values=applicants.values(voi), facts=applicants.facts(), by=places.voi().chair
        )


def test_v_a4_a_withdrawn_application_leaves_the_count_and_can_be_restored(voi: places.Place) -> None:
    application = applicants.apply(voi)
    item = applicants.scheduled(voi.keeper, [application])
    withdraw_application(application.pk, by=voi.chair)
    item.refresh_from_db()
    assert (waiting(voi), item.state) == (0, "dropped")
    with refused("V-A5", match="отозвано"):
        withdraw_application(application.pk, by=voi.chair)
    restore_application(application.pk, by=voi.chair)
    application.refresh_from_db()
    assert (waiting(voi), application.state) == (1, "filed")


# Missing information, and messages about it


def test_v_a4_what_holds_up_the_decision_is_named_with_its_rule(voi: places.Place) -> None:
    application = applicants.apply(
        voi, stated={"acquainted_on": None, "copies": ["application"], "consent_signed_on": None}
    )
    missing = held_up_by(application, voi.keeper.charter, [])
    assert [point.rule for point in missing] == ["V-A3", "V-A4", "V-A4", "V-A4"]


def test_v_a2_the_organisation_that_serves_the_town_is_suggested_first_and_gets_the_application(
    voi: places.Place,
) -> None:
    other = trees.below(voi.region, Level.LOCAL, "Алексинская МО ВОИ")
    serving = trees.below(voi.region, Level.LOCAL, "Щёкинская МО ВОИ")
    passport = trees.again(serving).passport
    passport.territory = "г. Щёкино\nпос. Огарёвка"
    passport.save()
    application = applicants.apply(voi, city="Щекино")
    found = suggestions(voi.keeper, values_of_application(application))
    assert [(s.organization, s.serves) for s in found] == [(serving, True), (other, False)]
    with refused("V-A2", field="reason"):
        route_application(application.pk, to=serving, reason=" ", by=voi.chair)
    route_application(application.pk, to=serving, reason="обслуживает адрес", by=voi.chair)
    application.refresh_from_db()
    assert (application.organization, application.received_by) == (serving, voi.keeper)
    assert (waiting(voi), Figures.objects.get(organization=serving).applications) == (0, 1)
    assert Application.objects.visible_to(voi.chair).count() == 0


# Notices


def test_v_a5_notices_come_in_their_order_and_are_taken_back_until_an_appeal(voi: places.Place) -> None:
    application = applicants.apply(voi)
    with refused("V-A5", match="ещё не в повестке"):
        note_invited([application.pk], on=applicants.days(5), way="phone", by=voi.chair)
    item = applicants.scheduled(voi.keeper, [application])
    note_invited([application.pk], on=applicants.days(5), way="phone", by=voi.chair)
    applicants.admitted(item, voi.chair)
    with refused("V-A5", field="on"):
        note_notified([application.pk], on=applicants.days(3), way="post", by=voi.chair)
    note_notified(
        [application.pk], on=applicants.days(1), way="post", pickup_on=applicants.days(-3), pickup_at=dt.time(15),
        pickup_place="ул. Садовая, 5", by=voi.chair,
    )  # fmt: skip
    application.refresh_from_db()
    assert (application.notified_on, application.pickup_at) == (applicants.days(1), dt.time(15))
    with refused("V-A5", blockers=1):
        applicants.undone(item, voi.chair)
    note_notified([application.pk], on=None, by=voi.chair)
    ticket = Application.objects.values_list("notified_on", "pickup_on", "pickup_at", "pickup_place")
    assert ticket.get() == (None, applicants.days(-3), dt.time(15), "ул. Садовая, 5")
    applicants.undone(item, voi.chair)
    assert ticket.get() == (None, None, None, "")


# Represented people


def ward(**changed: object) -> dict[str, object]:
    return {
        "surname": "Ромашкин", "given_name": "Тимофей", "birth_date": applicants.child_born(),
        "disability_group": "child", "mandate_kind": "birth_certificate",
        "mandate_issued_on": applicants.child_born() + dt.timedelta(days=27),
        "diagnosis": "ДЦП", "consent_signed_on": applicants.days(10), **changed,
    }  # fmt: skip


def test_v_a4_a_represented_person_has_a_separate_questionnaire(voi: places.Place) -> None:
    application = applicants.apply(voi, category="guardian")
    row = add_representation(application_id=application.pk, values=ward(), by=voi.chair)
    row = Representation.objects.get(pk=row.pk)
    assert (row.full_name, row.answers) == ("Ромашкин Тимофей", {"disability_group": "child", "diagnosis": "ДЦП"})


@pytest.mark.parametrize(("years", "holds"), [(17, False), (19, True)])
def test_v_a1_an_adult_with_limited_capacity_has_a_trustee_by_an_act_issued_after_coming_of_age(
    voi: places.Place, years: int, holds: bool
) -> None:
    application = applicants.apply(voi, category="trustee")
    born = dt.date(1990, 5, 5)
    values = ward(
        birth_date=born, mandate_kind="trusteeship", disability_group="II", mandate_number="5",
        mandate_issued_on=dt.date(born.year + years, 5, 5),
    )  # fmt: skip
    if holds:
        row = add_representation(application_id=application.pk, values=values, by=voi.chair)
        assert (ends_on(row), holds_on(row, applicants.days(0))) == (None, True)
    else:
        with refused("V-A1", field="mandate_kind"):
            add_representation(application_id=application.pk, values=values, by=voi.chair)
        assert Representation.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"birth_date": None}, "V-A4", "birth_date"),
        ({"birth_date": applicants.days(-2)}, "U-5a", "birth_date"),
        ({"birth_date": dt.date(1990, 5, 5)}, "V-A1", "mandate_kind"),
        ({"mandate_until": applicants.days(1)}, "V-A1", "mandate_until"),
        ({"mandate_issued_on": dt.date(2014, 1, 1)}, "V-A4", "mandate_issued_on"),
        ({"consent_signed_on": applicants.days(-1)}, "V-A4", "consent_signed_on"),
    ],
)
def test_v_a1_an_impossible_mandate_is_refused(
    voi: places.Place, changed: dict[str, object], rule: str, field: str
) -> None:
    application = applicants.apply(voi, category="guardian")
    with refused(rule, field=field):
        add_representation(application_id=application.pk, values=ward(**changed), by=voi.chair)


def test_v_a1_only_representatives_have_represented_people(voi: places.Place) -> None:
    with refused("V-A1", match="Представляют кого-либо только"):
        add_representation(application_id=applicants.apply(voi).pk, values=ward(), by=voi.chair)


def test_v_a1_the_end_of_a_mandate_is_written_on_the_card(voi: places.Place) -> None:
    member = voi.put(category="guardian", disability_group="", disability_cause="")
    row = add_representation(member_id=member.pk, values=ward(), by=voi.chair)
    assert list(member.reminders.values_list("kind", "due_on")) == [
        ("ward_of_age", years_after(applicants.child_born(), 18))
    ]
    end_representation(row.pk, on=applicants.days(1), note="Опека снята", by=voi.chair)
    assert member.reminders.count() == 0


# Scans


def test_v_a4_scans_are_known_by_their_content() -> None:
    assert [check_scan(data)[1:] for data in (jpeg(), pdf())] == [("image/jpeg", "jpg"), ("application/pdf", "pdf")]


def photographed(kind: str, orientation: int = 6) -> tuple[bytes, Image.Image]:
    """Return a telephone's photograph of a paper with location, maker, a comment and trailing data; and its pixels."""
    exif, kept = Image.Exif(), io.BytesIO()
    exif[0x0112], exif[0x010F] = orientation, "Телефон Плановой".encode().decode("latin-1")
    exif.get_ifd(0x8825).update({1: "N", 2: (54.0, 11.0, 31.5), 3: "E", 4: (37.0, 37.0, 4.5)})
    picture = Image.effect_noise((61, 43), 90).convert("RGB")
    if kind == "JPEG":
        picture.save(kept, kind, exif=exif, comment=b"<script>", progressive=True, icc_profile=b"profile")
    else:
        text = PngInfo()
        text.add_text("Author", "<script>")
        picture.save(kept, kind, exif=exif, pnginfo=text)
    return kept.getvalue() + b"<html><script>", Image.open(io.BytesIO(kept.getvalue()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_v_c5_a_scan_is_kept_without_the_place_where_it_was_taken(kind: str) -> None:
    data, picture = photographed(kind)
    kept = check_scan(data).data
    found = Image.open(io.BytesIO(kept))
    assert found.tobytes() == picture.tobytes()
    assert dict(found.getexif()) == ({0x0112: 6} if kind == "JPEG" else {})
    assert [word for word in (b"GPS", b"<script>", "Телефон".encode(), b"<html>") if word in kept] == []
    assert (found.info.get("comment"), found.info.get("Author")) == (None, None)
    assert check_scan(kept).data == kept


def test_v_a4_a_telephones_picture_of_several_is_a_jpeg() -> None:
    kept = io.BytesIO()
    one = Image.new("RGB", (40, 30), "white")
    one.save(kept, "MPO", save_all=True, append_images=[one.resize((20, 15))])
    scan = check_scan(kept.getvalue())
    assert scan[1:] == ("image/jpeg", "jpg")
    assert (Image.open(io.BytesIO(scan.data)).format, len(scan.data) < len(kept.getvalue())) == ("JPEG", True)


script = DictionaryObject(
    {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        jpeg()[:200],
        b"%PDF-1.7 nothing",
        pdf(OpenAction=script),
        pdf(Names=DictionaryObject({NameObject("/EmbeddedFiles"): DictionaryObject()})),
    ],
    ids=["empty", "html", "cut", "broken-pdf", "javascript", "embedded"],
)
def test_v_a4_files_that_are_not_scans_or_contain_programs_are_refused(data: bytes) -> None:
    with refused("V-A4", field="file"):
        check_scan(data)


@pytest.mark.both
def test_v_a4_a_scan_goes_with_the_application_to_the_card_and_its_file_with_its_row(voi: places.Place) -> None:
    application = applicants.apply(voi)
    first = attach(application_id=application.pk, kind="identity", data=jpeg(), by=voi.chair)
    second = attach(application_id=application.pk, kind="other", data=pdf(), by=voi.chair)
    remove_attachment(second.pk, by=voi.chair)
    [member] = applicants.admitted(applicants.scheduled(voi.keeper, [application]), voi.chair)
    assert Attachment.objects.get().member == member
    assert StoredFile.objects.get() == first.file


# Pages


def posted(place: places.Place, **changed: object) -> dict[str, object]:
    whole = {**applicants.values(place), **applicants.facts(), **changed}
    return {n: v.strftime("%d.%m.%Y") if isinstance(v, dt.date) else v for n, v in whole.items() if v is not None}


def test_v_a4_an_application_is_filed_by_the_form_and_its_page_lists_what_is_missing(voi: places.Place) -> None:
    client = places.signed_in(voi.chair)
    page = client.get(reverse("applications:add"))
    assert page.status_code == 200
    answer = client.post(reverse("applications:add"), posted(voi, consent_signed_on=None))
    application = Application.objects.get()
    assert answer.url == reverse("applications:detail", args=[application.pk])
    page = client.get(answer.url)
    assert [point.rule for point in page.context["missing"]] == ["V-A4"]
    assert page.context["grounds"] == [f"Инструкция по учёту, раздел {n}" for n in (1, 2)]
    assert "Тула" in page.content.decode()
    assert "123456" not in page.content.decode()
    opened = client.post(reverse("applications:show", args=[application.pk, "identity"]))
    assert "123456" in opened.content.decode()


def test_v_a1_a_refused_form_keeps_the_input_and_shows_errors_beside_fields(voi: places.Place) -> None:
    client = places.signed_in(voi.chair)
    page = client.post(
        reverse("applications:add"),
        posted(
            voi,
            birth_date=applicants.child_born(),
            paper_kind="",
            paper_series="",
            paper_number="",
            paper_issued_on="",
            house="77б",
        ),
    )
    assert list(page.context["form"].errors) == ["birth_date"]
    assert 'value="77б"' in page.content.decode()


def test_v_a4_a_representative_is_directed_to_enter_the_represented_person(voi: places.Place) -> None:
    client = places.signed_in(voi.chair)
    answer = client.post(reverse("applications:add"), posted(voi, category="legal_representative"))
    application = Application.objects.get()
    assert answer.url == reverse("applications:add_ward", args=[application.pk])
    assert client.get(answer.url).status_code == 200
    data = {n: v.strftime("%d.%m.%Y") if isinstance(v, dt.date) else v for n, v in ward().items()}
    assert client.post(answer.url, data).url == reverse("applications:detail", args=[application.pk])
    row = Representation.objects.get()
    for name in ("ward", "edit_ward", "end_ward"):
        assert client.get(reverse(f"applications:{name}", args=[row.pk])).status_code == 200
    paper = client.post(f"{reverse('applications:ward_consent', args=[row.pk])}?by_hand=1")
    assert paper["Content-Type"] == "application/pdf"
    answers = client.post(reverse("applications:ward_questionnaire", args=[row.pk]))
    assert answers["Content-Disposition"].startswith('inline; filename="questionnaire-')
    reviewer = places.signed_in(voi.reviewer)
    assert reviewer.post(reverse("applications:ward_questionnaire", args=[row.pk])).status_code == 403
    assert reviewer.get(reverse("applications:ward", args=[row.pk])).status_code == 403
    assert "Ромашкин" not in reviewer.get(reverse("applications:detail", args=[application.pk])).content.decode()


def test_v_c5_a_scan_is_served_as_a_download_to_readers_of_its_class(voi: places.Place) -> None:
    application = applicants.apply(voi)
    client = places.signed_in(voi.chair)
    file = SimpleUploadedFile("../паспорт.exe", jpeg(), "application/x-msdownload")
    client.post(reverse("applications:attach", args=[application.pk]), {"kind": "identity", "file": file})
    scan = Attachment.objects.get()
    answer = client.get(reverse("applications:scan", args=[scan.pk]))
    assert (answer.content, answer["Content-Type"]) == (jpeg(), "image/jpeg")
    assert answer["Content-Disposition"] == 'attachment; filename="identity.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert places.signed_in(voi.reviewer).get(reverse("applications:scan", args=[scan.pk])).status_code == 403
    stranger = places.signed_in(places.voi().chair)
    assert stranger.get(reverse("applications:scan", args=[scan.pk])).status_code == 404


@pytest.mark.parametrize("form", ["application", "consent"])
def test_v_a4_the_papers_are_printed_before_somebody_is_a_member(voi: places.Place, form: str) -> None:
    application, chair = applicants.apply(voi), places.signed_in(voi.chair)
    address = reverse("applications:print", args=[application.pk, form])
    assert address in chair.get(reverse("applications:detail", args=[application.pk])).content.decode()
    assert chair.post(address)["Content-Type"] == "application/pdf"


def test_v_a4_the_papers_of_members_are_not_printed_for_applicants(voi: places.Place) -> None:
    application, chair = applicants.apply(voi), places.signed_in(voi.chair)
    page = chair.get(reverse("applications:detail", args=[application.pk])).content.decode()
    for form in ("member_card", "questionnaire", "minutes"):
        address = reverse("applications:print", args=[application.pk, form])
        assert (address in page, chair.post(address).status_code) == (False, 404)


@pytest.mark.both
@pytest.mark.parametrize("place", ["voi", "union"])
def test_v_a5_every_page_opens_in_every_state(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where = getattr(places, place)()
    client = places.signed_in(where.chair)
    filed, agenda, admitted, refused = (applicants.apply(where) for _ in range(4))
    applicants.scheduled(where.keeper, [agenda])
    applicants.admitted(applicants.scheduled(where.keeper, [admitted]), where.chair)
    applicants.turned_down(applicants.scheduled(where.keeper, [refused]), where.chair)
    for application in (filed, agenda, admitted, refused):
        assert client.get(reverse("applications:detail", args=[application.pk])).status_code == 200
    for name in ("edit", "edit_questionnaire", "route", "withdraw", "attach"):
        assert client.get(reverse(f"applications:{name}", args=[filed.pk])).status_code == 200
    for queue, count in (("waiting", 1), ("agenda", 1), ("notify", 2), ("decided", 2), ("withdrawn", 0)):
        page = client.get(reverse("applications:list"), {"queue": queue})
        assert page.context["page"].paginator.count == count
    found = client.get(reverse("applications:list"), {"q": filed.surname.lower()})
    assert [row[0] for row in found.context["rows"]] == [filed.pk]
    with monkeypatch.context() as patch:
        patch.setattr("registry.fields.decrypt", lambda _token: pytest.fail("a list reads what is encrypted"))
        for queue in ("agenda", "notify", "decided", "withdrawn"):
            assert client.get(reverse("applications:list"), {"queue": queue}).status_code == 200
    invited, notified = (reverse("applications:notices", args=[kind]) for kind in ("invited", "notified"))
    assert client.get(invited, {"selected": agenda.pk}).status_code == 200
    day = {"noting": "1", "on": applicants.days(1).strftime("%d.%m.%Y"), "way": "post"}
    client.post(notified, {**day, "selected": [admitted.pk, refused.pk], "pickup_place": "Садовая, 5"})
    assert Application.objects.filter(notified_on=applicants.days(1)).count() == 2
    superior = places.signed_in(where.region_chair)
    assert superior.get(reverse("applications:detail", args=[filed.pk])).status_code == 200
    assert superior.get(reverse("applications:edit", args=[filed.pk])).status_code == 403
    assert places.signed_in(places.voi().chair).get(reverse("applications:detail", args=[filed.pk])).status_code == 404


def test_u_5_one_decision_named_for_a_whole_list_admits_everybody_on_it() -> None:
    union = places.union()
    heading = "Фамилия;Имя;Отчество;Пол;Дата рождения;Дата вступления"
    rows = "Абрамова;Марфа;Никифоровна;ж;22.09.1978;10.11.2025\nБелов;Пётр;Ильич;м;01.02.1980;10.11.2025"
    batch = upload_list(
        organization=union.keeper, data=f"{heading}\n{rows}".encode(), name="список.csv", by=union.chair
    )
    decided = {"minutes_number": "7", "minutes_date": dt.date(2025, 11, 10), "registered_on": dt.date(2025, 11, 10)}
    set_columns(batch.pk, mapping=batch.mapping, defaults=decided, by=union.chair)
    apply_batch(batch.pk, by=union.chair)
    found = Registration.objects.values_list("start_reason", "minutes_number", "minutes_date", "started_on")
    assert list(found) == [("admission", "7", dt.date(2025, 11, 10), dt.date(2025, 11, 10))] * 2


def test_v_a1_what_has_ended_by_the_meeting_holds_up_the_decision(voi: places.Place) -> None:
    charter, soon = voi.keeper.charter, timezone.localdate() + dt.timedelta(days=3)
    application = applicants.apply(voi, certificate_issued_on=dt.date(2024, 1, 1), certificate_expires_on=soon)
    late = soon + dt.timedelta(days=1)
    assert [held_up_by(application, charter, [], on) for on in (None, soon)] == [[], []]
    assert [(point.rule, point.part) for point in held_up_by(application, charter, [], late)] == [
        ("V-A1", "certificate_expires_on")
    ]
    guardian = applicants.apply(voi, category="guardian")
    child = applicants.ward_of(guardian, birth_date=dt.date(late.year - 18, late.month, late.day))
    assert held_up_by(guardian, charter, [child], soon) == []
    assert [point.rule for point in held_up_by(guardian, charter, [child], late)] == ["V-A1"]
    child.answers, child.mandate_issued_on = {}, None
    assert [point.rule for point in held_up_by(guardian, charter, [child], soon)] == ["V-A1", "V-A4"]


def test_v_a1_the_group_disabled_child_is_refused_for_adults(voi: places.Place) -> None:
    with refused("V-A1", field="disability_group"):
        applicants.apply(voi, disability_group="child")
    applicants.apply(voi, disability_group="child", category="guardian")


def test_v_a2_an_organisation_of_another_region_that_serves_the_town_is_offered_and_deciding_here_needs_a_reason(
    voi: places.Place,
) -> None:
    elsewhere = trees.below(trees.below(voi.head, Level.REGIONAL, "Калужская РО ВОИ"), Level.LOCAL, "Обнинская МО ВОИ")
    for organization, territory in ((voi.keeper, "г. Тула"), (elsewhere, "Боровск\nОбнинск")):
        OrganizationPassport.objects.filter(organization=organization).update(territory=territory)
    application = applicants.apply(voi, city="г. Обнинск")
    far = places.voi()
    OrganizationPassport.objects.filter(organization=far.keeper).update(territory="Обнинск")
    offered = suggestions(voi.keeper, {"city": "г. Обнинск"})
    assert [(one.organization, one.serves) for one in offered] == [(elsewhere, True)]
    assert other_regions(voi.keeper) == [elsewhere.parent]
    client, address = signed_in(voi.chair), reverse("applications:route", args=[application.pk])
    page = reverse("applications:detail", args=[application.pk])
    assert f'<option value="{elsewhere.pk}"' in client.get(address).content.decode()
    assert address in client.get(page).content.decode()
    client.post(address, {"stay": "1", "why": " "})
    assert Application.objects.get().routing == ""
    client.post(address, {"stay": "1", "why": "ближайшая"})
    assert Application.objects.get().routing == "ближайшая"
    assert "не входит в территорию" not in client.get(page).content.decode()


@pytest.mark.both
@pytest.mark.parametrize(
    ("city", "residence", "here"),
    [
        ("г. Тула", "", True),
        ("г. Обнинск", "300041, Тульская обл., г. Тула, ул. Советская, д. 5", True),
        ("г. Обнинск", "Тула ул. Советская 5", True),
        ("", "г. Тула, ул. Советская", True),
        ("г. Обнинск", "г. Калуга, ул. Тула, д. 5", False),
        ("г. Обнинск", "Тула-50", False),
        ("г. Обнинск", "", False),
    ],
)
def test_v_a2_the_place_of_residence_counts_as_well_as_that_of_registration(
    voi: places.Place, city: str, residence: str, here: bool
) -> None:
    other = trees.below(voi.region, Level.LOCAL, "Щёкинская МО ВОИ")
    for organization, territory in ((voi.keeper, "Тульская обл.\nг. Тула"), (other, "г. Щёкино")):
        OrganizationPassport.objects.filter(organization=organization).update(territory=territory)
    application = applicants.apply(voi, city=city, residence=residence)
    client = signed_in(voi.chair)
    page = client.get(reverse("applications:detail", args=[application.pk])).content.decode()
    route = client.get(reverse("applications:route", args=[application.pk])).content.decode()
    told = ["не входит в территорию" in page, "в её паспорте" in route, "ни одна организация региона" in route.lower()]
    assert told == [not here, here, not here]


def test_v_a2_organisations_of_a_region_without_recorded_territories_are_chosen_by_region(
    voi: places.Place,
) -> None:
    region = trees.below(voi.head, Level.REGIONAL, "Калужская РО ВОИ")
    elsewhere = trees.below(region, Level.LOCAL, "Обнинская МО ВОИ")
    application = applicants.apply(voi, city="г. Обнинск")
    client, address = signed_in(voi.chair), reverse("applications:route", args=[application.pk])
    option = f'<option value="{elsewhere.pk}"'
    assert [option in client.get(address + tail).content.decode() for tail in ("", f"?region={region.pk}")] == [
        False,
        True,
    ]
    client.post(f"{address}?region={region.pk}", {"organization": elsewhere.pk, "reason": "обслуживает адрес"})
    assert Application.objects.get().organization == elsewhere


def test_v_a4_what_is_missing_leads_to_where_it_is_filled_in(voi: places.Place) -> None:
    application = applicants.apply(voi, category="guardian", stated={"copies": []})
    page = reverse("applications:detail", args=[application.pk])
    edit = reverse("applications:edit", args=[application.pk])
    shown = signed_in(voi.chair).get(page).content.decode()
    addresses = [f"{edit}#id_copies", reverse("applications:add_ward", args=[application.pk])]
    assert [f'href="{place}"' in shown for place in addresses] == [True, True]
    row = add_representation(application_id=application.pk, values=ward(mandate_number=""), by=voi.chair)
    place = f'href="{reverse("applications:edit_ward", args=[row.pk])}"'
    seen = [signed_in(actor).get(page).content.decode() for actor in (voi.chair, voi.reviewer)]
    assert [place in shown for shown in seen] == [True, False]


def test_v_a5_the_queue_leads_to_the_next_meeting_or_to_planning_one(voi: places.Place) -> None:
    applicants.apply(voi)
    client, address = signed_in(voi.chair), reverse("applications:list")
    assert f'href="{reverse("meetings:plan")}"' in client.get(address).content.decode()
    meeting = sessions.planned(voi.keeper, voi.chair, held_on=applicants.days(-3))
    shown = client.get(address).content.decode()
    wanted = [reverse("meetings:detail", args=[meeting.pk]), reverse("meetings:plan")]
    assert [f'href="{url}"' in shown for url in wanted] == [True, False]
