"""One local organisation of the society on SQLite, first with few people, then with many (issue A, speed)."""

from __future__ import annotations

import argparse
import datetime as dt
import io
from typing import Any

import xlsxwriter
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from documents.consents.models import ConsentText
from documents.printing.core import forms
from documents.printing.jobs import sheets_of
from members.lists import batches
from members.lists.enums import BatchState
from members.lists.models import ImportBatch, ImportRow
from members.people.models import Member
from members.people.transitions.registration import register_many
from registry.access import Actor
from registry.accounts.models import Account
from registry.demo import consents
from registry.demo.accounts import give
from registry.demo.people import People
from registry.demo.tree import Founder, Tree
from registry.enums import Role
from registry.indexes import learn_sizes
from registry.jobs.models import Job
from registry.jobs.queue import fetch_result, run_job, start_job
from registry.organizations.models import Organization
from registry.organizations.transitions.founding import found_federation
from registry.organizations.transitions.renames import ask_rename
from tests.members import full_lists

from .addresses import pages
from .measure import COLUMNS, Figure, browser, page, say, table, timed

#: The dry run of 1,000 rows, 100 consents of two pages.
DRY_RUN_SECONDS, CONSENTS_SECONDS = 3, 20
_ROWS, _CONSENTS = 1000, 100
#: Searches and filters of the list as query strings.
QUERIES = {
    "surname": "q=иванов",
    "beginnings of names": "q=а+с",
    "other layout": "q=bdfyjd",
    "ticket": "q=0010",
    "date": "q=12.03.1968",
    "nobody": "q=щщщщ",
    "page 9": "page=9",
    "cell": "cell=none",
    "consent": "consent=signed",
    "incomplete": "complete=no",
    "age and sex": "sex=female&age_from=30&age_to=60",
    "birth month": "birth_month=5",
    "joined": "joined_from=01.01.2010&joined_to=31.12.2020",
    "no telephone": "phone=no",
    "arrived from outside": "outside=yes",
    "by date of birth": "sort=-birth_date",
    "by ticket": "sort=ticket_number",
    "search and filters": "q=а&consent=signed&complete=yes&sort=joined_on",
}
_HEADS = ("Фамилия", "Имя", "Отчество", "Дата рождения", "Пол", "СНИЛС", "Город", "Улица", "Дом", "Мобильный телефон")
_FIELDS = (
    "surname",
    "given_name",
    "patronymic",
    "birth_date",
    "sex",
    "snils",
    "city",
    "street",
    "house",
    "phone_mobile",
)


def run(options: argparse.Namespace) -> int:
    """Build, measure, build more, measure again, then the long operations; return the number of figures that are too
    large.
    """
    translation.activate("ru")
    place = Place()
    say(f"{options.few} people …")
    place.grow(options.few)
    place.fill()
    few = place.measure(options.repeats)
    say(f"{options.people} people …")
    place.grow(options.people)
    many = place.measure(options.repeats)
    wrong = _pages(few, many, options)
    if not options.pages_only:
        wrong += _works(place)
    say(f"\nToo large: {wrong}" if wrong else "\nAll within what is promised.")
    return int(wrong > 0)


def _pages(few: dict[str, Figure], many: dict[str, Figure], options: argparse.Namespace) -> int:
    rows, others = [], []
    for name, figure in many.items():
        before = few[name]
        if figure.status != 200:
            others.append(f"{name} {figure.status}")
            continue
        faults = figure.faults(name) + (["GROWS"] if figure.queries > before.queries else [])
        rows.append((name, before.queries, figure.queries, f"{before.ms:.0f}", *figure.cells(), " ".join(faults)))
    few_people, people = options.few, options.people
    say()
    table(("page", f"queries {few_people}", f"queries {people}", f"ms {few_people}", *COLUMNS, ""), rows)
    say(f"\nNo pages (forms' answers, files): {', '.join(others)}")
    return sum(1 for row in rows if row[-1])


class Place:
    """The measured federation: the organisation, its chair and the superior."""

    def __init__(self) -> None:
        self.by = Actor.system("benchmark")
        self.people = People(7, timezone.localdate())
        head = found_federation(
            code="voi", name="ВОИ", charter_key="voi", full_name="Всероссийское общество инвалидов", short_name="ВОИ",
            by=self.by, is_legal_entity=True,
        )  # fmt: skip
        self.tree: Tree = Founder(head, self.people, self.by).society()
        self.keeper = self.tree.locals[0]
        self.cells = [o for o in self.tree.primaries if o.parent_id == self.keeper.pk]
        self.chair = self._officer("chair", self.keeper)
        self.region = self._officer("region", self.tree.regions[0])
        self.member: Member | None = None
        self.lists: dict[str, str] = {}

    def _officer(self, login: str, organization: Organization) -> Actor:
        give(login, organization, Role.CHAIR, self.people, self.by)
        Account.objects.filter(login=login).update(must_change_password=False)
        return Actor.of(Account.objects.get(login=login))

    def values(self, number: int) -> dict[str, Any]:
        """Return a new person as a chair would type them."""
        values = self.people.society_member(city="Тула", region="Тульская область", postcode="300041")
        return values | {"ticket_number": f"{number:07}", "confirmed_duplicate": True}

    def grow(self, people: int) -> None:
        """Register people up to the number; print their consents, most of them signed."""
        count = Member.objects.filter(organization=self.keeper).count()
        for start in range(count, people, 500):
            batch = []
            for number in range(start, min(start + 500, people)):
                values = self.values(number + 1)
                values |= {"cell": self.people.chance.choice(self.cells).pk, "registered_on": values["joined_on"]}
                batch.append(values)
            register_many(organization=self.keeper, people=batch, by=self.by)
        consents.collect(self.keeper, self.people, self.by)

    def fill(self) -> None:
        """Create more rows than fit on a page in every list, with dues charged for two years."""
        self.lists = full_lists.fill(self.keeper, self.chair)

    def measure(self, repeats: int) -> dict[str, Figure]:
        """Measure all pages as the chair, and lists as their superior too."""
        # As a worker does when tables have grown.
        learn_sizes()
        chair, region = browser(self.chair), browser(self.region)
        found = {
            name: page(chair, address, repeats) for name, address in (pages(self._arguments()) | self.lists).items()
        }
        members = reverse("members:list")
        for name, query in QUERIES.items():
            found[f"members:list, {name}"] = page(chair, f"{members}?{query}", repeats)
        for name in ("start", "members:list", "documents:consents", "organizations:tree", "members:places"):
            found[f"region: {name}"] = page(region, reverse(name), repeats)
        for name in ("surname", "incomplete", "by date of birth"):
            found[f"region: members:list, {name}"] = page(region, f"{members}?{QUERIES[name]}", repeats)
        return found

    def _arguments(self) -> dict[str, dict[str, Any]]:
        # The same person both times, with the same papers: one more is one more line on the card.
        signed = Member.objects.filter(organization=self.keeper, consent_state="signed")
        member = self.member = self.member or signed.order_by("pk")[100]
        job = Job.objects.filter(account=self.chair.account).first() or start_job(
            "documents.print", {"form": "consent", "ids": [member.pk]}, by=self.chair
        )
        text = ConsentText.objects.filter(federation=self.keeper.federation).first()
        cell_chair = Account.objects.filter(login="cell").first() or self._officer("cell", self.cells[0]).account
        asked = self.cells[0].rename_requests.first() or ask_rename(
            self.cells[0].pk, full_name="Первичная ячейка «Надежда»", short_name="ПО «Надежда»", by=Actor.of(cell_chair)
        )
        row = ImportRow.objects.filter(batch=self._list()).order_by("number")[100]
        return {
            "": {},
            "members": {"pk": member.pk, "tab": "general", "part": "identity", "kind": "education"},
            "documents": {"pk": member.pk, "form": "consent"},
            "documents:text": {"pk": text.pk if text else 0},
            "organizations": {"pk": self.keeper.pk, "tab": "inpo"},
            "organizations:rename_decide": {"pk": asked.pk},
            "organizations:move": {"pk": self.cells[1].pk},
            "organizations:merge": {"pk": self.cells[1].pk},
            "organizations:liquidate": {"pk": self.cells[1].pk},
            "organizations:begin_liquidation": {"pk": self.cells[1].pk},
            "accounts": {"pk": cell_chair.pk},
            "jobs": {"pk": job.pk},
            "imports": {
                "pk": row.batch_id,
                "batch": row.batch_id,
                "row": row.pk,
                "number": row.number,
                "batch_pk": row.batch_id,
                "row_pk": row.pk,
            },
        }

    def _list(self) -> ImportBatch:
        batch = ImportBatch.objects.filter(organization=self.keeper, state=BatchState.CHECKED).first()
        if batch is None:
            batch = self.upload(workbook([self.values(9_000_000 + n) for n in range(400)]))
        return batch

    def upload(self, data: bytes) -> ImportBatch:
        """Measure the dry run of a list, from the file to the verdict on each row."""
        batch = batches.upload_list(organization=self.keeper, data=data, name="list.xlsx", by=self.chair)
        return batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=self.chair)


def workbook(people: list[dict[str, Any]]) -> bytes:
    """Return a list as chairs keep them."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, _HEADS)
        for line, person in enumerate(people, 1):
            cells = [person[name] for name in _FIELDS]
            sheet.write_row(line, 0, [f"{c:%d.%m.%Y}" if isinstance(c, dt.date) else c for c in cells])
    return stream.getvalue()


def _works(place: Place) -> int:
    """Measure the long operations once each."""
    data = workbook([place.values(100_000 + n) for n in range(_ROWS)])
    dry, batch = timed(lambda: place.upload(data))
    batches.accept(batch.pk, by=place.chair)
    put, done = timed(lambda: batches.apply_batch(batch.pk, by=place.chair))
    undo, _ = timed(lambda: batches.undo_batch(batch.pk, by=place.chair))
    form = forms()["consent"]
    ids = list(Member.objects.filter(organization=place.keeper).values_list("pk", flat=True)[:_CONSENTS])
    sheets_of(form, ids[:1], place.chair)
    work = start_job("documents.print", {"form": "consent", "ids": ids}, by=place.chair)
    papers, _ = timed(lambda: run_job.func(str(work.pk)))
    work.refresh_from_db()
    everybody = list(Member.objects.filter(organization=place.keeper).values_list("pk", flat=True))
    export = start_job("members.export", {"ids": everybody, "classes": []}, by=place.chair)
    exported, _ = timed(lambda: run_job.func(str(export.pk)))
    count = len(PdfReader(io.BytesIO(_result(work, place.chair))).pages)
    rows = [
        (f"dry run of {_ROWS} rows", f"{dry:.1f}", DRY_RUN_SECONDS, "SLOW" if dry > DRY_RUN_SECONDS else ""),
        (f"putting {done.counts['done']} of them", f"{put:.1f}", "", ""),
        ("undoing it", f"{undo:.1f}", "", ""),
        (
            f"{len(ids)} consents, {count} pages",
            f"{papers:.1f}",
            CONSENTS_SECONDS,
            "SLOW" if papers > CONSENTS_SECONDS else "",
        ),
        (f"download of {len(everybody)} cards", f"{exported:.1f}", "", ""),
    ]
    say()
    table(("work", "seconds", "at most", ""), rows)
    return sum(1 for row in rows if row[-1])


def _result(job: Job, by: Actor) -> bytes:
    return fetch_result(job.pk, by=by)[1]
