"""Sums of the books are stored as whole kopecks: SQLite keeps decimal numbers as floating point (N-D1)."""

from decimal import Decimal
from typing import Any

from django.db import migrations, models

from registry import guards
from registry.fields import KopecksField

#: Model → its sums.
_SUMS = {"ledgerentry": ("amount",), "duesaccount": ("unpaid", "advance")}


def to_kopecks(apps: Any, editor: Any) -> None:
    """Fill the new columns from the decimal ones."""
    _fill(editor, "{name}_kopecks = ROUND({name} * 100)")


def to_roubles(apps: Any, editor: Any) -> None:
    """Fill the decimal columns from the kopecks."""
    _fill(editor, "{name} = {name}_kopecks / 100.0")


def _fill(editor: Any, sentence: str) -> None:
    guards.lift("dues_ledgerentry", editor.connection.alias)
    for model, names in _SUMS.items():
        changes = ", ".join(sentence.format(name=name) for name in names)
        editor.execute(f"UPDATE dues_{model} SET {changes}")  # noqa: S608


def _sums() -> list[tuple[str, str]]:
    return [(model, name) for model, names in _SUMS.items() for name in names]


_LABELS = {"amount": "sum, roubles", "unpaid": "not paid, roubles", "advance": "paid in advance, roubles"}


def _decimal(name: str) -> models.Field:
    return models.DecimalField(_LABELS[name], max_digits=12, decimal_places=2, default=Decimal(0))


class Migration(migrations.Migration):
    dependencies = [("dues", "0002_plain_labels")]

    operations = [
        migrations.RemoveConstraint("ledgerentry", "entry_above_zero"),
        *(migrations.AddField(m, f"{n}_kopecks", KopecksField(_LABELS[n], default=Decimal(0))) for m, n in _sums()),
        # On the way back the decimal column is added first, with a value that is filled then.
        *(migrations.AlterField(m, n, _decimal(n)) for m, n in _sums()),
        migrations.RunPython(to_kopecks, to_roubles),
        *(migrations.RemoveField(m, n) for m, n in _sums()),
        *(migrations.RenameField(m, f"{n}_kopecks", n) for m, n in _sums()),
        migrations.AlterField("ledgerentry", "amount", KopecksField(_LABELS["amount"])),
        migrations.AddConstraint(
            "ledgerentry", models.CheckConstraint(condition=models.Q(amount__gt=0), name="entry_above_zero")
        ),
    ]
