"""Electronic cards on PostgreSQL: choosing, the archive, the answer, acts, handing out; messages about members.

Members are registered by the transitions; their photographs are stored without them (U-7 to U-10).
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import resource
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from documents.consents.enums import ConsentPurpose
from documents.consents.transitions.consents import mark_many_signed
from documents.ecards.models import CardBatch, CardRequest
from documents.ecards.reading.answers import read_answer
from documents.ecards.rules import MAX_CARDS, MAX_LINES, check_digit
from documents.ecards.transitions import batches, cards, deliveries, orders
from documents.exchange.enums import Channel, OutboxState
from documents.exchange.jobs import DELIVER
from documents.exchange.models import OutboxEntry
from documents.exchange.transitions.settings import change_settings
from members.people.models import Member
from members.people.transitions.registration import register_many
from registry.access import Actor
from registry.accounts.models import Account
from registry.demo.accounts import give
from registry.demo.people import People
from registry.enums import Level, Role
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.jobs.queue import run_job, start_job
from registry.organizations.models import Organization
from registry.organizations.transitions.charters import change_charter
from registry.organizations.transitions.founding import found_federation, found_organization
from tests.documents.exchange.programme import SECRET, running

from .measure import COLUMNS, browser, page, say, table, timed

#: Maximum megabytes of a batch, in addition to the process itself.
MEMORY_MB = 400
_SIZE = (600, 800)


def run(options: argparse.Namespace) -> int:
    """Build, order, send, answer and hand out; return 1 if a page is slow or a step takes too much memory."""
    translation.activate("ru")
    seconds, world = timed(lambda: World(options.cards))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say(f"{options.cards} members who lack nothing in {len(world.keepers)} organisations: {seconds:.0f} s")
    slow = world.pages(options.repeats)
    world.make()
    slow |= world.pages(options.repeats)
    world.tell()
    table(("step", "cards", "queries", "s", "MB"), world.steps)
    too_much = any(int(step[-1]) > MEMORY_MB for step in world.steps)
    return int(slow or too_much)


class World:
    """A region of the union, whose primary organisations have as many members as fit into one order."""

    def __init__(self, count: int) -> None:
        self.by, self.today, self.steps = Actor.system("benchmark"), timezone.localdate(), list[tuple[Any, ...]]()
        self.people = People(11, self.today)
        self.head = found_federation(
            code="union", name="Профсоюз", charter_key="education_union", full_name="Профсоюз", short_name="Профсоюз",
            by=self.by, is_legal_entity=True, legal_address="119000, г. Москва, ул. Садовая, д. 1",
        )  # fmt: skip
        firms = {key: {"name": "ООО «Карты»", "address": "г. Москва"} for key in ("bonus_programme", "card_producer")}
        change_charter(self.head.federation_id, values={"recipients": firms}, by=self.by)
        self.region = self._below(self.head, Level.REGIONAL, "Область")
        starts = range(0, count, MAX_LINES)
        self.keepers = [self._below(self.region, Level.PRIMARY, f"ППО № {start // MAX_LINES + 1}") for start in starts]
        for start, keeper in zip(starts, self.keepers, strict=True):
            self._fill(keeper, min(MAX_LINES, count - start))
        self.regional, self.chair = self._officer(self.region), self._officer(self.keepers[0])

    def _below(self, parent: Organization, level: str, name: str) -> Organization:
        return found_organization(parent=parent, level=level, short_name=name, full_name=name, by=self.by)

    def _officer(self, organization: Organization) -> Actor:
        login = f"chair-{organization.pk}"
        Organization.objects.filter(pk=organization.pk).update(name_checked_at=timezone.now())
        give(login, organization, Role.CHAIR, self.people, self.by)
        Account.objects.filter(login=login).update(must_change_password=False)
        return Actor.of(Account.objects.get(login=login))

    def _fill(self, keeper: Organization, count: int) -> None:
        where = {"workplace": "Школа № 5", "city": "Тула", "region": "Тульская область", "postcode": "300041"}
        people = [self.people.union_member(**where) for _ in range(count)]
        register_many(organization=keeper, people=[one | {"confirmed_duplicate": True} for one in people], by=self.by)
        members = list(Member.objects.filter(organization=keeper))
        photograph = made_photograph()
        for member in members:
            member.photo = storage.store_file(
                photograph, purpose=FilePurpose.PHOTO, name="photo.jpg", content_type="image/jpeg", organization=keeper
            )
            # The demonstration leaves gaps, which do not matter here.
            member.missing = 0
        Member.objects.bulk_update(members, ["photo", "missing"], batch_size=500)
        for purpose in (ConsentPurpose.PROCESSING, ConsentPurpose.TRANSFER):
            mark_many_signed(
                {member.pk: self.today - dt.timedelta(days=1) for member in members}, purpose=purpose, by_hand=True,
                by=self.by,
            )  # fmt: skip

    # The measurements

    def pages(self, repeats: int) -> bool:
        """Print the pages; return whether one of them exceeds a limit."""
        card = CardRequest.objects.filter(card__isnull=False).first()
        batch = CardBatch.objects.order_by("pk").first()
        found = [
            ("members chosen for an order", self.chair, reverse("documents:choose_cards")),
            ("electronic cards", self.chair, reverse("documents:cards")),
            ("electronic cards of the region", self.regional, reverse("documents:cards")),
            ("list of members by status", self.chair, reverse("members:list") + "?electronic_card=issued"),
            ("list of members without a card", self.chair, reverse("members:list") + "?electronic_card=none"),
            ("messages to the programme", self.chair, reverse("documents:programme")),
        ]
        if batch is not None and card is not None:
            found += [
                ("consolidated order", self.regional, reverse("documents:card_batch", args=[batch.pk])),
                ("public page of the code", self.chair, reverse("verify_card", args=[card.code])),
            ]
        rows, slow = [], False
        for name, actor, address in found:
            figure = page(browser(actor), address, repeats)
            faults = figure.faults(name) if figure.status == 200 else [str(figure.status)]
            slow |= bool(faults)
            rows.append((name, figure.queries, *figure.cells(), " ".join(faults)))
        table(("page", "queries", *COLUMNS, ""), rows)
        return slow

    def make(self) -> None:
        """Process orders, batches, answers, parcels and acts of all members until the cards are handed out."""
        for keeper in self.keepers:
            members = list(Member.objects.filter(organization=keeper).values_list("pk", flat=True))
            order = self._step("order", len(members), orders.add_to_order, keeper.pk, members=members)
            self._step("submit", len(members), orders.submit_order, order.pk)
            self._step("check", len(members), orders.check_order, order.pk)
        while CardRequest.objects.filter(state="checked").exists():
            waiting = CardRequest.objects.filter(state="checked").count()
            batch = self._step("gather", min(waiting, MAX_CARDS), batches.gather_batch, self.region.pk)
            self._batch(batch)
        for keeper in self.keepers:
            here = list(CardRequest.objects.filter(organization=keeper).values_list("pk", flat=True))
            act = self._step(
                "act", len(here), deliveries.hand_down, self.region.pk, receiver_id=keeper.pk, requests=here,
                sent_on=self.today,
            )  # fmt: skip
            self._step("confirm the act", len(here), deliveries.confirm_delivery, act.pk, arrived=here)
            self._step("hand out", len(here), cards.hand_out, keeper.pk, requests=here, on=self.today)

    def _batch(self, batch: CardBatch) -> None:
        requests = list(CardRequest.objects.filter(batch=batch).order_by("pk").values_list("pk", flat=True))
        count = len(requests)
        self._step("send", count, batches.send_batch, batch.pk)
        job = start_job("documents.card_archive", {"batch": batch.pk, "ids": []}, by=self.regional)
        self._step("archive", count, lambda _pk, by: run_job.func(str(job.pk)), batch.pk)
        # Each line occurs twice, as in an answer combined from two.
        data = "id;номер;результат\n" + "".join(f"{pk};{_number(pk)};изготовлена\n" for pk in requests * 2)
        lines = self._step("read the answer", 2 * count, lambda content, by: read_answer(content), data.encode())
        self._step("record the answer", len(lines), batches.record_answer, batch.pk, lines)
        parcel = self._step(
            "parcel", count, deliveries.record_parcel, self.region.pk, requests=requests, tracking=f"RA {batch.pk:04}",
            sent_on=self.today,
        )  # fmt: skip
        self._step("confirm the parcel", count, deliveries.confirm_delivery, parcel.pk, arrived=requests)

    def tell(self) -> None:
        """Deliver the messages to a server on loopback, for which the network is allowed."""
        settings.EXCHANGE_NETWORKS = ["127.0.0.0/8"]
        office = Actor.system("benchmark", self.head)
        with running() as server:
            change_settings(channel=Channel.WEB, address=server.url, signed_answers=False, new_secret=SECRET, by=office)
            waiting = OutboxEntry.objects.filter(state=OutboxState.WAITING).count()
            job = start_job(DELIVER, {"federation": self.head.federation_id}, by=office, organization=self.head)
            self._step("messages delivered", waiting, lambda _pk, by: run_job.func(str(job.pk)), job.pk)
        say(f"{OutboxEntry.objects.filter(state=OutboxState.CONFIRMED).count()} of {waiting} messages confirmed")

    def _step(self, name: str, count: int, work: Callable[..., Any], *arguments: Any, **values: Any) -> Any:
        """Do the work as the system; record its time, its queries, and the peak memory so far."""
        begin = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            answer = work(*arguments, **values, by=self.by)
        seconds = time.perf_counter() - begin
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self.steps.append((name, count, len(captured.captured_queries), f"{seconds:.1f}", memory))
        return answer


def made_photograph() -> bytes:
    """Return a photograph of the size in which uploaded ones are stored."""
    data = io.BytesIO()
    Image.effect_noise(_SIZE, 40).save(data, "JPEG", quality=60)
    return data.getvalue()


def _number(serial: int) -> str:
    digits = f"9643{serial:011}"
    return digits + check_digit(digits)
