"""The actors that request every address, and the records of the addresses (N-H1)."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from documents.consents.transitions.consents import attach_scan
from documents.exchange.models import ExchangeFile
from documents.printing.models import SHIFTS
from documents.printing.transitions import save_printer
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.issuing import prepare_issue
from documents.tickets.transitions.stock import hand_down_blanks, receive_blanks
from members.admission.models import Application
from members.book.enums import EndReason
from members.movement.enums import PaperCard
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.people.models import Member, SearchRequest
from members.people.transitions.registration import register_person
from members.reconciliation.models import ChangeProposal
from registry.access import Actor
from registry.accounts.models import Account, Appointment, SavedFilter
from registry.accounts.rules import second_factor
from registry.enums import Level, Role
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.jobs.enums import JobState
from registry.jobs.models import Job
from registry.organizations.models import Organization
from registry.organizations.transitions.renames import ask_rename, decide_rename
from tests.browser import world as browser_world
from tests.browser.world import World
from tests.registry import trees
from tests.worlds import laid_once

from .routes import ROUTES

WRITING = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) "(\w+)"')
#: The actors in the order of a row's results.
OWNER, NEIGHBOUR, BRANCH, REVIEWER, EX, FEDERATION, NOBODY = (
    "owner", "neighbour", "other branch", "reviewer", "ex-officer", "other federation", "anonymous",
)  # fmt: skip
ACTORS = (OWNER, NEIGHBOUR, BRANCH, REVIEWER, EX, FEDERATION, NOBODY)
LOGINS = (
    "voi-local",
    "voi-region",
    "voi-primary",
    "voi-federal",
    "union-primary",
    "union-local",
    "union-region",
    "voi-admin",
    "union-admin",
)
#: Values that only readers of these two cards may find in a response.
SECRETS = {
    "member": {"surname": "Щукарёва-Планова", "snils": "15560250850", "phone_mobile": "+79037714402"},
    "teacher": {"surname": "Жердецкая-Планова", "snils": "08765430300", "phone_mobile": "+79037714403"},
}
PLANTED = {
    "voi": ("щукарёва", "15560250850", "155-602-508", "9037714402", "771-44-02"),
    "union": ("жердецкая", "08765430300", "087-654-303", "9037714403", "771-44-03"),
}


@dataclass(frozen=True)
class Looked:
    """The owner's response from an address, and the tables that were written."""

    status: int
    text: str
    is_page: bool
    written: frozenset[str]


@dataclass(eq=False)
class Cast:
    """The world with a client for each actor of each owner."""

    world: World
    accounts: dict[tuple[str, str], Account | None]
    #: Session keys created in advance, because signing in takes as long as a page.
    sessions: dict[int, str]
    _looked: dict[str, Looked] = field(default_factory=dict)

    def client(self, owner: str, actor: str) -> Client:
        """Return a client signed in as the actor of that owner; refusals are returned as responses, not raised."""
        client = Client(raise_request_exception=False)
        account = self.accounts[owner, actor]
        if account is not None:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[account.pk]
        return client

    def looked(self, name: str) -> Looked:
        """Open the address as the owner once for all tests, roll back its changes and return the result."""
        if name not in self._looked:
            route = ROUTES[name]
            address = reverse(name, args=self.values(route.rows)) + route.query
            point = transaction.savepoint()
            with CaptureQueriesContext(connection) as queries:
                answer = self.client(route.owner, OWNER).get(address)
                text = body(answer)  # type: ignore[arg-type]
            transaction.savepoint_rollback(point)
            written = frozenset(found[1] for query in queries if (found := WRITING.match(query["sql"])))
            is_page = "html" in answer.get("Content-Type", "")
            self._looked[name] = Looked(answer.status_code, text, is_page, written)
        return self._looked[name]

    def values(self, names: tuple[str, ...]) -> list[Any]:
        """Return the arguments of an address: keys of the named rows; other names are used as they are."""
        found = [self.world.rows.get(name, name) for name in names]
        return [getattr(row, "pk", row) for row in found]


def body(answer: HttpResponse | StreamingHttpResponse) -> str:
    """Return the text of the page in lower case."""
    data = b"".join(answer) if isinstance(answer, StreamingHttpResponse) else answer.content  # type: ignore[arg-type]
    return data.decode("utf-8", "ignore").lower()


def picture(kind: str = "PNG") -> bytes:
    """Return a small image in the format with this name in Pillow."""
    data = io.BytesIO()
    Image.new("RGB", (300, 400), "gray").save(data, kind)
    return data.getvalue()


def laid(patch: pytest.MonkeyPatch) -> Cast:
    """Insert the demonstration's world with two added people and all actors."""
    # The tests may take longer than the time after which the password is asked for again.
    patch.setattr(second_factor, "PROVEN_FOR", dt.timedelta(days=1))
    return laid_once(build)


def build() -> Cast:
    """Create the world with its actors."""
    world = browser_world.laid()
    _plant(world)
    accounts: dict[tuple[str, str], Account | None] = {}
    of_the_other = {"voi": "union-primary", "union": "voi-local"}
    strangers = {side: _strangers(world, side) for side in ("voi", "union")}
    homes = {login: world.home(login) for login in LOGINS}
    homes["union-target"] = trees.again(world.rows["request"].target)
    for login, home in homes.items():
        side = login.partition("-")[0]
        ended = trees.account(home, "Бывшая")
        ended.appointments.create(
            organization=home,
            role=Role.CHAIR,
            starts_on=timezone.localdate() - dt.timedelta(days=400),
            ends_on=timezone.localdate() - dt.timedelta(days=30),
        )
        accounts |= {
            (login, OWNER): world.who(login).account if login in LOGINS else _chair(home),
            (login, NEIGHBOUR): _chair(_sibling(home)),
            (login, BRANCH): strangers[side],
            (login, REVIEWER): trees.officer(home, Role.REVIEWER, "Ревизорова").account,
            (login, EX): ended,
            (login, FEDERATION): world.who(of_the_other[side]).account,
            (login, NOBODY): None,
        }
    return Cast(world, accounts, {account.pk: _signed_in(account) for account in accounts.values() if account})


def _signed_in(account: Account) -> str:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _chair(organization: Organization) -> Account | None:
    current = Appointment.objects.current().filter(organization=organization, role=Role.CHAIR).first()
    if current is None:
        return trees.officer(organization, Role.CHAIR, "Соседова").account
    Organization.objects.filter(pk=organization.pk, name_checked_at=None).update(name_checked_at=timezone.now())
    Account.objects.filter(pk=current.account_id).update(must_change_password=False)
    return Account.objects.get(pk=current.account_id)


def _sibling(home: Organization) -> Organization:
    """Return an active organisation of the same level and superior; for the head, one right below it."""
    others = Organization.objects.working().exclude(pk=home.pk).filter(federation=home.federation).order_by("-pk")
    near = (
        others.filter(parent=home.parent, level=home.level, status="active")
        if home.parent
        else others.filter(parent=home)
    )
    return near[0]


def _strangers(world: World, side: str) -> Account | None:
    """Return the account of the chair of a region in which no owner works."""
    own = world.home(f"{side}-region")
    regions = Organization.objects.filter(federation=own.federation, level=Level.REGIONAL).exclude(pk=own.pk)
    return _chair(regions.order_by("pk")[0])


def _plant(world: World) -> None:
    rows, chair = world.rows, world.who("voi-local")
    for name, values in SECRETS.items():
        Member.objects.filter(pk=rows[name].pk).update(**values)
    attach_scan(rows["signed"].pk, scan=picture(), by=chair)
    scan = storage.store_file(picture(), purpose=FilePurpose.CONSENT_SCAN, name="scan.png", content_type="image/png")
    for name in ("withdrawal", "own_request"):
        type(rows[name]).objects.filter(pk=rows[name].pk).update(scan=scan)
    rows["consent_row"] = rows["signed"].consents.get(signed_on__isnull=False)
    here = chair.organization
    assert here is not None
    union = world.home("union-admin")
    rows["exchange_file"] = ExchangeFile.objects.get(organization=union, number=1)
    rows |= _blanks(world, here, chair, rows["signed"])
    asked = ask_rename(here.pk, full_name="Иное полное имя", short_name="Иное имя", by=chair)
    rows["answered"] = decide_rename(asked.pk, accept=False, reason="По уставу иначе", by=world.who("voi-region"))
    rows["withdrawn"] = Application.objects.filter(organization=here, state="withdrawn")[0]
    rows["proposal"] = ChangeProposal.objects.filter(member=rows["traveller"]).latest("pk")
    rows["search_request"] = SearchRequest.objects.create(
        account=chair.account, organization=here, wanted=50, asked_at=timezone.now()
    )
    rows["filter"] = SavedFilter.objects.create(account=chair.account, screen="members", name="Мои", values={})
    rows["due"], rows["destruction"] = _sealed(chair, "Истёкшая"), erase(_sealed(chair, "Стёртая").pk, by=chair)
    # Created last, because sealing a card deletes copies that jobs of its organisation made.
    result = storage.store_file(
        picture(), purpose=FilePurpose.JOB_RESULT, name="papers.pdf", content_type="application/pdf"
    )
    Job.objects.filter(pk=rows["job"].pk).update(state=JobState.DONE, result=result, finished_at=timezone.now())


def _blanks(world: World, here: Organization, chair: Actor, member: Member) -> dict[str, Any]:
    """Create blanks in transit to the organisation, and an issue sheet that needs them."""
    head = world.who("voi-federal")
    today = timezone.localdate()
    top = head.organization
    assert top is not None
    blanks = [NumberRange("Б", 1, 10, 6)]
    given: dict[str, Any] = {"kind": "card", "numbers": blanks, "made_on": today, "by": head}
    receive_blanks(top.pk, number="17", source="Типография", **given)
    handed = hand_down_blanks(top.pk, receiver_id=here.pk, **given)
    sheet = prepare_issue(here.pk, kind="card", members=[member.pk], made_on=today, by=chair)
    printer = save_printer(here.pk, name="Принтер", shifts=dict.fromkeys(SHIFTS, Decimal(0)), by=chair)
    return {"handed": handed, "sheet": sheet, "printer": printer}


def _sealed(chair: Actor, surname: str) -> Member:
    """Return the card of a deceased member that is due to be destroyed."""
    assert chair.organization is not None
    values = {"surname": surname, "given_name": "Вера", "confirmed_duplicate": True}
    member = register_person(organization=chair.organization, values=values, by=chair, ground="карточка")
    deregister(
        member.pk,
        reason=EndReason.DEATH,
        on=timezone.localdate(),
        paper="свидетельство",
        paper_card=PaperCard.TAKEN,
        by=chair,
    )
    Member.objects.filter(pk=member.pk).update(erase_after=timezone.localdate())
    return member
