from django.db import migrations, models

from registry.operations import TrigramIndex
from registry.text import names_search_key

CHUNK = 1_000


def fill(apps, schema_editor):
    """Set the search key of the chairs that passports name."""
    Organization = apps.get_model("registry", "Organization")
    waiting = []
    for organization in Organization.objects.exclude(chair_name="").only("chair_name").iterator(chunk_size=CHUNK):
        organization.chair_key = names_search_key(organization.chair_name)
        waiting.append(organization)
        if len(waiting) == CHUNK:
            Organization.objects.bulk_update(waiting, ["chair_key"])
            waiting = []
    Organization.objects.bulk_update(waiting, ["chair_key"])


class Migration(migrations.Migration):
    dependencies = [("registry", "0019_remarks_on_acts_on_blanks")]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="chair_key",
            field=models.CharField(db_default="", default="", editable=False, max_length=500),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        TrigramIndex("organization_chair_trgm", "registry_organization", "chair_key"),
    ]
