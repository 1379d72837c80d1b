"""What was said at a meeting, and an index of the few who arrived from elsewhere (V-A5, V-B9)."""

from django.db import migrations, models

import registry.fields


class Migration(migrations.Migration):
    dependencies = [("members", "0007_samples_are_encrypted")]

    operations = [
        migrations.AddField(
            "agendaitem", "spoken", registry.fields.EncryptedTextField(blank=True, verbose_name="who spoke")
        ),
        migrations.AddField(
            "historicalagendaitem", "spoken", registry.fields.EncryptedTextField(blank=True, verbose_name="who spoke")
        ),
        migrations.AddIndex(
            "registration",
            models.Index(
                condition=models.Q(("start_reason", "arrival")), fields=["member"], name="registration_arrived"
            ),
        ),
    ]
