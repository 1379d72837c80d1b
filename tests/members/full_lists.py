"""Fills every list of an organisation with more rows than a page has, for benchmarks and tests of page costs.

Rows of one kind are copied from a single row in bulk, because a transition for each would take minutes.
"""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone

from documents.consents.models import Consent, ConsentText
from documents.printing.models import PrintRecord
from dues.bank.loading import load_file
from dues.contributions.rules import Term
from dues.contributions.transitions import charge_contribution, set_contribution
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.notices.models import DuesReminder
from dues.numbers import payer_number
from dues.rates.models import Reduction
from members.admission.models import Application
from members.lists.models import ImportBatch
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.movement.models import DestructionRecord, Transfer
from members.people.enums import ConsentState, ReminderKind
from members.people.models import Member, Reminder
from members.reconciliation.models import ChangeProposal, Reconciliation
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.enums import Level, Role
from registry.jobs.models import Job
from registry.organizations.enums import BodyKind
from registry.organizations.models import GoverningBody, Organization, OrganizationPassport, RenameRequest
from registry.remarks.models import Remark, RemarkStep
from registry.remarks.transitions import make_remark, make_remarks
from registry.transitions import change
from tests.dues.bank import world as bank
from tests.members import applicants
from tests.registry import trees

#: More than the rows of any page.
ROWS = 55


def fill(organization: Organization, by: Actor) -> dict[str, str]:
    """Fill the lists of the organisation; return the addresses by the names of their pages."""
    people = list(Member.objects.filter(organization=organization).order_by("sort_key")[:ROWS])
    cells = _cells(organization)
    _dues(organization, people, by)
    contribution = _contributions(organization, people, by)
    _papers(organization, people, by)
    _admission(organization, people, by)
    _moves(organization, people)
    _changes(people, cells, by)
    _frame(organization, people, by)
    remark = _remarks(organization, people)
    names = (
        "start",
        "members:list",
        "applications:list",
        "documents:consents",
        "documents:print",
        "organizations:tree",
        "organizations:journal",
        "organizations:renames",
        "supervision:decisions",
        "remarks:list",
        "accounts:list",
        "accounts:add_many",
        "jobs:list",
        "moves:list",
        "moves:erasing",
        "moves:destruction_records",
        "meetings:list",
        "meetings:queue",
        "meetings:appeals",
        "meetings:arrears",
        "dues:bank",
        "dues:contributions",
        "dues:rates",
        "imports:list",
        "cells:reminders",
        "cells:proposals",
        "cells:settled_proposals",
        "cells:reconciliations",
    )
    first = people[0].pk
    unit = people[0].unit_id
    of_one = {"dues:contribution": reverse("dues:contribution", args=[contribution])} if contribution else {}
    return {name: reverse(name) for name in names} | {
        **of_one,
        "dues:reminders": f"{reverse('dues:reminders')}?show=all",
        "organizations:tree, search": f"{reverse('organizations:tree')}?q=по",
        "applications:list, decided": f"{reverse('applications:list')}?state=refused",
        "remarks:detail": reverse("remarks:detail", args=[remark.pk]),
        "members:dues": reverse("members:dues", args=[first]),
        "members:papers": reverse("members:papers", args=[first]),
        "members:history": reverse("members:history", args=[first]),
        "members:access": reverse("members:access", args=[first]),
        "cells:book": reverse("cells:book", args=[unit]),
        "cells:on_day": f"{reverse('cells:on_day', args=[unit])}?day={timezone.localdate():%d.%m.%Y}",
    }


def _contributions(organization: Organization, people: list[Member], by: Actor) -> int:
    """Set property contributions, one of which the members owe, and reductions; return the id of the owed one, or 0."""
    if not organization.charter.charges_dues:
        return 0
    today = timezone.localdate()
    made = set_contribution(
        organization.pk, title="Ремонт помещения", spending="По смете",
        terms=[Term(today + dt.timedelta(days=30), Decimal(9))],
        body="conference", number="3", decided_on=today, by=by,
    )  # fmt: skip
    assert charge_contribution(made.pk, organization.pk, by=by) > ROWS - 6
    copies(made, *({"title": f"Ремонт помещения № {number}"} for number in range(ROWS)))
    reduction = {"organization": organization, "fee": "annual", "percent": 50, "valid_from": today}
    Reduction.objects.bulk_create(Reduction(member=m, paper="Постановление № 9", **reduction) for m in people)
    return made.pk


def _remarks(organization: Organization, people: list[Member]) -> Remark:
    """Make the superior's remarks on each card, and return one that is about all of them."""
    superior = organization.parent
    assert superior is not None
    given: dict[str, Any] = {"term": timezone.localdate(), "by": Actor.system("remarks", superior)}
    first = make_remark("card", people[0].pk, text="Уточните образование.", field="education", **given)
    copies(first, *({"member": one} for one in people[1:]))
    step = RemarkStep.objects.get(remark=first)
    copies(step, *({"remark": one} for one in Remark.objects.filter(member__isnull=False).exclude(pk=first.pk)))
    (made,) = make_remarks([one.pk for one in people], text="Внесите образование.", field="education", **given)
    return made


def copies(row: models.Model, *changes: dict[str, Any]) -> list[Any]:
    """Insert a copy of the row with each of the changes."""
    made = []
    for changed in changes:
        another = copy.copy(row)
        another._state = copy.copy(row._state)
        another.pk, another._state.adding = None, True
        for name, value in changed.items():
            setattr(another, name, value)
        made.append(another)
    return type(row)._default_manager.bulk_create(made)


def _cells(organization: Organization) -> list[Organization]:
    """Create `ROWS` cells without chairs, reviewers of the first cell, and open and decided requests for new names."""
    cells = [trees.below(organization, Level.PRIMARY, f"ПО № {number}") for number in range(101, 101 + ROWS)]
    accounts = [trees.account(cells[0], "Константинопольская") for _ in cells]
    today, now = timezone.localdate(), timezone.now()
    Appointment.objects.bulk_create(
        Appointment(account=account, organization=cells[0], role=Role.REVIEWER, starts_on=today) for account in accounts
    )
    Account.objects.filter(pk__in=[account.pk for account in accounts]).update(last_login=now)
    asked = RenameRequest(
        organization=cells[0],
        asked_by=accounts[0],
        asked_at=now,
        full_name="Первичная организация «Надежда» Заречного района",
        short_name="ПО «Надежда»",
    )
    copies(asked, *({"organization": cell} for cell in cells))
    copies(asked, *[{"state": "declined", "decided_at": now, "reason": "Имя занято другой организацией"}] * ROWS)
    return cells


def _dues(organization: Organization, people: list[Member], by: Actor) -> None:
    """Charge two years with a single payment; debtors are reminded, and payments arrive at the bank account."""
    if not organization.charter.charges_dues:
        return
    for year in (timezone.localdate().year - 1, timezone.localdate().year):
        charge_new_year(organization.pk, year, by=by)
    entry = LedgerEntry.objects.filter(account__member=people[0])[0]
    copies(entry, *({"key": f"copy-{number}", "paper": f"Ведомость № {number}"} for number in range(ROWS)))
    long_ago = timezone.localdate() - dt.timedelta(days=800)
    owing = DuesAccount.objects.filter(member__in=people, unpaid__gt=0)
    assert owing.update(unpaid_since=long_ago) > ROWS - 6
    DuesReminder.objects.bulk_create(
        DuesReminder(member=m, amount=50, state="failed", failure="address", sent_by=by.account, sent_at=timezone.now())
        for m in people
    )
    OrganizationPassport.objects.update_or_create(organization=organization, defaults={"account": bank.OWN})
    documents = [
        bank.Doc(m.full_name, f"Взнос за год ЛС {payer_number(m.pk)}", number=str(at))
        for at, m in enumerate([*people, *people[:5]], 1)
    ]
    load_file(organization, bank.statement(*documents), by=by)


def _papers(organization: Organization, people: list[Member], by: Actor) -> None:
    text = ConsentText.objects.filter(federation=organization.federation).first() or ConsentText.objects.create(
        federation=organization.federation, version=1, valid_from=dt.date(2025, 1, 1)
    )
    now, signed = timezone.now(), timezone.localdate()
    without = [m for m in people if not Consent.objects.filter(member=m).exists()]
    Consent.objects.bulk_create(
        Consent(member=m, text=text, state=ConsentState.SIGNED, printed_at=now, signed_on=signed, ticked_at=now)
        for m in without
    )
    Member.objects.filter(pk__in=[m.pk for m in without]).update(consent_state=ConsentState.SIGNED)
    PrintRecord.objects.bulk_create(
        PrintRecord(
            form="consent", member=m, organization=organization, printed_at=now, printed_by=by.account, lines={}
        )
        for m in [*people, *[people[0]] * ROWS]
    )


def _admission(organization: Organization, people: list[Member], by: Actor) -> None:
    today = timezone.localdate()
    place: Any = SimpleNamespace(keeper=organization, chair=by)
    filed = applicants.many(place, ROWS)
    refused = {"state": "refused", "erase_after": today, "decided_on": today}
    turned_down = copies(Application.objects.get(pk=filed[0].pk), *[refused] * ROWS)
    body = GoverningBody.objects.create(organization=organization, kind=BodyKind.values[0], name="Президиум правления")
    meetings = Meeting.objects.bulk_create(
        Meeting(
            organization=organization,
            body=body,
            state="held",
            held_on=today - dt.timedelta(days=number),
            starts_at=dt.time(15),
            place="ул. Садовая, 5",
            number=str(number),
        )
        for number in range(1, ROWS + 1)
    )
    item = AgendaItem(
        organization=organization,
        kind="exclusion",
        title="Об исключении из организации",
        filed_on=today,
        state="waiting",
    )
    copies(item, *({"member": member} for member in people))
    decided = AgendaItem.objects.create(
        organization=organization,
        kind="admission",
        title="О приёме",
        filed_on=today,
        state="rejected",
        meeting=meetings[0],
        position=1,
        votes_for=0,
        votes_against=5,
        votes_abstained=0,
        decided_at=timezone.now(),
    )
    Appeal.objects.bulk_create(
        Appeal(
            organization=organization.parent,
            against=decided,
            application=application,
            received_on=today,
            term_on=today,
            text="Прошу отменить решение",
            person_name=application.surname,
        )
        for application in turned_down
    )


def _moves(organization: Organization, people: list[Member]) -> None:
    today = timezone.localdate()
    Transfer.objects.bulk_create(
        Transfer(
            federation=organization.federation,
            member=m,
            state="requested",
            source=organization,
            source_unit=m.unit,
            target=organization.parent,
            asked_by=organization,
            person_name=m.full_name,
            started_on=today,
        )
        for m in people
    )
    DestructionRecord.objects.bulk_create(
        DestructionRecord(
            organization=organization,
            number=number,
            member_number=number,
            ticket_number=f"{number:07}",
            reason="смерть",
            method="удаление",
            system="Единый реестр",
            destroyed_at=timezone.now(),
            destroyed_by="Громов М. И.",
            keep_until=today,
            categories=[],
            counts={},
        )
        for number in range(1, ROWS + 1)
    )


def _changes(people: list[Member], units: list[Organization], by: Actor) -> None:
    today, now = timezone.localdate(), timezone.now()
    proposal = ChangeProposal(
        member=people[0],
        field="workplace",
        before="Завод",
        after="Почта России",
        proposed_by=by.account,
        proposed_at=now,
    )
    copies(proposal, *({"member": m} for m in people))
    copies(proposal, *({"member": m, "state": "accepted", "decided_by": by.account, "decided_at": now} for m in people))
    Reminder.objects.bulk_create(Reminder(member=m, kind=ReminderKind.ABSENCE, due_on=today) for m in people)
    Reconciliation.objects.bulk_create(
        Reconciliation(unit=unit, year=today.year - 1, opened_on=today, due_on=today) for unit in units
    )


def _frame(organization: Organization, people: list[Member], by: Actor) -> None:
    for member in people:
        with change(by=by, rule="V-C5", event="card.opened") as act:
            act.about(member, organization=organization)
    job = Job(
        kind="documents.print",
        params={"form": "consent", "ids": []},
        account=by.account,
        appointment=by.appointment,
        organization=organization,
        state="done",
        created_at=timezone.now(),
        finished_at=timezone.now(),
    )
    copies(job, *[{}] * ROWS)
    batch = ImportBatch(
        organization=organization,
        state="applied",
        sha256="0" * 64,
        name="Список членов.xlsx",
        uploaded_by=by.account,
        uploaded_at=timezone.now(),
        applied_at=timezone.now(),
        counts={"rows": 300, "done": 300},
    )
    copies(batch, *[{}] * ROWS)
