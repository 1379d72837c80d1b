"""Consents keep what was printed, so that a copy says what was signed (U-6)."""

from django.db import migrations

import registry.fields


class Migration(migrations.Migration):
    dependencies = [("documents", "0006_texts_of_the_charter")]

    operations = [
        migrations.AddField(
            "consent", "paper", registry.fields.EncryptedJSONField(blank=True, default=dict, editable=False)
        ),
    ]
