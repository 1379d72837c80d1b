"""Jobs of the exchange with the bonus programme: sending messages and leaflets, daily reconciliation (U-7, U-11)."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from documents.papers import leaflet
from documents.printing.core import batch_for, render
from members.people.models import Member
from registry.access import Actor
from registry.enums import MailFailure
from registry.errors import NotAllowed, RuleViolation
from registry.jobs.kinds import daily, job, often
from registry.jobs.queue import start_job
from registry.jobs.work import Cancelled, Work
from registry.organizations.models import Organization
from registry.posting import send_pdf

from . import book
from .enums import SITE_OUTCOMES, Outcome
from .posting import post
from .queries import heads_to_deliver, heads_to_write, heads_with_programme
from .rules import MAX_LEAFLETS, networks
from .transitions.files import write_file
from .transitions.leaflets import fail_interrupted, finish_mail, start_mail
from .transitions.sending import Message, claim_next, reconcile, record_outcome, verify_answer

DELIVER, WRITE, MAIL = "documents.tell_programme", "documents.write_for_programme", "documents.mail_leaflets"
#: Seconds after which a delivery ends, so that other jobs can run. It sends at least one message, and then starts the
#: next delivery if messages are still due.
MAX_DELIVERY_SECONDS = 5 * 60
#: The actor of automatic steps.
_EXCHANGE = Actor.system("exchange")


def _delivery_result(summary: Mapping[str, Any]) -> str:
    count = summary.get("confirmed", 0)
    return ngettext("%(n)s message was sent.", "%(n)s messages were sent.", count) % {"n": count}


@job(DELIVER, _("Messages to the bonus programme"), outcome=_delivery_result)
def deliver(work: Work) -> None:
    """Send the due messages of the federation `params["federation"]`, one by one, until none is left or time is up.

    If time is up, another delivery takes its turn after the jobs that wait. Ends early if the site cannot be reached,
    because the other messages would fail too.
    """
    confirmed, until = 0, time.monotonic() + MAX_DELIVERY_SECONDS
    while (message := claim_next(work.params["federation"])) is not None:
        outcome = send(message)
        confirmed += outcome == Outcome.DONE
        work.note(confirmed=confirmed)
        if outcome in SITE_OUTCOMES or time.monotonic() >= until:
            break
    work.finish(confirmed=confirmed)
    start_deliveries(timezone.now())


def send(message: Message) -> Outcome:
    """Send the message outside of any transaction; record and return the outcome."""
    answer = post(
        message.address, message.body, message.headers, networks=networks(), ca_file=settings.EXCHANGE_CA_FILE
    )
    answer = verify_answer(message, answer, timezone.now())
    record_outcome(message, answer)
    return answer.outcome


@often
def start_deliveries(now: dt.datetime) -> None:
    """Start a delivery for every federation with due messages, unless one is waiting or running already.

    Two workers that check at the same time start two deliveries, which share the entries.
    """
    for head in heads_to_deliver(now, DELIVER):
        start_job(DELIVER, {"federation": head.federation_id}, by=_EXCHANGE, organization=head)


def _written(summary: Mapping[str, Any]) -> str:
    count = summary.get("files", 0)
    return ngettext("%(n)s file was written.", "%(n)s files were written.", count) % {"n": count}


@job(WRITE, _("Files for the bonus programme"), outcome=_written)
def write_files(work: Work) -> None:
    """Write the due messages of the federation `params["federation"]` into files for download."""
    files = 0
    while write_file(work.params["federation"]) is not None:
        files += 1
        work.note(files=files)
    work.finish(files=files)


@often
def start_files(now: dt.datetime) -> None:
    """Start a job for every federation that writes its messages into files and has due ones."""
    for head in heads_to_write(now, WRITE):
        start_job(WRITE, {"federation": head.federation_id}, by=_EXCHANGE, organization=head)


@daily
def reconcile_all(today: dt.date) -> None:
    """Write missing messages for members of all federations, and delete confirmed entries of destroyed cards (U-7)."""
    for head in heads_with_programme():
        after: int | None = 0
        while after is not None:
            after = reconcile(head.federation_id, after)
    book.delete_erased()


def _mailing_result(summary: Mapping[str, Any]) -> str:
    sent, failed, skipped = (summary.get(name, 0) for name in ("sent", "failed", "skipped"))
    text = ngettext("%(n)s leaflet was sent.", "%(n)s leaflets were sent.", sent) % {"n": sent}
    if failed:
        more = ngettext("%(n)s could not be sent.", "%(n)s could not be sent.", failed)
        text = f"{text} {more % {'n': failed}}"
    if skipped:
        more = ngettext(
            "%(n)s person has it already or cannot get it.", "%(n)s people have it already or cannot get it.", skipped
        )
        text = f"{text} {more % {'n': skipped}}"
    return text


@job(MAIL, _("Leaflets by e-mail"), outcome=_mailing_result, meanwhile=_("You may leave this page and go on working."))
def mail_leaflets(work: Work) -> None:
    """Send the leaflet to each of the members `params["ids"]` by e-mail.

    Members who have it already are skipped unless `params["again"]` is true. Ends early if the mail server cannot be
    reached, because the other e-mails would fail too.
    """
    own = work.row.organization
    if own is None:
        raise NotAllowed
    fail_interrupted(work.row.pk)
    batch = batch_for(work.actor, own, blank=True)
    email = LeafletEmail(own, render(leaflet.FORM, [leaflet.build(None, batch)], batch))
    counts = {"sent": 0, "failed": 0, "skipped": 0}
    for member_id in work.params["ids"][:MAX_LEAFLETS]:
        outcome = _mail_one(work, email, member_id)
        counts[outcome if outcome in counts else "failed"] += 1
        work.note(**counts)
        if work.is_cancelled:
            raise Cancelled
        if outcome == MailFailure.SERVER:
            break
    work.finish(sent=counts["sent"], failed=counts["failed"], skipped=counts["skipped"])


def _mail_one(work: Work, email: LeafletEmail, member_id: int) -> str:
    """Send one e-mail outside of any transaction; return «sent», «skipped» or a `MailFailure`."""
    try:
        mail = start_mail(member_id, job_id=work.row.pk, again=work.params.get("again", False), by=work.actor)
    except (RuleViolation, Member.DoesNotExist):
        return "skipped"
    if mail is None:
        return "skipped"
    failure = email.send(mail.member.email)
    finish_mail(mail.pk, failure)
    return failure or "sent"


class LeafletEmail:
    """The e-mail with the leaflet. It contains no names, so it is the same for all recipients."""

    def __init__(self, organization: Organization, pdf: bytes) -> None:
        charter = organization.charter
        self.pdf = pdf
        with override("ru"):
            self.subject = _("Bonus programme %(programme)s: how to register") % {"programme": charter.programme_name}
            self.text = _(
                "Good day!\n\nHow to register with %(programme)s and how to buy is in the attached leaflet. "
                "The programme's site: %(site)s\n\n%(organization)s"
            ) % {
                "programme": charter.programme_name, "site": charter.programme_site,
                "organization": organization.short_name,
            }  # fmt: skip
        self.reply_to = [organization.email] if organization.email else []

    def send(self, address: str) -> MailFailure | None:
        """Send the e-mail to the address; return the reason if it could not be sent, else None."""
        return send_pdf(
            address, subject=self.subject, text=self.text, pdf=self.pdf, name="leaflet.pdf", reply_to=self.reply_to
        )
