"""Model fields: sums of money, and encrypted values of identity papers and health data (152-ФЗ, practice 7.6)."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache, partialmethod
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models import expressions
from django.db.models.expressions import Combinable
from django.db.models.lookups import IntegerFieldOverflow
from django.utils.functional import Promise


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """Return the installation's cipher: the first key encrypts, all keys decrypt."""
    return _cipher(tuple(settings.FIELD_KEYS))


def encrypt(text: str) -> str:
    """Encrypt a text; an empty text stays empty, so that empty fields need no key."""
    return cipher().encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """Decrypt a token made by `encrypt`. Raises `InvalidToken` if no key fits."""
    return cipher().decrypt(token.encode()).decode() if token else ""


class EncryptedTextField(models.TextField):
    """An encrypted text; it cannot be searched or sorted."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return value if value is None else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None else encrypt(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be looked up by {lookup_name}")
        return super().get_lookup(lookup_name)


class EncryptedJSONField(EncryptedTextField):
    """An encrypted JSON value."""

    # For the type checker: values of this field are JSON, not text.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return json.loads(text) if text else self.get_default()

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) and value else value

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return encrypt(json.dumps(value, ensure_ascii=False, sort_keys=True)) if value else ""

    def value_to_string(self, obj: Any) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False, sort_keys=True)


if TYPE_CHECKING:
    _Amount = models.BigIntegerField
else:
    _Amount = models.Field


class KopecksField(_Amount):
    """An amount in roubles, stored as a whole number of kopecks, because SQLite stores decimals as floats.

    Raises `ValueError` for an amount with a fraction of a kopeck, or for one that is not a number. In queries amounts
    are added, subtracted, and multiplied by whole numbers, and the result is an amount; other arithmetic raises
    `FieldError` unless it names its output field. So does a plain number combined with an amount, such as
    `Coalesce("amount", 5)`, which would mean five kopecks; write five roubles as `Value(5, KopecksField())`. This is
    why the field does not derive from Django's integer fields, although it is stored as one.
    """

    # For the type checker: values of this field are decimal numbers.
    _pyi_private_set_type: Decimal | int  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]
    empty_strings_allowed = False

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        kopecks = super().get_db_prep_value(value, connection, prepared)
        return connection.ops.adapt_integerfield_value(kopecks, self.get_internal_type())

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.DecimalField, "decimal_places": 2, **kwargs})

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return value if value is None else Decimal(value).scaleb(-2)

    def to_python(self, value: Any) -> Any:
        return value if value is None else Decimal(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        amount = Decimal(value)
        kopecks = int(amount.scaleb(2)) if amount.is_finite() else 0
        if not amount.is_finite() or amount != Decimal(kopecks).scaleb(-2):
            raise ValueError(f"{value} is no sum of roubles and kopecks")
        return kopecks


def _combine_kopecks() -> None:
    """Define the result types of arithmetic with amounts.

    Django uses the first matching entry, so entries that match everything have to come last.
    """
    whole = models.IntegerField
    for connector in (
        Combinable.ADD, Combinable.SUB, Combinable.MUL, Combinable.DIV, Combinable.MOD, Combinable.POW,
        Combinable.BITAND, Combinable.BITOR, Combinable.BITXOR, Combinable.BITLEFTSHIFT, Combinable.BITRIGHTSHIFT,
    ):  # fmt: skip
        rows: list[tuple[type, type, type | None]] = []
        if connector in {Combinable.ADD, Combinable.SUB}:
            rows.append((KopecksField, KopecksField, KopecksField))
        if connector == Combinable.MUL:
            rows.append((KopecksField, KopecksField, None))
            rows += [(KopecksField, whole, KopecksField), (whole, KopecksField, KopecksField)]
        # A plain number would be added to the kopecks.
        rows += [(KopecksField, models.Field, None), (models.Field, KopecksField, None)]
        expressions._connector_combinators[connector][:0] = rows  # type: ignore[attr-defined]


_combine_kopecks()
# Numbers outside the database's range match nothing.
for lookup in models.IntegerField.get_class_lookups().values():
    if issubclass(lookup, IntegerFieldOverflow):
        KopecksField.register_lookup(lookup)


def name_choices_once(model_classes: Iterable[type[models.Model]]) -> None:
    """Cache the names of choices for `get_…_display`, which Django builds again for every value.

    It translates all of them each time, which took a tenth of the time of a list with two such columns.
    """
    usual = models.Model._get_FIELD_display  # type: ignore[attr-defined]
    for model in model_classes:
        for field in model._meta.concrete_fields:
            name = f"get_{field.name}_display"
            made = vars(model).get(name)
            # Choices given as a function may change.
            if isinstance(made, partialmethod) and made.func is usual and isinstance(field.choices, list):
                setattr(model, name, partialmethod(_named_choice, field=field.attname, names=dict(field.flatchoices)))


def _named_choice(self: models.Model, *, field: str, names: Mapping[Any, Any]) -> Any:
    value = getattr(self, field)
    name = names.get(value, value)
    return str(name) if isinstance(name, Promise) else name


def encrypted_fields(model: type[models.Model], path: str = "") -> list[str]:
    """Return the names of the model's encrypted fields, prefixed by `path`, for `defer` in lists that show none of
    them.
    """
    return [f"{path}{field.name}" for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]


__all__ = [
    "EncryptedJSONField",
    "EncryptedTextField",
    "InvalidToken",
    "KopecksField",
    "cipher",
    "decrypt",
    "encrypt",
    "encrypted_fields",
    "name_choices_once",
]
