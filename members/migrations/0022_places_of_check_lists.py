"""People of a check-list keep their place when others are registered during the reconciliation (V-B8)."""

from typing import Any

from django.db import migrations, models

_CHUNK = 1000


def number(apps: Any, editor: Any) -> None:
    """Number the lists in the order in which they were shown so far."""
    line = apps.get_model("members", "ReconciliationLine")
    for pk in apps.get_model("members", "Reconciliation").objects.order_by("pk").values_list("pk", flat=True):
        lines = list(line.objects.filter(reconciliation=pk).order_by("member__sort_key", "pk").only("pk"))
        for place, one in enumerate(lines, start=1):
            one.place = place
        line.objects.bulk_update(lines, ["place"], batch_size=_CHUNK)


class Migration(migrations.Migration):
    dependencies = [("members", "0021_what_registrations_rest_on")]

    operations = [
        migrations.AddField("reconciliationline", "place", models.PositiveIntegerField(default=0, editable=False)),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
