"""Rows of a list keep its look and earlier answers (U-5); the lines of all books go by name (V-B7)."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0008_words_and_arrivals")]

    operations = [
        migrations.AddField("importrow", "look", models.JSONField(default=dict)),
        migrations.AddField("importrow", "carried", models.JSONField(default=list)),
        migrations.AddIndex("bookline", models.Index(fields=["sort_key", "id"], name="book_of_all_by_name")),
    ]
