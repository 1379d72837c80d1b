"""The floods, one function each. To add one, write it here with `@flood("its name")`; it sends through `attack`."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from django.db import connection
from django.urls import reverse
from PIL import Image

from members.people.models import ForeignHit
from registry.drafts.models import Draft
from registry.drafts.tokens import ticket
from registry.drafts.views import MAX_BYTES
from registry.jobs.models import Job
from tests.floods.browser import Answer, Browser, fields_of
from tests.floods.world import World
from tests.members.places import VOI_PERSON

#: Number of requests sent at the same time.
AT_ONCE = 12
JOBS_SECONDS = 180


@dataclass
class Attack:
    """The requests of a flood and their results."""

    world: World
    browser: Browser
    port: int
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    notes: list[str] = field(default_factory=list)

    def send(self, requests: Sequence[Callable[[], Answer]]) -> list[Answer]:
        """Send the requests, several at once; return the responses in the same order."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda ask: ask(), requests))
        self.statuses.update(answer.status for answer in answers)
        self.slowest = max([self.slowest, *(answer.seconds for answer in answers)])
        return answers

    def note(self, text: str) -> None:
        """Add a note to the report."""
        self.notes.append(text)


Flood = Callable[[Attack], None]
FLOODS: dict[str, Flood] = {}


def flood(name: str) -> Callable[[Flood], Flood]:
    """Register a flood under its name."""

    def register(function: Flood) -> Flood:
        FLOODS[name] = function
        return function

    return register


def _sheet(rows: str) -> bytes:
    """Return a workbook whose only sheet has these rows."""
    kinds = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    )
    links = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts = {
        "[Content_Types].xml": kinds,
        "_rels/.rels": (
            f'{links}<Relationship Id="r1" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{links}<Relationship Id="r1" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook {main} xmlns:r="{kind}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return packed.getvalue()


def _cell(row: int, text: str) -> str:
    return f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def _upload(attack: Attack, data: bytes, times: int) -> None:
    asked = partial(attack.browser.post, "/imports/upload/", {}, {"file": ("list.xlsx", data)})
    attack.send([asked] * times)
    waited = wait_for_jobs(attack)
    attack.note(f"file of {len(data) // 1024} KB, its jobs ended after {waited:.1f} s")


@flood("workbooks with the row 99999999999")
def far_row(attack: Attack) -> None:
    _upload(attack, _sheet(_cell(1, "ФИО") + _cell(99_999_999_999, "Ким Лев Олегович")), 12)


@flood("workbooks with a million empty rows")
def empty_rows(attack: Attack) -> None:
    empty = "".join(f'<row r="{number}"><c r="A{number}"/></row>' for number in range(2, 1_000_000))
    _upload(attack, _sheet(_cell(1, "ФИО") + empty), 6)


@flood("photographs of 25 million pixels")
def photographs(attack: Attack) -> None:
    picture = io.BytesIO()
    Image.effect_noise((500, 500), 60).resize((5000, 5000)).convert("RGB").save(picture, "JPEG", quality=60)
    data = picture.getvalue()
    attack.send(
        [
            partial(attack.browser.post, f"/members/{member.pk}/photo/change/", {}, {"photo": ("p.jpg", data)})
            for member in attack.world.own[:24]
        ]
    )
    attack.note(f"each of {len(data) // 1024} KB")


@flood("twelve identical prints, then twelve different ones")
def prints(attack: Attack) -> None:
    world = attack.world
    page = reverse("documents:print_many", args=["consent"])
    values = {"all": "1", "confirmed": "1", "by_hand": "1"}
    attack.send([partial(attack.browser.post, page, values)] * 12)
    attack.note(f"twelve identical prints made {_jobs(world)} job(s)")
    for number in range(12):
        chosen = [member.pk for member in world.own[number : number + 200]]
        attack.send([partial(attack.browser.post, page, {"selected": chosen, "confirmed": "1", "by_hand": "1"})])
    attack.note(f"twelve different ones after them: {_jobs(world)} jobs in all")
    # An officer of another federation prints for all of its members after these.
    asked = time.monotonic()
    other = Browser(attack.port, world.session_of(world.other))
    other.post(reverse("documents:print_many", args=["consent_transfer"]), values)
    other.post(page, values)
    job = Job.objects.filter(account=world.other.account).order_by("-created_at").first()
    while job is not None and job.state in {"queued", "running"} and time.monotonic() < asked + JOBS_SECONDS:
        time.sleep(0.2)
        connection.close()
        job.refresh_from_db()
    began = (job.started_at - job.created_at).total_seconds() if job is not None and job.started_at else -1.0
    said = (
        f"began after {began:.1f} s, was {job.state} after {time.monotonic() - asked:.1f} s" if job else "was not taken"
    )
    attack.note(f"a print of another federation {said}")
    for row in Job.objects.open().filter(account=world.flooder.account):
        attack.browser.post(f"/jobs/{row.pk}/cancel/", {})
    wait_for_jobs(attack)


@flood("spraying of one password over 120 logins from one address")
def spraying(attack: Attack) -> None:
    sprayer = Browser(attack.port, address="203.0.113.9")
    answers = attack.send(
        [
            partial(sprayer.post, "/sign-in/", {"username": f"user{number}", "password": "Summer-of-the-year"})
            for number in range(120)
        ]
    )
    compared = sum(answer.status == 200 for answer in answers)
    closed = sum(answer.status == 429 for answer in answers)
    attack.note(f"{compared} attempts were compared, {closed} were refused because the address is closed")


@flood("guesses of the present password")
def guessing(attack: Attack) -> None:
    values = {"password": "a quite new password", "again": "a quite new password"}
    answers = attack.send(
        [
            partial(attack.browser.post, "/my/password/", {"present": f"guess number {number}", **values})
            for number in range(30)
        ]
    )
    looked = sum("Это не ваш нынешний пароль" in answer.text for answer in answers)
    attack.note(f"{looked} of 30 guesses were compared with the password")


@flood("300 foreign names by hand and as a list")
def foreign_names(attack: Attack) -> None:
    world = attack.world
    there = world.foreign[0].organization.short_name  # type: ignore[union-attr]
    page = "/members/add/"
    empty = attack.browser.get(page).text
    person = {
        name: f"{value:%d.%m.%Y}" if isinstance(value, dt.date) else value
        for name, value in VOI_PERSON.items()
        if name not in {"snils", "ticket_number"}
    }
    common = fields_of(empty) | person | {"patronymic": "Павлович", "sex": "male", "ground": "карточка"}
    answers = attack.send(
        [
            partial(
                attack.browser.post,
                page,
                common
                | {
                    "surname": one.surname, "given_name": one.given_name,
                    "birth_date": f"{one.birth_date:%d.%m.%Y}",
                },
            )
            for one in world.foreign
        ]
    )  # fmt: skip
    named = sum(there in answer.text for answer in answers)
    closed = sum("Больше сегодня поиск для вас не ведётся" in answer.text for answer in answers)
    attack.note(f"by hand, the organisation was named for {named} of {len(answers)}, and {closed} were not looked up")
    lines = [f"{one.surname} {one.given_name};{one.birth_date:%d.%m.%Y};05.05.2005" for one in world.foreign]
    data = "\n".join(["ФИО;Дата рождения;Дата вступления", *lines, ""]).encode()
    (answer,) = attack.send([partial(attack.browser.post, "/imports/upload/", {}, {"file": ("list.csv", data)})])
    wait_for_jobs(attack)
    attack.send([partial(attack.browser.fill, answer.location, {})])
    wait_for_jobs(attack)
    rows = answer.location.replace("columns/", "rows/")
    shown = [attack.browser.get(f"{rows}?page={number}").text for number in range(1, 20)]
    waits = sum(text.count("запрошено разрешение на поиск") for text in shown)
    named = sum(text.count(there) for text in shown)
    attack.note(
        f"by the list, it was named {named} times on its pages, which say {waits} times that the superior is asked"
    )
    connection.close()
    attack.note(f"people of others shown: {ForeignHit.objects.filter(account=world.flooder.account).count()}")


@flood("drafts")
def drafts(attack: Attack) -> None:
    account = attack.world.flooder.account
    assert account is not None
    text = "ы" * (MAX_BYTES // 6 - 50)
    longer = "ы" * 150_000
    keys = [f"flood-{number}" for number in range(100)]
    attack.send([partial(attack.browser.post, f"/drafts/{key}/", {"a": text}) for key in keys])
    attack.send([partial(attack.browser.post, f"/drafts/{key}/", {"a": longer}) for key in keys])
    attack.note("a hundred keys that no form has, a hundred that are too long, then two hundred drafts with tickets")
    ours = [f"members-edit-{number}-general" for number in range(200)]
    attack.send(
        [partial(attack.browser.post, f"/drafts/{key}/", {"a": text, "draft_of": ticket(account, key)}) for key in ours]
    )
    connection.close()
    attack.note(f"kept: {Draft.objects.filter(account=account).count()}")


def _jobs(world: World) -> int:
    connection.close()
    return Job.objects.filter(account=world.flooder.account, kind="documents.print").count()


def wait_for_jobs(attack: Attack) -> float:
    """Wait until the flooder has no open jobs; return the seconds."""
    begun = time.monotonic()
    while time.monotonic() < begun + JOBS_SECONDS:
        connection.close()
        if not Job.objects.open().filter(account=attack.world.flooder.account).exists():
            break
        time.sleep(0.2)
    return time.monotonic() - begun
