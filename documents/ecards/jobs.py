"""The archive of a batch for the producer (list, photographs, manifest), and the reading of its answer (U-8)."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
import zipfile
from typing import IO, cast

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from documents.papers.card_face import address_of
from registry.access import require
from registry.answers import ZIP
from registry.enums import Permission
from registry.files import storage
from registry.jobs import uploads
from registry.jobs.kinds import job
from registry.jobs.work import Work
from registry.sizes import PAGE_ROWS
from registry.spreadsheets.writing import Workbook

from .contents import AnswerLine
from .models import CardBatch, CardRequest
from .queries.manifest import LIST, MANIFEST, frozen_requests, manifest_of, photo_name
from .reading.answers import read_answer
from .rules import check_is_sent
from .transitions.batches import record_answer

#: Kind of the job that reads large answers.
READ_ANSWER = "documents.read_answer"
#: Date of the files in the archive, fixed so that the same order always gives the same archive.
_DAY = (2026, 1, 1, 0, 0, 0)
_CREATED = dt.datetime(*_DAY)
#: Size in bytes above which the archive is kept in a temporary file instead of memory.
_MAX_IN_MEMORY = 8 * 1024 * 1024
_COLUMNS = [
    ("id", 12),
    ("№ п/п", 8),
    ("Фамилия, имя, отчество", 45),
    ("№ карты", 22),
    ("Адрес для QR-кода", 70),
    ("Фото", 26),
]


@job("documents.card_archive", _("Archive of an order of electronic cards"))
def card_archive(work: Work) -> None:
    """Make the archive of the batch `params["batch"]` in portions."""
    batch = CardBatch.objects.visible_to(work.actor).get(pk=work.params["batch"])
    require(work.actor, Permission.ORDER_CARDS, batch.organization)
    check_is_sent(batch)
    requests = frozen_requests(batch)

    def pack(part: list[CardRequest]) -> str:
        with io.BytesIO() as target:
            with zipfile.ZipFile(target, "w") as archive:
                for request in part:
                    if request.photo is not None:
                        _add_file(archive, photo_name(request), storage.read(request.photo))
            return work.keep_part(target.getvalue())

    work.each(requests, PAGE_ROWS, pack)
    with tempfile.SpooledTemporaryFile(_MAX_IN_MEMORY) as target:
        with zipfile.ZipFile(target, "w") as archive:
            _add_file(archive, MANIFEST, manifest_of(batch, requests).encode())
            _add_file(archive, LIST, card_list(requests))
            for part in work.parts():
                with zipfile.ZipFile(io.BytesIO(part)) as photos:
                    for name in photos.namelist():
                        _add_file(archive, name, photos.read(name))
        work.finish(cast(IO[bytes], target), name=f"cards-{batch.pk}.zip", content_type=ZIP, cards=len(requests))


@job(
    READ_ANSWER,
    _("Reading of the answer of a producer"),
    page=uploads.leads_to("documents:load_card_answer", "batch"),
    given_up=uploads.forget,
    remains=uploads.REMAINS,
    meanwhile=uploads.MEANWHILE,
)
def read_card_answer(work: Work) -> None:
    """Read the answer to the order `params["batch"]`, and record it."""

    def keep(lines: list[AnswerLine]) -> str:
        answer = record_answer(work.params["batch"], lines, by=work.actor)
        return reverse("documents:card_answer", args=[answer.pk])

    uploads.read(work, read_answer, keep)


def card_list(requests: list[CardRequest]) -> bytes:
    """Return the workbook of the batch. The producer's answer has to keep its column of ids."""
    with override("ru"), Workbook(constant_memory=True) as book:
        # A fixed date, so that the same order gives the same file.
        book.book.set_properties({"created": _CREATED})
        page = book.add_page("Карты", _COLUMNS, frozen=1)
        for row, request in enumerate(requests, 1):
            number = request.number if request.serial is not None else ""
            # Numbers are stored as text, because a spreadsheet keeps only fifteen digits.
            values = [
                request.pk,
                request.position,
                request.printed_name,
                number,
                address_of(request.code or ""),
                photo_name(request),
            ]
            for column, value in enumerate(values):
                book.write(page, row, column, value)
    return book.data


def _add_file(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    packed = zipfile.ZIP_STORED if name.endswith(".jpg") else zipfile.ZIP_DEFLATED
    archive.writestr(zipfile.ZipInfo(name, _DAY), data, packed)
