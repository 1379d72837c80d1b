"""A print record says what its paper is about where that is no member's; of papers of one kind only it is known already."""

from django.db import migrations, models

KNOWN = {
    "meeting": ["agenda", "minutes", "invitations"],
    "agendaitem": ["extract"],
    "application": ["invitation", "decision"],
    "organization": ["registration_book"],
    "reconciliation": ["reconciliation_report"],
    "destructionrecord": ["destruction_act", "destruction_extract"],
}


def fill(apps, schema_editor):
    records = apps.get_model("documents", "PrintRecord").objects
    for about, codes in KNOWN.items():
        records.filter(member=None, form__in=codes).update(about=about)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_printing_by_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="printrecord",
            name="about",
            field=models.CharField(blank=True, default="", max_length=40, verbose_name="what it is about"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
