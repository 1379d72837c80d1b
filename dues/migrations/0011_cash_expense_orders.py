"""Cash expense orders, and accounts of expenses (V-D6)."""

import django.db.models.deletion
import registry.fields
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0010_employers_and_statements_of_deduction"),
        ("registry", "0014_figures_named_plainly"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="bookaccount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("members", "settlements with members"),
                    ("income", "income from dues"),
                    ("received", "money received"),
                    ("collector", "money held by a collector"),
                    ("cash", "cash desk"),
                    ("bank", "bank account"),
                    ("unknown", "money not identified yet"),
                    ("spent", "expenses"),
                    ("opening", "opening balances"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalExpenseOrder",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("made_on", models.DateField(verbose_name="date")),
                ("paid_to", models.CharField(max_length=200, verbose_name="paid to")),
                ("ground", models.CharField(max_length=300, verbose_name="ground")),
                ("enclosure", models.CharField(blank=True, max_length=200, verbose_name="enclosure")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("head_post", models.CharField(blank=True, max_length=100, verbose_name="post of the head")),
                ("head", models.CharField(blank=True, max_length=100, verbose_name="head of the organisation")),
                ("accountant", models.CharField(blank=True, max_length=100, verbose_name="chief accountant")),
                ("cashier", models.CharField(blank=True, max_length=100, verbose_name="cashier")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="dues.ledgerentry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical cash expense order",
                "verbose_name_plural": "historical cash expense orders",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ExpenseOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("made_on", models.DateField(verbose_name="date")),
                ("paid_to", models.CharField(max_length=200, verbose_name="paid to")),
                ("ground", models.CharField(max_length=300, verbose_name="ground")),
                ("enclosure", models.CharField(blank=True, max_length=200, verbose_name="enclosure")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("head_post", models.CharField(blank=True, max_length=100, verbose_name="post of the head")),
                ("head", models.CharField(blank=True, max_length=100, verbose_name="head of the organisation")),
                ("accountant", models.CharField(blank=True, max_length=100, verbose_name="chief accountant")),
                ("cashier", models.CharField(blank=True, max_length=100, verbose_name="cashier")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expense_order",
                        to="dues.ledgerentry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expense_orders",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "cash expense order",
                "verbose_name_plural": "cash expense orders",
                "ordering": ["-year", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "year", "number"), name="expense_order_number_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="expense_order_above_zero"),
                ],
            },
        ),
    ]
