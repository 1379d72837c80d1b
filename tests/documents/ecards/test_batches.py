"""Consolidated orders: what is frozen when they are sent, the archive, the producer's answer (U-8)."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from documents.consents.models import Consent
from documents.ecards import rules
from documents.ecards.contents import AnswerLine
from documents.ecards.integrity import batches_are_unchanged
from documents.ecards.jobs import card_archive
from documents.ecards.models import CardAnswer, CardBatch, CardRequest, ElectronicCard
from documents.ecards.queries.manifest import frozen_requests, manifest_of
from documents.ecards.queries.numbering import next_serial
from documents.ecards.reading.answers import read_answer
from documents.ecards.transitions import batches, orders
from members.people.models import Member
from members.people.transitions.cards import put_photo
from registry import charters
from registry.charters import ElectronicCards
from registry.files import storage
from registry.files.models import StoredFile
from registry.jobs.models import Job
from registry.jobs.work import Work
from registry.spreadsheets.files import Unreadable, read_sheets
from registry.spreadsheets.writing import Workbook
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused

from .cards_world import Cards, cards_world, jpeg, made, number, other_region, requests_of, states, surnames, today

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files"), pytest.mark.once]


@pytest.fixture
def held() -> Cards:
    return cards_world()


def test_u8_accepted_requests_are_gathered_into_one_order_for_the_producer(held: Cards) -> None:
    with refused("U-8"):
        batches.gather_batch(held.place.region.pk, by=held.region)
    first = held.gathered("Абрамова")
    second = held.gathered("Белова")
    assert (first, first.state) == (second, "draft")
    assert states(requests_of(first)) == ["ordered", "ordered"]
    stranger, _place = other_region(held)
    with pytest.raises(CardBatch.DoesNotExist):
        batches.send_batch(first.pk, by=stranger)


def test_u8_only_the_region_consolidates(held: Cards) -> None:
    orders.check_order(held.submitted("Абрамова").pk, by=held.region)
    with refused("U-8"):
        batches.gather_batch(held.keeper.pk, by=held.chair)


@pytest.mark.both
def test_u8_a_dropped_batch_gives_its_requests_back_and_one_can_be_left_out(held: Cards) -> None:
    batch = held.gathered("Абрамова", "Белова")
    first, second = requests_of(batch)
    with refused("U-8", field="note"):
        batches.reject_request(first.pk, note=" ", by=held.region)
    left_out = batches.reject_request(first.pk, note="Фото", by=held.region)
    assert (left_out.state, left_out.batch, left_out.note) == ("rejected", None, "Фото")
    dropped = batches.drop_batch(batch.pk, by=held.region)
    second.refresh_from_db()
    assert (dropped.state, second.state, second.batch) == ("dropped", "checked", None)
    assert requests_of(batches.gather_batch(held.place.region.pk, by=held.region)) == [second]


def test_u8_sending_freezes_names_photographs_and_days(held: Cards) -> None:
    batch = held.gathered("Белова", "Абрамова")
    sent = batches.send_batch(batch.pk, by=held.region)
    assert (sent.state, sent.number, sent.sent_on, sent.producer) == ("sent", 1, today(), "ООО «Интернет Медиа»")
    assert sent.ship_by == sent.process_on + dt.timedelta(days=14)  # type: ignore[operator]
    requests = requests_of(sent)
    assert (surnames(requests), [r.position for r in requests]) == (["Абрамова", "Белова"], [1, 2])
    assert [(r.number, r.serial, len(r.code or "")) for r in requests] == [(None, None, 32)] * 2
    assert len({r.code for r in requests}) == 2
    # Later changes of the photograph and the name do not affect what was sent.
    member = held.member("Абрамова")
    put_photo(member.pk, jpeg=jpeg(7), by=held.chair)
    Member.objects.filter(pk=member.pk).update(surname="Иная")
    frozen = frozen_requests(sent)[0]
    assert frozen.photo is not None
    assert storage.read(frozen.photo) == jpeg()
    assert frozen.printed_name.split()[0] == "Абрамова"
    assert list(batches_are_unchanged()) == []


def test_u8_a_sent_batch_is_not_changed(held: Cards) -> None:
    batch = held.sent("Абрамова")
    (request,) = requests_of(batch)
    for step in (
        lambda: batches.send_batch(batch.pk, by=held.region),
        lambda: batches.drop_batch(batch.pk, by=held.region),
        lambda: batches.reject_request(request.pk, note="Фото", by=held.region),
    ):
        with refused("U-8"):
            step()
    CardRequest.objects.filter(pk=request.pk).update(printed_name="Подмена")
    assert list(batches_are_unchanged()) == [f"batch {batch.pk}: the manifest differs from the sent one"]


def test_u8_sending_checks_everybody_once_more(held: Cards) -> None:
    batch = held.gathered("Абрамова", "Белова")
    Consent.objects.filter(member=held.member("Абрамова"), purpose="transfer").update(state="withdrawn")
    with refused("U-8", blockers=1):
        batches.send_batch(batch.pk, by=held.region)
    assert states(requests_of(batch)) == ["ordered", "ordered"]
    assert StoredFile.objects.filter(purpose="card_photo").count() == 0


def test_u8_a_photograph_that_cannot_be_read_sends_nothing(held: Cards) -> None:
    batch = held.gathered("Абрамова", "Белова")
    photo = held.member("Абрамова").photo
    assert photo is not None
    storage.path_of(photo.pk).unlink(missing_ok=True)
    (storage.path_of(photo.pk).parents[1] / "new" / str(photo.pk)).unlink(missing_ok=True)
    with refused("U-8", blockers=1):
        batches.send_batch(batch.pk, by=held.region)
    assert CardBatch.objects.get().state == "draft"


def test_u8_numbers_of_cards_are_those_of_one_federation(held: Cards) -> None:
    ours, other = held.keeper.federation, places.union().keeper.federation
    held.made("Белова")
    CardRequest.objects.update(federation=other, serial=7)
    assert [next_serial(one, 5, 9) for one in (ours, other)] == [5, 8]
    rules.check_numbers_free([number(1)], ours.pk)
    with refused("U-8"):
        rules.check_numbers_free([number(1)], other.pk)
    held.made("Абрамова")
    assert CardRequest.objects.get(member=held.member("Абрамова")).number == number(1)


def own_range(monkeypatch: pytest.MonkeyPatch, first: int, last: int) -> None:
    """Let the federation number and print its cards itself."""
    own = ElectronicCards(printed_here=True, range=(first, last))
    changed = replace(charters.get("education_union"), electronic_cards=own)
    monkeypatch.setitem(charters._charters(), "education_union", changed)


def test_u8_numbers_of_the_own_range_follow_each_other_until_it_is_used_up(
    held: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_range(monkeypatch, 10_000_001, 10_000_003)
    first = requests_of(held.sent("Абрамова", "Белова"))
    assert [request.number for request in first] == ["100000017", "100000025"]
    assert all(rules.parse_number(request.number or "") == request.number for request in first)
    assert requests_of(held.sent("Власова"))[0].number == "100000033"
    held.put("Громова")
    with refused("U-8"):
        held.sent("Громова")


def test_u8_a_federation_that_prints_records_its_cards_as_made(held: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = held.sent("Власова")
    with refused("U-8"):
        batches.record_answer(foreign.pk, [made(requests_of(foreign)[0], 1)], printed_here=True, by=held.region)
    own_range(monkeypatch, 10_000_001, 10_000_003)
    batch = held.sent("Абрамова")
    (request,) = requests_of(batch)
    batches.record_answer(batch.pk, [AnswerLine(1, request.pk, made=True)], printed_here=True, by=held.region)
    request.refresh_from_db()
    assert (request.state, request.number) == ("made", "100000017")


@pytest.mark.both
def test_u8_who_prints_the_cards_of_an_order_stays_as_it_was_sent(held: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign, charter = held.sent("Власова"), charters.get("education_union")
    own_range(monkeypatch, 10_000_001, 10_000_003)
    own = held.sent("Абрамова", "Белова")
    region = signed_in(held.region)

    def offered(batch: CardBatch) -> tuple[bool, int, int]:
        question, faces = (
            reverse(f"documents:{name}", args=[batch.pk]) for name in ("cards_printed", "print_card_faces")
        )
        page = region.get(reverse("documents:card_batch", args=[batch.pk]))
        return page.context["may_print_faces"], region.get(question).status_code, region.post(faces).status_code

    assert (offered(foreign), offered(own)) == ((False, 302, 404), (True, 200, 200))
    with refused("U-8", match="делает изготовитель"):
        made_here = [AnswerLine(1, requests_of(foreign)[0].pk, made=True)]
        batches.record_answer(foreign.pk, made_here, printed_here=True, by=held.region)
    assert region.post(reverse("documents:cards_printed", args=[foreign.pk])).status_code == 302
    assert states(requests_of(foreign)) == ["sent"]
    # The charter switches back to the producer: cards with own numbers are still printed here.
    monkeypatch.setitem(charters._charters(), "education_union", charter)
    assert offered(own) == (True, 200, 200)
    region.post(reverse("documents:cards_printed", args=[own.pk]))
    assert states(requests_of(own)) == ["made", "made"]


def test_u8_a_number_of_the_own_range_that_the_producer_has_given_is_not_given_again(
    held: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = held.sent("Власова")
    line = AnswerLine(1, requests_of(foreign)[0].pk, made=True, number="100000025")
    batches.record_answer(foreign.pk, [line], by=held.region)
    own_range(monkeypatch, 10_000_001, 10_000_009)
    batch = held.gathered("Абрамова", "Белова")
    with refused("U-8", match="№ 100000025 из своего диапазона уже есть"):
        batches.send_batch(batch.pk, by=held.region)
    assert (states(requests_of(batch)), CardBatch.objects.get(pk=batch.pk).state) == (["ordered"] * 2, "draft")
    own_range(monkeypatch, 10_000_003, 10_000_009)
    batches.send_batch(batch.pk, by=held.region)
    assert [request.number for request in requests_of(batch)] == ["100000033", "100000041"]


# The archive


def archive_of(held: Cards, batch: CardBatch) -> zipfile.ZipFile:
    job = Job.objects.create(
        kind="documents.card_archive", params={"batch": batch.pk, "ids": []}, account=held.region.account,
        appointment=held.region.appointment, organization=held.place.region, state="running",
        created_at=batch.history.latest().history_date,
    )  # fmt: skip
    work = Work(job, held.region)
    card_archive(work)
    job.refresh_from_db()
    assert job.result is not None
    return zipfile.ZipFile(io.BytesIO(storage.read(job.result)))


@pytest.mark.both
def test_u8_the_archive_has_manifest_list_and_photographs_with_their_digests(held: Cards) -> None:
    batch = held.sent("Абрамова", "Белова")
    archive = archive_of(held, batch)
    manifest = json.loads(archive.read("manifest.json"))
    requests = requests_of(batch)
    assert [(c["id"], c["name"], c["code"]) for c in manifest["cards"]] == [
        (r.pk, r.printed_name, r.code) for r in requests
    ]
    assert sorted(archive.namelist()) == sorted(
        ["manifest.json", "cards.xlsx", *(c["photo"] for c in manifest["cards"])]
    )
    for card in manifest["cards"]:
        data = archive.read(card["photo"])
        assert (data, hashlib.sha256(data).hexdigest()) == (jpeg(), card["sha256"])
    assert rules.manifest_digest(archive.read("manifest.json").decode()) == batch.digest
    (sheet,) = read_sheets(archive.read("cards.xlsx"))
    assert [row.cells[0] for row in sheet.rows] == ["id", *(r.pk for r in requests)]
    assert [row.cells[2] for row in sheet.rows[1:]] == [r.printed_name for r in requests]
    again = archive_of(held, batch)
    assert [again.read(name) for name in again.namelist()] == [archive.read(name) for name in archive.namelist()]


def test_u8_the_archive_of_an_unsent_order_is_refused(held: Cards) -> None:
    with refused("U-8"):
        archive_of(held, held.gathered("Абрамова"))


# The answer


def workbook(*rows: Sequence[Any], headings: Sequence[str] = ("id", "Номер карты", "Результат", "Причина")) -> bytes:
    with Workbook() as book:
        page = book.add_page("Ответ", [(heading, 20) for heading in headings])
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                book.write(page, at, column, value)
    return book.data


def test_u8_the_answer_is_read_from_a_workbook_and_from_text(held: Cards) -> None:
    rows = [
        (7, number(1), "изготовлена", ""),
        (8, "", "брак", "Фото"),
        ("х", number(2), "", ""),
        (9, "123", "готово", ""),
    ]
    expected = [
        AnswerLine(2, 7, made=True, number=number(1)),
        AnswerLine(3, 8, made=False, note="Фото"),
        AnswerLine(4, None, made=None, number=number(2)),
        AnswerLine(5, 9, made=True, number=None),
    ]
    assert read_answer(workbook(*rows)) == expected
    text = "id;Номер карты;Результат;Причина\n" + "\n".join(";".join(map(str, row)) for row in rows)
    assert read_answer(text.encode("cp1251")) == expected
    without = read_answer(workbook((7, number(1)), (8, ""), headings=("ID", "number")))
    assert [(line.request_id, line.made) for line in without] == [(7, True), (8, None)]


def test_u8_a_file_without_ids_or_lines_or_that_is_none_is_refused() -> None:
    with refused("U-8", field="file"):
        read_answer(workbook((1, 2), headings=("ФИО", "Номер")))
    with refused("U-8", field="file"):
        read_answer(workbook())
    with pytest.raises(Unreadable):
        read_answer(b"%PDF-1.7")


def test_u8_an_answer_has_a_maximum_number_of_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_ANSWERED", 2)
    rows = [(1, number(1), "готово"), (2, number(2), "готово")]
    assert len(read_answer(workbook(*rows))) == 2
    with refused("U-8", field="file"):
        read_answer(workbook(*rows, (3, number(3), "готово")))


def outcomes(answer: CardAnswer) -> list[tuple[int, str]]:
    return [(row, outcome) for row, _request, outcome in answer.lines]


def test_u8_the_answer_is_recorded_line_by_line_in_any_order(held: Cards) -> None:
    batch = held.sent("Абрамова", "Белова", "Власова")
    first, second, third = requests_of(batch)
    answer = batches.record_answer(
        batch.pk,
        [
            made(third, 3, row=2),
            made(third, 3, row=3),
            AnswerLine(4, 10**9, made=True, number=number(9)),
            AnswerLine(5, first.pk, made=False, note="Фото не подходит"),
            made(third, 4, row=6),
            AnswerLine(7, second.pk, made=True, number=None),
            AnswerLine(8, second.pk, made=None),
            AnswerLine(9, second.pk, made=True, number=number(3)),
        ],
        by=held.region,
    )
    assert outcomes(answer) == [
        (2, "made"), (3, "repeated"), (4, "unknown"), (5, "failed"), (6, "contradicts"), (7, "bad_number"),
        (8, "no_result"), (9, "taken_number"),
    ]  # fmt: skip
    assert states([first, second, third]) == ["failed", "sent", "made"]
    third.refresh_from_db()
    first.refresh_from_db()
    assert (third.number, first.number, first.note, first.photo) == (number(3), None, "Фото не подходит", None)


def test_u8_loading_an_answer_twice_changes_nothing(held: Cards) -> None:
    batch = held.sent("Абрамова", "Белова")
    first, second = requests_of(batch)
    lines = [made(first, 1), AnswerLine(3, second.pk, made=False, note="Брак")]
    batches.record_answer(batch.pk, lines, by=held.region)
    before = list(CardRequest.objects.order_by("pk").values())
    again = batches.record_answer(batch.pk, lines, by=held.region)
    assert [outcome for _row, outcome in outcomes(again)] == ["known", "known"]
    assert list(CardRequest.objects.order_by("pk").values()) == before
    other = batches.record_answer(batch.pk, [made(first, 2), made(second, 3)], by=held.region)
    assert [outcome for _row, outcome in outcomes(other)] == ["contradicts", "contradicts"]
    assert list(CardRequest.objects.order_by("pk").values()) == before


def test_u8_an_answer_belongs_to_its_own_order(held: Cards) -> None:
    one, two = held.sent("Абрамова"), held.sent("Белова")
    (foreign,) = requests_of(two)
    answer = batches.record_answer(one.pk, [made(foreign, 1)], by=held.region)
    assert (outcomes(answer), states([foreign])) == ([(2, "unknown")], ["sent"])
    draft = held.gathered("Власова")
    with refused("U-8"):
        batches.record_answer(draft.pk, [made(requests_of(draft)[0], 1)], by=held.region)


def test_u8_an_answer_for_somebody_who_left_is_named(held: Cards) -> None:
    batch = held.sent("Абрамова")
    (request,) = requests_of(batch)
    CardRequest.objects.filter(pk=request.pk).update(state="cancelled")
    answer = batches.record_answer(batch.pk, [made(request, 1)], by=held.region)
    assert (outcomes(answer), states([request])) == ([(2, "cancelled")], ["cancelled"])


def test_u8_a_card_that_is_lost_at_the_producer_fails_and_is_ordered_again(held: Cards) -> None:
    batch = held.made("Абрамова")
    (request,) = requests_of(batch)
    with refused("U-8", field="note"):
        batches.fail_request(request.pk, note="", by=held.region)
    batches.fail_request(request.pk, note="Утрачена при пересылке", by=held.region)
    again = held.order("Абрамова").requests.get(member=request.member, state="draft")
    assert (states([request]), again.replaces, again.reason) == (["failed"], request, "first")
    assert ElectronicCard.objects.count() == 0


@pytest.mark.both
def test_u8_the_page_of_an_answer_names_what_was_not_recorded_first(held: Cards) -> None:
    batch = held.sent("Абрамова", "Белова")
    first, second = requests_of(batch)
    client = signed_in(held.region)
    file = io.BytesIO(workbook((first.pk, number(1), "готово", ""), (10**9, number(2), "готово", "")))
    file.name = "answer.xlsx"
    page = client.post(f"/papers/cards/batches/{batch.pk}/answer/", {"file": file}, follow=True)
    assert [(row, name.printed_name if name else None, settled) for row, name, _l, settled in page.context["rows"]] == [
        (3, None, False),
        (2, first.printed_name, True),
    ]
    assert (page.context["wrong"], page.context["missing"]) == (1, 1)
    assert manifest_of(batch, [first, second]) == manifest_of(batch, frozen_requests(batch))
