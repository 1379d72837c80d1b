"""Accounts and organisation of an entry are held by guards, once for each statement, in place of foreign keys (ADR 26).

All guards are installed after the migrations; here others may be writing to the ledger without its keys.
"""

from typing import Any

from django.db import migrations, models

from registry import guards


def hold(apps: Any, editor: Any) -> None:
    """Guard the accounts before their keys are taken away."""
    guards.hold("dues_ledgerentry", editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("dues", "0026_room_on_pages_of_accounts")]

    operations = [
        migrations.RunPython(hold, migrations.RunPython.noop),
        migrations.AlterField(
            "ledgerentry",
            "organization",
            models.ForeignKey(
                "registry.organization",
                models.PROTECT,
                db_constraint=False,
                db_index=False,
                related_name="ledger",
                verbose_name="organisation",
            ),
        ),
        migrations.AlterField(
            "ledgerentry",
            "debit",
            models.ForeignKey(
                "dues.bookaccount",
                models.PROTECT,
                db_constraint=False,
                related_name="debits",
                verbose_name="debit",
            ),
        ),
        migrations.AlterField(
            "ledgerentry",
            "credit",
            models.ForeignKey(
                "dues.bookaccount",
                models.PROTECT,
                db_constraint=False,
                related_name="credits",
                verbose_name="credit",
            ),
        ),
    ]
