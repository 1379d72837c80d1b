"""Marks of replaced tickets know both numbers (V-B5)."""

from django.db import migrations, models

FORMER = models.CharField("number of the former ticket", max_length=20, blank=True, default="")
NEW = models.CharField("number of the new ticket", max_length=20, blank=True, default="")


class Migration(migrations.Migration):
    dependencies = [("members", "0011_hyphens_and_apostrophes_do_not_count")]

    operations = [
        migrations.AddField(model, name, field.clone(), preserve_default=False)
        for model in ("cardmark", "historicalcardmark")
        for name, field in (("former_number", FORMER), ("new_number", NEW))
    ]
