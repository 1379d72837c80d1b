"""The last day of its chairs stands with the figures of an organisation, so that those without one are found."""

import datetime as dt
from typing import Any

from django.db import migrations, models
from django.db.models import DateField, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

NEVER = dt.date(1900, 1, 1)


def note_chairs(apps: Any, schema_editor: Any) -> None:
    appointments = apps.get_model("registry", "Appointment").objects.filter(organization=OuterRef("pk"), role="chair")
    for_ever = Value(dt.date.max, output_field=DateField())
    last = appointments.order_by().values("organization").annotate(last=Max(Coalesce("ends_on", for_ever)))
    found = Coalesce(Subquery(last.values("last")), Value(NEVER, output_field=DateField()))
    apps.get_model("registry", "Figures").objects.update(led_until=found)


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_lists_of_a_large_federation_go_by_index")]

    operations = [
        migrations.AddField("figures", "led_until", models.DateField(db_index=True, default=NEVER, editable=False)),
        migrations.RunPython(note_chairs, migrations.RunPython.noop),
    ]
