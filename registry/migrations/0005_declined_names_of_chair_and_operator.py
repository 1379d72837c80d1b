"""Names of the chair and of the operator of personal data in the dative, where papers decline them wrongly (V-A4)."""

from django.db import migrations, models

NAME = models.CharField(
    "name in the dative case", blank=True, help_text="Only if the papers decline the name wrongly.", max_length=300
)
CHAIR = models.CharField(
    "chair in the dative case",
    blank=True,
    help_text="Surname and initials; only if the papers decline the name wrongly.",
    max_length=200,
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_plain_labels")]

    operations = [
        migrations.AddField("organization", "dative_name", NAME.clone()),
        migrations.AddField("organization", "chair_dative", CHAIR.clone()),
        migrations.AddField("historicalorganization", "dative_name", NAME.clone()),
        migrations.AddField("historicalorganization", "chair_dative", CHAIR.clone()),
    ]
