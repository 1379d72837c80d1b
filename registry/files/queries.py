"""Find the records that refer to stored files."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import ForeignKey

from registry.jobs.models import Job

from .models import StoredFile


def referring(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return the records that refer to each file, without jobs, because they outlive their results."""
    found: dict[uuid.UUID, list[str]] = {}
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        model = getattr(relation, "related_model", None)
        if not isinstance(field, ForeignKey) or model is None or model is Job or hasattr(model, "history_type"):
            continue
        rows = model._base_manager.filter(**{f"{field.name}__in": list(ids)}).order_by("pk")
        for pk, file_id in rows.values_list("pk", field.attname):
            found.setdefault(file_id, []).append(f"{model._meta.label} {pk}")
    return found


__all__ = ["referring"]
