"""Registrations name their paper and the former organisation, items the statement of the member (V-B1, V-B5, V-B9)."""

from django.db import migrations, models

FIELDS = {"ground": "document of the ground", "arrived_from": "arrived from"}
STATEMENT = models.DateField("the member's statement of", null=True, blank=True)
KINDS = [
    ("discipline", "disciplinary measure"),
    ("ticket", "replacement of the ticket"),
    ("name", "change of name"),
    ("trip", "long business trip"),
    ("study", "studies elsewhere"),
    ("restored", "membership restored"),
    ("paper_card", "paper card"),
    ("correction", "correction"),
    ("other", "other"),
]


class Migration(migrations.Migration):
    dependencies = [("members", "0020_applicants_without_notice")]

    operations = [
        *(
            migrations.AddField(
                model, name, models.CharField(label, max_length=200, blank=True, default=""), preserve_default=False
            )
            for model in ("registration", "historicalregistration")
            for name, label in FIELDS.items()
        ),
        *(
            migrations.AddField(model, "statement_on", STATEMENT.clone())
            for model in ("agendaitem", "historicalagendaitem")
        ),
        *(
            migrations.AlterField(model, "kind", models.CharField("kind", max_length=12, choices=KINDS))
            for model in ("cardmark", "historicalcardmark")
        ),
    ]
