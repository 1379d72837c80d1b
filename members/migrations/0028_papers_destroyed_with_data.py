"""The act of a destruction names the destroyed papers with their number of sheets (order 179 of Roskomnadzor)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0027_data_destroyed_after_withdrawals")]

    operations = [
        migrations.AddField(
            model_name="destructionrecord",
            name="carriers",
            field=models.JSONField(blank=True, null=True, verbose_name="papers destroyed"),
        ),
    ]
