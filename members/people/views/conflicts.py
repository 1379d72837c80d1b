"""Two officers edited one card: both changes field by field, and the choice of the second one (V-B2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst

from registry.requests import VERSION_DIGITS, number_in

from ..forms.cards import CardForm
from ..queries.history import editors_since, values_at
from ..queries.showing import in_words, joined_in_words
from ..rules.fields import is_empty, label_of
from ..rules.person import cells_of

MINE, THEIRS = "mine", "theirs"
_NOT_TYPED = {"csrfmiddlewaretoken", "version", "seen"}


@dataclass(frozen=True)
class Difference:
    """A field whose value in the form differs from the card; `choice` is the selected side, empty if none."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str
    choice: str

    @property
    def takes_theirs(self) -> bool:
        return self.choice == THEIRS

    @property
    def takes_mine(self) -> bool:
        return self.choice == MINE

    @property
    def input_name(self) -> str:
        return f"choice_{self.name}"


class Conflict:
    """The second editor's form compared with the card as it is now."""

    def __init__(self, form: CardForm, data: QueryDict) -> None:
        assert form.member is not None  # noqa: S101 — only a card that exists is edited twice
        self.form, self.member, self.data = form, form.member, data
        self.version = self._number("seen") or self.member.version

    def _number(self, name: str) -> int | None:
        return number_in(self.data.get(name, ""), VERSION_DIGITS)

    @property
    def is_settled(self) -> bool:
        """Return whether this version of the card was shown and a choice made for every field."""
        seen = self._number("seen") == self.member.version or not self.differences
        return seen and all(d.choice for d in self.differences)

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the second editor's own values that they chose to keep."""
        mine = {d.name for d in self.differences if d.choice == MINE}
        values = {name: value for name, value in self.form.values.items() if name in mine}
        if "joined_on" in mine:
            values["joined_year_only"] = self.form.values["joined_year_only"]
        return {**values, "confirmed_duplicate": self.form.cleaned_data.get("confirmed_duplicate", "")}

    @cached_property
    def differences(self) -> list[Difference]:
        """Return the fields whose values in the form differ from the card."""
        now = self.form.before
        base = values_at(self.member, self.form.cleaned_data.get("version") or 0) or now
        words = _Words(self.form)
        found = []
        for name, typed in self.form.values.items():
            if name == "joined_year_only" or _same(typed, now[name]):
                continue
            found.append(
                Difference(
                    name=name,
                    label=capfirst(str(label_of(name, self.form.charter))),
                    before=words.of(name, base),
                    theirs=words.of(name, now),
                    mine=words.of(name, self.form.values),
                    choice=self._choice(
                        name, mine=not _same(typed, base[name]), theirs=not _same(now[name], base[name])
                    ),
                )
            )
        return found

    def _choice(self, name: str, *, mine: bool, theirs: bool) -> str:
        sent = self.data.get(f"choice_{name}", "")
        if sent in {MINE, THEIRS}:
            return sent
        if mine and theirs:
            return ""
        return MINE if mine else THEIRS

    @property
    def editors(self) -> list[tuple[str, dt.datetime]]:
        """Return who saved the card in the meantime."""
        return editors_since(self.member, self.form.cleaned_data.get("version") or 0)

    @property
    def carried(self) -> Iterable[tuple[str, str]]:
        """Return the submitted values, to be sent again with the choice."""
        return [
            (name, value)
            for name, values in self.data.lists()
            for value in values
            if name not in _NOT_TYPED and not name.startswith("choice_")
        ]

    @property
    def asked_before(self) -> bool:
        """Return whether the choice was shown before; then a missing choice is an error."""
        return "seen" in self.data


class _Words:
    def __init__(self, form: CardForm) -> None:
        self.charter = form.charter
        has_cells = "cell" in form.fields
        self.cells = {cell.pk: cell.short_name for cell in cells_of(form.organization)} if has_cells else {}

    def of(self, name: str, values: Any) -> str:
        if name == "joined_on":
            return joined_in_words(values)
        return in_words(name, values[name], self.charter, cells=self.cells)


def _same(one: Any, other: Any) -> bool:
    return one == other or (is_empty(one) and is_empty(other))
