"""Keys of names are equal with and without hyphens and apostrophes: «О’Коннор», «Оконнор» (N-A1)."""

from collections.abc import Callable
from typing import Any

from django.db import migrations
from django.db.models import F, Q, Value
from django.db.models.functions import Replace

from registry.text import names_search_key, search_key

_CHUNK = 1000
_NAMES = ("surname", "given_name", "patronymic")
_WITH_SEARCH = ("Member", "Application", "Representation")
_WITH_NAME = ("Member", "Representation")


def _names(row: Any) -> list[str]:
    return [getattr(row, name) for name in _NAMES]


def _renew(rows: Any, field: str, key_of: Callable[[Any], str]) -> None:
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk").only(field, *_NAMES)[:_CHUNK]):
        last = some[-1].pk
        for row in some:
            setattr(row, field, key_of(row))
        rows.model.objects.bulk_update(some, [field], batch_size=200)


def _marked(model: Any) -> Any:
    """Return the rows with a hyphen or an apostrophe in a name: the search keys of the others stay."""
    marks = Q()
    for name in _NAMES:
        marks |= Q(**{f"{name}__contains": "-"}) | Q(**{f"{name}__contains": "’"}) | Q(**{f"{name}__contains": "'"})
    return model.objects.filter(marks)


def with_whole_words(apps: Any, editor: Any) -> None:
    """Numbers and dates stay behind the names."""
    for label in _WITH_SEARCH:
        _renew(
            _marked(apps.get_model("members", label)),
            "search_key",
            lambda row: search_key(names_search_key(*_names(row)) + row.search_key[len(search_key(*_names(row))) :]),
        )
    for label in _WITH_NAME:
        model = apps.get_model("members", label)
        model.objects.update(name_key=Replace(F("name_key"), Value(" "), Value("")))


def without_whole_words(apps: Any, editor: Any) -> None:
    for label in _WITH_SEARCH:
        _renew(
            _marked(apps.get_model("members", label)),
            "search_key",
            lambda row: search_key(*_names(row)) + row.search_key[len(names_search_key(*_names(row))) :],
        )
    for label in _WITH_NAME:
        _renew(
            apps.get_model("members", label).objects.all(),
            "name_key",
            lambda row: search_key(row.surname, row.given_name).strip()[:320],
        )


class Migration(migrations.Migration):
    dependencies = [("members", "0010_plain_labels")]

    operations = [migrations.RunPython(with_whole_words, without_whole_words)]
