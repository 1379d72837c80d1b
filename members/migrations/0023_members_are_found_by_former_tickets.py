"""Search keys of cards end with former ticket numbers and names, as those of the registration book do."""

from typing import Any

from django.db import migrations
from django.db.models import Q

from registry.text import names_search_key, search_key

_CHUNK = 1000
_LENGTH = 500


def _tail(line: Any) -> str:
    return search_key(*line.former_tickets.splitlines(), names_search_key(*line.former_names.splitlines()))


def _renew(apps: Any, *, found_by_former: bool) -> None:
    members = apps.get_model("members", "Member")
    lines = apps.get_model("members", "BookLine").objects.filter(left_on__isnull=True, member__isnull=False)
    lines = lines.exclude(Q(former_tickets="") & Q(former_names="")).select_related("member").order_by("pk")
    fields = ("former_tickets", "former_names", "member__search_key")
    last = 0
    while some := list(lines.filter(pk__gt=last).only(*fields)[:_CHUNK]):
        last = some[-1].pk
        for line in some:
            kept, tail = line.member.search_key.rstrip(), _tail(line)
            line.member.search_key = f"{kept}{tail}"[:_LENGTH] if found_by_former else kept.removesuffix(tail)
        members.objects.bulk_update([line.member for line in some], ["search_key"], batch_size=200)


def with_former(apps: Any, editor: Any) -> None:
    _renew(apps, found_by_former=True)


def without_former(apps: Any, editor: Any) -> None:
    _renew(apps, found_by_former=False)


class Migration(migrations.Migration):
    dependencies = [("members", "0022_places_of_check_lists")]

    operations = [migrations.RunPython(with_former, without_former)]
