"""Applications and represented people keep what their printed consents say, for the copies of signed ones (U-6)."""

from django.db import migrations

import registry.fields


class Migration(migrations.Migration):
    dependencies = [("members", "0017_members_are_found_by_telephone")]

    operations = [
        migrations.AddField(
            model, "consent_paper", registry.fields.EncryptedJSONField(blank=True, default=dict, editable=False)
        )
        for model in ("application", "representation")
    ]
