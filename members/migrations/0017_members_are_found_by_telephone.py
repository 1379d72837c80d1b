"""Search keys of cards end with the telephone numbers."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import migrations

_CHUNK = 1000
_LENGTH = 500


def _words(row: Any) -> Iterator[str]:
    for number in f"{row.phone_mobile},{row.phone_home}".split(","):
        digits = re.sub(r"\D", "", number)
        if re.fullmatch(r"7\d{10}", digits):
            yield from (digits[1:], digits[4:])
        elif digits:
            yield digits


def _renew(apps: Any, *, found_by_telephone: bool) -> None:
    model = apps.get_model("members", "Member")
    rows = model.objects.exclude(phone_mobile="", phone_home="").order_by("pk")
    last = 0
    while some := list(rows.filter(pk__gt=last).only("search_key", "phone_mobile", "phone_home")[:_CHUNK]):
        last = some[-1].pk
        for row in some:
            tail = "".join(f" {word}" for word in _words(row))
            kept = row.search_key.rstrip()
            row.search_key = f"{kept}{tail}"[:_LENGTH] if found_by_telephone else kept.removesuffix(tail)
        model.objects.bulk_update(some, ["search_key"], batch_size=200)


def with_telephones(apps: Any, editor: Any) -> None:
    _renew(apps, found_by_telephone=True)


def without_telephones(apps: Any, editor: Any) -> None:
    _renew(apps, found_by_telephone=False)


class Migration(migrations.Migration):
    dependencies = [("members", "0016_names_change_with_their_tickets")]

    operations = [migrations.RunPython(with_telephones, without_telephones)]
