"""The import knows the terms of the card, so that a downloaded list can be loaded unchanged."""

import datetime

import pytest
from django.utils.translation import override

from members.lists.reading.columns import recognise
from members.lists.reading.fields import FIELDS, IGNORE
from members.lists.reading.reader import read_table
from members.lists.reading.values import parse
from members.people.rules.fields import choices_of, is_list
from registry import charters

TODAY = datetime.date(2025, 11, 23)
TOLD_ELSEWHERE = {"no_patronymic", "joined_year_only", "certificate_indefinite"}


@pytest.mark.parametrize("key", charters.keys())
def test_the_catalogue_fills_every_field_of_the_card(key: str) -> None:
    filled = {name for field in FIELDS.values() for name in field.fills}
    assert set(charters.get(key).fields) - filled == TOLD_ELSEWHERE & set(charters.get(key).fields)


def test_every_label_is_known_as_a_heading() -> None:
    with override("ru"):
        labels = {field.key: str(field.label) for field in FIELDS.values() if field.key != IGNORE}
    table = read_table("\n".join("\t".join(line) for line in (labels.values(), ["?"] * len(labels))).encode())
    named = {guess.heading: guess.field for guess in recognise(table).guesses}
    # The values do not help, so the headings decide; of conflicting columns, only one may be kept.
    assert {label: field for label, field in named.items() if field != IGNORE} == {
        label: key for key, label in labels.items()
    }


@pytest.mark.parametrize("key", charters.keys())
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_label_of_an_option_is_recognised(key: str, language: str) -> None:
    charter = charters.get(key)
    for name in charter.fields:
        options = [str(option) for option, _label in choices_of(name, charter)]
        with override(language):
            labels = [str(label) for _option, label in choices_of(name, charter)]
        for option, label in zip(options, labels, strict=True):
            assert parse(name, label, today=TODAY).values == {name: [option] if is_list(name) else option}
        if is_list(name):
            assert parse(name, "; ".join(labels), today=TODAY).values == {name: options}
