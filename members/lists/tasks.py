"""Tasks about unfinished lists."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.tallies import tally
from registry.tasks import Task, Waiting, provider

from .models import ImportBatch


def _open_batches(actor: Actor) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(actor).open()


@provider(
    lambda actor: actor.organization is not None and actor.may(Permission.IMPORT_MEMBERS, actor.organization),
    batches=lambda scope: tally(_open_batches(scope.actor)),
)
def open_batches(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Lists that were uploaded and not finished (U-5)."""
    if not waiting.may_have("batches"):
        return
    for batch in _open_batches(actor).only("pk", "uploaded_at")[:5]:
        yield Task(
            text=_("People on a list wait to be registered"),
            detail=_("Uploaded on %(day)s, not finished.") % {"day": day_text(timezone.localtime(batch.uploaded_at))},
            action=_("Go on"),
            action_url=reverse("imports:detail", args=[batch.pk]),
        )
