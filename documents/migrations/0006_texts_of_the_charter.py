"""Texts of the consent that the registry issued from the charter follow it; those of administrators do not (K1)."""

from django.db import migrations, models

OF_CHARTER = models.BooleanField("wording of the charter", default=False, editable=False)


def mark(apps, schema_editor):
    history = apps.get_model("documents", "HistoricalConsentText").objects.filter(history_type="+")
    own = history.exclude(history_change_reason="N-C1").values_list("id", flat=True)
    apps.get_model("documents", "ConsentText").objects.filter(pk__in=list(own)).update(of_charter=True)


class Migration(migrations.Migration):
    dependencies = [("documents", "0005_notices_of_a_meeting_are_one_paper")]

    operations = [
        *(
            migrations.AddField(model, "of_charter", OF_CHARTER.clone())
            for model in ("consenttext", "historicalconsenttext")
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
