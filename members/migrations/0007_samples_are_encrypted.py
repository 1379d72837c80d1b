"""First values of a list's columns leave the plain guesses: they are personal (V-C5)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

import registry.fields


def move_out(apps: Any, schema_editor: Any) -> None:
    for batch in apps.get_model("members", "ImportBatch").objects.iterator():
        batch.samples = {str(guess["column"]): guess.pop("samples", []) for guess in batch.guesses}
        for guess in batch.guesses:
            guess["filled"] = bool(batch.samples[str(guess["column"])])
        batch.save(update_fields=["guesses", "samples"])


def move_back(apps: Any, schema_editor: Any) -> None:
    for batch in apps.get_model("members", "ImportBatch").objects.iterator():
        for guess in batch.guesses:
            guess["samples"] = batch.samples.get(str(guess["column"]), [])
            guess.pop("filled", None)
        batch.save(update_fields=["guesses"])


class Migration(migrations.Migration):
    dependencies = [("members", "0006_lists_are_settled_by_kind")]

    operations = [
        migrations.AddField("importbatch", "samples", registry.fields.EncryptedJSONField(default=dict)),
        migrations.RunPython(move_out, move_back),
    ]
