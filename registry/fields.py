"""Model fields: sums of money, and encrypted values of identity papers and health data (152-ФЗ, practice 7.6)."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models import expressions
from django.db.models.expressions import Combinable


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """Return the installation's cipher: the first key encrypts, all keys decrypt."""
    return _cipher(tuple(settings.FIELD_KEYS))


def encrypt(text: str) -> str:
    """Encrypt a text; the empty text stays empty, so that empty fields need no key."""
    return cipher().encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """Decrypt a token made by `encrypt`. Raises `InvalidToken` if no key fits."""
    return cipher().decrypt(token.encode()).decode() if token else ""


class EncryptedTextField(models.TextField):
    """An encrypted text; it cannot be searched or sorted by."""

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


class KopecksField(models.BigIntegerField):
    """An amount in roubles, stored as a whole number of kopecks, because SQLite stores decimals as floats.

    Raises `ValueError` for an amount with a fraction of a kopeck, or for one that is not a number. In queries amounts
    are added, subtracted, and multiplied by whole numbers, and the result is an amount; other arithmetic raises
    `FieldError` unless it names its output field.
    """

    # For the type checker: values of this field are decimal numbers.
    _pyi_private_set_type: Decimal | int  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

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
    """Say what arithmetic with amounts comes to.

    Django takes the first line that fits, and for a subclass of its whole numbers that is a whole number of kopecks,
    a hundred times the amount: these lines have to stand before its own.
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
        # A number beside an amount would be added to its kopecks.
        rows += [(KopecksField, models.Field, None), (models.Field, KopecksField, None)]
        expressions._connector_combinators[connector][:0] = rows  # type: ignore[attr-defined]


_combine_kopecks()


def encrypted_fields(model: type[models.Model], path: str = "") -> list[str]:
    """Return the names of the model's encrypted fields behind `path`, for `defer` in lists that show none of them."""
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
]
