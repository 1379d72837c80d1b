"""The job that reminds many members of their dues: by e-mail, and all others on paper (V-D1)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from documents.papers import payment_notice
from documents.printing.filters import printed_order
from documents.printing.jobs import Printed, lay_out, record_sheets, sheets_of_many
from documents.printing.rules import check_readable
from dues.notices.queries import reminded
from dues.notices.rules import MAX_REMINDED, term_began
from dues.notices.transitions import fail_interrupted, finish_reminder, record_printed, start_reminder
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from registry.access import require
from registry.enums import MailFailure, Permission
from registry.errors import NotAllowed, RuleViolation
from registry.jobs.kinds import job, of_few
from registry.jobs.work import Cancelled, Work
from registry.organizations.models import Organization
from registry.posting import send_pdf


def _outcome(summary: Mapping[str, Any]) -> str:
    sent, printed, failed, skipped = (summary.get(name, 0) for name in ("sent", "printed", "failed", "skipped"))
    parts = []
    if sent or not printed:
        text = ngettext("%(n)s notice was sent by e-mail.", "%(n)s notices were sent by e-mail.", sent)
        parts.append(text % {"n": sent})
    if printed:
        parts.append(ngettext("%(n)s notice is printed.", "%(n)s notices are printed.", printed) % {"n": printed})
    if failed:
        text = ngettext("%(n)s could not be sent.", "%(n)s could not be sent.", failed)
        parts.append(text % {"n": failed})
    if summary.get("server"):
        parts.append(str(_("The mail server could not be reached; remind the others later, or on paper.")))
    if skipped:
        text = ngettext(
            "%(n)s person owes nothing by now or has been reminded already.",
            "%(n)s people owe nothing by now or have been reminded already.",
            skipped,
        )
        parts.append(text % {"n": skipped})
    return " ".join(parts)


@job("documents.remind", _("Reminders of dues"), outcome=_outcome, short=of_few)
def remind(work: Work) -> None:
    """Remind the members `params["ids"]`: by e-mail those with an address, the others on paper in one PDF.

    With `params["paper"]` all are printed. Members reminded within the present term are skipped unless
    `params["again"]` is true. If the mail server cannot be reached, the remaining e-mails are not sent.
    """
    own = work.row.organization
    if own is None:
        raise NotAllowed
    require(work.actor, Permission.PRINT, own)
    check_readable(payment_notice.FORM.data_classes, by=work.actor)
    fail_interrupted(work.row.pk)
    to_mail, to_print = _parts(work, own)
    _mail_all(work, own, to_mail, skipped=len(work.params["ids"]) - len(to_mail) - len(to_print))
    _print_all(work, own, to_print)


def _parts(work: Work, own: Organization) -> tuple[list[int], list[int]]:
    """Return the members to remind by e-mail and those to remind on paper."""
    wanted = work.params["ids"][:MAX_REMINDED]
    people = Member.objects.visible_to(work.actor).registered().filter(organization=own, pk__in=wanted)
    people = people.filter(dues__unpaid__gt=0)
    if not work.params.get("again"):
        people = reminded(people, term_began(rates_of(own.federation), own.today), wanted=False)
    by_mail = set() if work.params.get("paper") else set(people.exclude(email="").values_list("pk", flat=True))
    found = printed_order(list(people.values_list("pk", flat=True)), work.actor)
    return [pk for pk in found if pk in by_mail], [pk for pk in found if pk not in by_mail]


def _mail_all(work: Work, own: Organization, ids: list[int], *, skipped: int) -> None:
    counts = {"sent": 0, "failed": 0, "skipped": skipped}
    work.note(**counts)
    with closing(sheets_of_many(payment_notice.FORM, ([pk] for pk in ids), work.actor)) as sheets:
        for pk, (pdf, printed) in zip(ids, sheets, strict=True):
            outcome = _mail_one(work, own, pk, pdf, printed) if printed else "skipped"
            counts[outcome if outcome in counts else "failed"] += 1
            work.note(**counts, server=outcome == MailFailure.SERVER)
            if work.is_cancelled:
                raise Cancelled
            if outcome == MailFailure.SERVER:
                break


def _mail_one(work: Work, own: Organization, member_id: int, pdf: bytes, printed: Printed) -> str:
    """Send one notice outside of any transaction; return «sent», «skipped» or a `MailFailure`."""
    try:
        reminder = start_reminder(
            member_id, job_id=work.row.pk, again=work.params.get("again", False), by=work.actor
        )  # fmt: skip
    except (RuleViolation, Member.DoesNotExist):
        return "skipped"
    if reminder is None:
        return "skipped"
    # The code on the notice can be verified only if the notice is recorded.
    record_sheets(payment_notice.FORM, printed, by=work.actor, job_id=work.row.pk)
    with override("ru"):
        subject = _("Notice of dues to pay")
        text = _(
            "Good day!\n\nThe attached notice lists your dues to pay and has the code by which you can pay them in the "
            "application of your bank.\n\n%(organization)s"
        ) % {"organization": own.short_name}
        failure = send_pdf(
            reminder.member.email, subject=subject, text=text, pdf=pdf, name="notice.pdf",
            reply_to=[own.email] if own.email else [],
        )  # fmt: skip
    finish_reminder(reminder.pk, failure)
    return failure or "sent"


def _print_all(work: Work, own: Organization, ids: list[int]) -> None:
    made = lay_out(work, payment_notice.FORM, ids)
    if made is None:
        work.finish(printed=0)
        return
    with transaction.atomic():
        record_sheets(payment_notice.FORM, made.printed, by=work.actor, job_id=work.row.pk)
        printed = record_printed(
            own.pk, list(made.printed), job_id=work.row.pk, again=work.params.get("again", False), by=work.actor
        )
        work.finish(made.data, name=made.name, content_type=made.content_type, printed=printed)
