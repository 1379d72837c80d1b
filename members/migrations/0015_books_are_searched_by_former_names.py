"""Lines of the registration book keep former names and tickets, and are found by them (V-B7)."""

from typing import Any

from django.db import migrations, models

from registry.operations import TrigramIndex
from registry.text import names_search_key, search_key

_CHUNK = 1000


def fill(apps: Any, editor: Any) -> None:
    """Take former names and numbers from the history of the lines."""
    lines, history = apps.get_model("members", "BookLine"), apps.get_model("members", "HistoricalBookLine")
    last = 0
    while some := list(lines.objects.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        last = some[-1].pk
        before: dict[int, list[Any]] = {}
        said = history.objects.filter(id__in=[line.pk for line in some]).order_by("history_date", "history_id")
        for row in said.values("id", "full_name", "ticket_number"):
            before.setdefault(row["id"], []).append(row)
        for line in some:
            rows = before.get(line.pk, ())
            names = {row["full_name"]: None for row in rows}
            plain = search_key(line.full_name)
            line.former_names = "\n".join(name for name in names if name and search_key(name) != plain)
            tickets = {row["ticket_number"]: None for row in rows}
            line.former_tickets = "\n".join(one for one in tickets if one and one != line.ticket_number)
            named = names_search_key(line.full_name, *line.former_names.splitlines())
            line.search_key = search_key(
                named, line.ticket_number, *line.former_tickets.splitlines(), line.birth_year or ""
            )
        lines.objects.bulk_update(some, ["former_names", "former_tickets", "search_key"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("members", "0014_decided_fields_are_corrected")]

    operations = [
        *(
            migrations.AddField(model, name, models.TextField(label, blank=True, default=""), preserve_default=False)
            for model in ("bookline", "historicalbookline")
            for name, label in (("former_names", "former names"), ("former_tickets", "former ticket numbers"))
        ),
        migrations.AddField("bookline", "search_key", models.CharField(max_length=500, editable=False, default="")),
        TrigramIndex("book_search_trgm", "members_bookline"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
