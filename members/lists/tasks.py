"""Tasks about unfinished lists."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.days import moment_text
from registry.enums import Permission
from registry.tallies import tally
from registry.tasks import Task, Waiting, provider

from .models import ImportBatch

#: Maximum length of a file name, and maximum number of lists that are named.
_NAME_LENGTH = 40
_MAX_NAMED = 5


def _unfinished(actor: Actor) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(actor).unfinished()


@provider(
    lambda actor: actor.organization is not None and actor.may(Permission.IMPORT_MEMBERS, actor.organization),
    batches=lambda scope: tally(_unfinished(scope.actor)),
    never_late=True,
)
def open_batches(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield a task for unfinished uploaded lists, including those with remaining rows (U-5)."""
    if not waiting.may_have("batches"):
        return
    found = _unfinished(actor).order_by("-uploaded_at", "-pk")
    for batch in found.only("pk", "uploaded_at", "state", "counts", "name")[:_MAX_NAMED]:
        # The same file may have been uploaded twice on a day.
        detail = _("Uploaded on %(moment)s, not finished.") % {"moment": moment_text(batch.uploaded_at)}
        yield Task(text=_text(batch), detail=detail, action=_("Go on"), action_url=_page(batch))


def _text(batch: ImportBatch) -> str:
    name = Truncator(batch.name or _("List")).chars(_NAME_LENGTH)
    if not batch.is_applied:
        return _("People of the list «%(name)s» wait to be registered") % {"name": name}
    left = batch.left
    return ngettext(
        "%(n)s row of the list «%(name)s» is left over", "%(n)s rows of the list «%(name)s» are left over", left
    ) % {"n": left, "name": name}


def _page(batch: ImportBatch) -> str:
    return reverse("imports:detail", args=[batch.pk])
