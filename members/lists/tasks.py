"""Tasks about unfinished lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.access import Actor
from registry.days import day_text
from registry.enums import Permission
from registry.tasks import Task, provider

from .models import ImportBatch


@provider
def open_batches(actor: Actor, today: dt.date) -> Iterable[Task]:
    """Lists that were uploaded and not finished (U-5)."""
    if actor.organization is None or not actor.may(Permission.IMPORT_MEMBERS, actor.organization):
        return
    batches = ImportBatch.objects.visible_to(actor).open()
    for batch in batches.only("pk", "uploaded_at")[:5]:
        yield Task(
            text=_("A list waits to be put on account"),
            detail=_("Uploaded on %(day)s, not finished.") % {"day": day_text(timezone.localtime(batch.uploaded_at))},
            action=_("Go on"),
            action_url=reverse("imports:detail", args=[batch.pk]),
        )
