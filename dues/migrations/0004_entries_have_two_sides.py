"""Every entry moves its sum from one account of the books to another (N-D1, ADR 15)."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from registry import guards

_KINDS = [
    ("members", "settlements with members"),
    ("income", "income from dues"),
    ("received", "money received"),
    ("opening", "opening balances"),
]
_FEES = [
    ("entrance", "entrance fee"),
    ("annual", "annual fee"),
    ("property", "property contribution"),
    ("voluntary", "voluntary contribution"),
    ("percent", "percentage of pay"),
]
#: What was charged is owed by members; other kinds are income when they are paid.
_CHARGED = "('entrance', 'annual', 'property')"

_OPEN = """INSERT INTO dues_bookaccount (organization_id, kind, fee, year)
SELECT DISTINCT organization_id, {values} FROM dues_ledgerentry"""

_INCOME = "SELECT a.id FROM dues_bookaccount a WHERE a.organization_id = e.organization_id AND a.kind = 'income' AND a.fee = e.fee AND a.year = COALESCE(e.year, 0)"
_PLAIN = "SELECT a.id FROM dues_bookaccount a WHERE a.organization_id = e.organization_id AND a.kind = '{kind}'"

_FILL = f"""UPDATE dues_ledgerentry AS e SET
debit_id = CASE WHEN kind = 'charge' THEN ({_PLAIN.format(kind="members")}) ELSE ({_PLAIN.format(kind="received")}) END,
credit_id = CASE WHEN kind = 'payment' AND fee IN {_CHARGED} THEN ({_PLAIN.format(kind="members")}) ELSE ({_INCOME}) END
WHERE kind <> 'reversal'"""

_FILL_REVERSALS = """UPDATE dues_ledgerentry AS e SET
debit_id = (SELECT w.credit_id FROM dues_ledgerentry w WHERE w.id = e.reverses_id),
credit_id = (SELECT w.debit_id FROM dues_ledgerentry w WHERE w.id = e.reverses_id)
WHERE kind = 'reversal'"""


def fill(apps: Any, editor: Any) -> None:
    """Open the accounts that the entries need, and name both sides of each entry."""
    guards.lift("dues_ledgerentry", editor.connection.alias)
    for values in ("'members', '', 0", "'received', '', 0", "'income', fee, COALESCE(year, 0)"):
        editor.execute(_OPEN.format(values=values))
    editor.execute(_FILL)
    editor.execute(_FILL_REVERSALS)
    if editor.connection.vendor == "postgresql":
        # The keys of the new columns are checked now: a table with checks that wait cannot be altered.
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _side(name: str, *, filled: bool) -> models.Field:
    return models.ForeignKey(
        "dues.bookaccount",
        django.db.models.deletion.PROTECT,
        null=not filled,
        related_name=f"{name}s",
        verbose_name=name,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0008_until_when_an_organization_has_a_chair"),
        ("dues", "0003_sums_are_whole_kopecks"),
    ]

    operations = [
        migrations.CreateModel(
            name="BookAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=_KINDS, max_length=10, verbose_name="kind")),
                ("fee", models.CharField(blank=True, choices=_FEES, max_length=10, verbose_name="kind of dues")),
                ("year", models.PositiveSmallIntegerField(default=0, verbose_name="year")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="book_accounts",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "account of the books",
                "verbose_name_plural": "accounts of the books",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "kind", "fee", "year"), name="book_account_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "income"), models.Q(("fee", ""), _negated=True)),
                            models.Q(models.Q(("kind", "income"), _negated=True), ("fee", ""), ("year", 0)),
                            _connector="OR",
                        ),
                        name="book_account_of_income_has_fee",
                    ),
                ],
            },
        ),
        *(migrations.AddField("ledgerentry", name, _side(name, filled=False)) for name in ("debit", "credit")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(migrations.AlterField("ledgerentry", name, _side(name, filled=True)) for name in ("debit", "credit")),
        migrations.AddConstraint(
            "ledgerentry",
            models.CheckConstraint(
                condition=models.Q(("debit", models.F("credit")), _negated=True), name="entry_has_two_sides"
            ),
        ),
    ]
