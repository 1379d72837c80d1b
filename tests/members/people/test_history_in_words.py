"""The history of a card shows every value in words: no codes, keys, English or ISO dates (N-D1)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.utils.translation import override

from members.people.models import CardEntry, Member
from members.people.queries import history
from members.people.queries.history import card_history
from members.people.rules.fields import ENCRYPTED_FLAGS, card_fields, choices_of, told_alone
from registry import charters
from registry.charters.base import Charter
from registry.transitions import change
from tests.members import places

CHARTERS = charters.keys()
#: Fields whose answers are stored as keys.
_KEYED = {"disability_group", "disability_cause", "mobility", "prostheses", "needs"}
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_LATIN = re.compile(r"[A-Za-z_]{2,}")
#: Values that are shown as they are.
_LITERAL = {"I", "II", "III", "Max", "Telegram", "WhatsApp", "VK", "SMS", "e-mail", "e", "mail"}


@pytest.fixture(autouse=True)
def _russian() -> Iterator[None]:
    with override("ru"):
        yield


def shown_fields() -> list[tuple[type[models.Model], Any]]:
    found = []
    for model in history._TITLES:
        tracked: Any = model.history  # type: ignore[attr-defined]
        untold = history._UNTOLD | history._UNTOLD_OF.get(model, frozenset()) | {"answers"}
        found += [(model, field) for field in tracked.model.tracked_fields if field.name not in untold]
    return found


def samples_of(model: type[models.Model], field: Any, charter: Charter) -> list[Any]:
    """Return stored values of the field, one of every kind."""
    name = field.name
    own = name in card_fields() and model is not CardEntry
    if isinstance(field, models.ForeignKey):
        return [7]
    if isinstance(field, models.BooleanField):
        return [True, False]
    if field.flatchoices:
        return [key for key, _label in field.flatchoices]
    if own and name in ENCRYPTED_FLAGS:
        return ["yes"]
    if own and name in _KEYED:
        keys = [key for key, _label in choices_of(name, charter)]
        return [keys[:2]] if name in {"prostheses", "needs"} else keys
    if isinstance(field, models.DateTimeField):
        return [dt.datetime(2019, 3, 4, 10, 5, tzinfo=dt.UTC)]
    if isinstance(field, models.DateField):
        return [dt.date(2019, 3, 4)]
    if own and name.endswith("_on"):
        return ["2019-03-04"]
    if isinstance(field, models.DecimalField):
        return [Decimal("1500.50")]
    return [12] if isinstance(field, models.IntegerField) else ["слово"]


FIELDS = [pytest.param(key, model, field, id=f"{key}-{model.__name__}-{field.name}")
          for key in CHARTERS for model, field in shown_fields()]  # fmt: skip


@pytest.mark.parametrize(("key", "model", "field"), FIELDS)
def test_every_value_of_every_field_is_in_words(key: str, model: type[models.Model], field: Any) -> None:
    charter = charters.get(key)
    for value in samples_of(model, field, charter):
        word = history._word(field, value, charter, {7: "Заречная МО"})
        left = set(_LATIN.findall(word)) - _LITERAL
        assert (bool(word) or value == "", left, bool(_ISO.search(word)), "[" in word) == (True, set(), False, False)
    label = str(history._label(model, field, charter))
    assert re.search("[А-Яа-яЁё]", label), label


@pytest.mark.parametrize(("before", "after", "words"), [(False, True, ("нет", "да")), (True, False, ("да", "нет"))])
@pytest.mark.django_db
def test_a_card_to_be_printed_again_reads_no_and_yes(before: bool, after: bool, words: tuple[str, str]) -> None:
    place = places.voi()
    member = place.put()
    Member.objects.filter(pk=member.pk).update(reprint=before)
    for value in (before, after):
        with change(by=place.chair, rule="V-B2", event="test.changed") as act:
            row = act.lock(Member, member.pk)
            row.reprint = value
            act.save(row)
            act.about(row, organization=place.keeper)
    last = next(
        change for entry in card_history(Member.objects.get(pk=member.pk), place.chair) for change in entry.changes
        if (change.before, change.after) == words
    )  # fmt: skip
    assert last.label == "перепечатать"


@pytest.mark.parametrize("key", CHARTERS)
def test_u5a_a_field_told_without_its_section_says_what_it_belongs_to(key: str) -> None:
    charter = charters.get(key)
    told = {name: str(told_alone(name, charter)) for name in charter.fields}
    vague = {"номер", "серия", "дата выдачи", "кем выдан", "вид документа", "код подразделения"}
    assert ({name for name, text in told.items() if text in vague}, len(set(told.values()))) == (set(), len(told))
    assert told.get("paper_number", "номер паспорта (документа)") == "номер паспорта (документа)"
