"""A decision records that the applicant was not notified of the meeting (V-A5)."""

from django.db import migrations, models

FIELD = models.BooleanField("not notified of the meeting", default=False)


class Migration(migrations.Migration):
    dependencies = [("members", "0019_changes_of_many_cards")]

    operations = [
        migrations.AddField(model, "uninvited", FIELD.clone()) for model in ("application", "historicalapplication")
    ]
