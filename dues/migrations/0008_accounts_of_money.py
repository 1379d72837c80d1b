"""Accounts of money, and movements between them, which concern no member (V-D4 to V-D6, ADR 15)."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0007_orders_that_appoint_collectors"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bookaccount",
            name="book_account_once",
        ),
        migrations.AddField(
            model_name="bookaccount",
            name="number",
            field=models.CharField(blank=True, max_length=20, verbose_name="account number"),
        ),
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
                    ("opening", "opening balances"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="dues.duesaccount",
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="fee",
            field=models.CharField(
                blank=True,
                choices=[
                    ("entrance", "entrance fee"),
                    ("annual", "annual fee"),
                    ("property", "property contribution"),
                    ("voluntary", "voluntary contribution"),
                    ("percent", "percentage of pay"),
                ],
                max_length=10,
                verbose_name="kind of dues",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("charge", "charge"),
                    ("payment", "payment"),
                    ("move", "movement of money"),
                    ("reversal", "reversal"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["charge", "payment"]),
                        ("account__isnull", False),
                        models.Q(("fee", ""), _negated=True),
                    ),
                    models.Q(("kind", "move"), ("account__isnull", True), ("fee", "")),
                    models.Q(
                        ("kind", "reversal"),
                        models.Q(
                            models.Q(("account__isnull", False), models.Q(("fee", ""), _negated=True)),
                            models.Q(("account__isnull", True), ("fee", "")),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="entry_of_member_has_fee",
            ),
        ),
        migrations.AddField(
            model_name="bookaccount",
            name="collector",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="book_accounts",
                to="dues.collectororder",
                verbose_name="collector appointment order",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookaccount",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                models.F("kind"),
                models.F("fee"),
                models.F("year"),
                models.F("number"),
                django.db.models.functions.comparison.Coalesce("collector", 0),
                name="book_account_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "collector"), ("collector__isnull", False)),
                    models.Q(models.Q(("kind", "collector"), _negated=True), ("collector__isnull", True)),
                    _connector="OR",
                ),
                name="book_account_of_collector_has_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "bank"), models.Q(("number", ""), _negated=True)),
                    models.Q(models.Q(("kind", "bank"), _negated=True), ("number", "")),
                    _connector="OR",
                ),
                name="book_account_of_bank_has_number",
            ),
        ),
    ]
