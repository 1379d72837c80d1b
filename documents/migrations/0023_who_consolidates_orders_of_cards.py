"""The organisation to which an order of cards is submitted consolidates orders; a collector collects dues.

Indexes and constraints are made anew, because renaming a field does not rename them.
"""

import django.db.models.deletion
from django.db import migrations, models


def of_order(**options):
    """Return the field of the order."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.organization",
        verbose_name="submitted to", **options,
    )  # fmt: skip


def of_history(**options):
    """Return the field of the order's history."""
    return models.ForeignKey(
        blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+",
        to="registry.organization", verbose_name="submitted to", **options,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0022_data_destroyed_after_withdrawals"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="cardorder", name="card_order_to_check"),
        migrations.AlterField("cardorder", "collector", of_order(db_index=False, db_constraint=False)),
        migrations.AlterField("historicalcardorder", "collector", of_history(db_index=False)),
        migrations.RenameField("cardorder", "collector", "consolidator"),
        migrations.RenameField("historicalcardorder", "collector", "consolidator"),
        migrations.AlterField("cardorder", "consolidator", of_order()),
        migrations.AlterField("historicalcardorder", "consolidator", of_history()),
        migrations.AddIndex(
            model_name="cardorder",
            index=models.Index(fields=["consolidator", "state"], name="card_order_to_check"),
        ),
    ]
