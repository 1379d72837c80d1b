"""Rows of a list keep what the file's look says of them, and what was settled when the list was loaded before (U-5)."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0007_samples_are_encrypted")]

    operations = [
        migrations.AddField("importrow", "look", models.JSONField(default=dict)),
        migrations.AddField("importrow", "carried", models.JSONField(default=list)),
    ]
