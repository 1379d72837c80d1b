"""Payment registers, their lines, and cash receipt orders (V-D5, V-D6)."""

import django.db.models.deletion
import registry.fields
import simple_history.models
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0008_accounts_of_money"),
        ("members", "0027_data_destroyed_after_withdrawals"),
        ("registry", "0012_files_of_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalPaymentRegister",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "fee",
                    models.CharField(
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
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("collecting", "money is being collected"),
                            ("closed", "closed, money to be handed in"),
                            ("handed_in", "handed in"),
                            ("cancelled", "cancelled"),
                        ],
                        db_index=True,
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="number")),
                (
                    "number_year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of the number"),
                ),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="opened on")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                ("total", registry.fields.KopecksField(default=Decimal("0"), verbose_name="total, roubles")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason of the cancellation")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "cell",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="cell",
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="dues.collectororder",
                        verbose_name="collector appointment order",
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
                "verbose_name": "historical payment register",
                "verbose_name_plural": "historical payment registers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PaymentRegister",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fee",
                    models.CharField(
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
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("collecting", "money is being collected"),
                            ("closed", "closed, money to be handed in"),
                            ("handed_in", "handed in"),
                            ("cancelled", "cancelled"),
                        ],
                        db_index=True,
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="number")),
                (
                    "number_year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of the number"),
                ),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="opened on")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                ("total", registry.fields.KopecksField(default=Decimal("0"), verbose_name="total, roubles")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason of the cancellation")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "cell",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="cell",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registers",
                        to="dues.collectororder",
                        verbose_name="collector appointment order",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_registers",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment register",
                "verbose_name_plural": "payment registers",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalCashOrder",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("made_on", models.DateField(verbose_name="date")),
                ("received_from", models.CharField(max_length=200, verbose_name="received from")),
                ("ground", models.CharField(max_length=300, verbose_name="ground")),
                ("enclosure", models.CharField(blank=True, max_length=200, verbose_name="enclosure")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note on a difference")),
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
                (
                    "register",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="dues.paymentregister",
                        verbose_name="payment register",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical cash receipt order",
                "verbose_name_plural": "historical cash receipt orders",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="CashOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("made_on", models.DateField(verbose_name="date")),
                ("received_from", models.CharField(max_length=200, verbose_name="received from")),
                ("ground", models.CharField(max_length=300, verbose_name="ground")),
                ("enclosure", models.CharField(blank=True, max_length=200, verbose_name="enclosure")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note on a difference")),
                ("accountant", models.CharField(blank=True, max_length=100, verbose_name="chief accountant")),
                ("cashier", models.CharField(blank=True, max_length=100, verbose_name="cashier")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cash_order",
                        to="dues.ledgerentry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cash_orders",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cash_orders",
                        to="dues.paymentregister",
                        verbose_name="payment register",
                    ),
                ),
            ],
            options={
                "verbose_name": "cash receipt order",
                "verbose_name_plural": "cash receipt orders",
                "ordering": ["-year", "-number"],
            },
        ),
        migrations.CreateModel(
            name="RegisterLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(verbose_name="№")),
                ("full_name", models.CharField(blank=True, max_length=200, verbose_name="surname, name, patronymic")),
                ("ticket_number", models.CharField(blank=True, max_length=30, verbose_name="ticket №")),
                ("amount", registry.fields.KopecksField(blank=True, null=True, verbose_name="sum, roubles")),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="date of payment")),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="register_line",
                        to="dues.ledgerentry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="register_lines",
                        to="members.member",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="dues.paymentregister"
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a payment register",
                "verbose_name_plural": "lines of payment registers",
                "ordering": ["register", "position"],
            },
        ),
        migrations.AddIndex(
            model_name="paymentregister",
            index=models.Index(fields=["organization", "state"], name="register_by_state"),
        ),
        migrations.AddConstraint(
            model_name="paymentregister",
            constraint=models.UniqueConstraint(
                fields=("organization", "number_year", "number"), name="register_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentregister",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number__isnull", True), ("number_year__isnull", True)),
                    models.Q(("number__isnull", False), ("number_year__isnull", False)),
                    _connector="OR",
                ),
                name="register_number_has_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="cashorder",
            constraint=models.UniqueConstraint(
                fields=("organization", "year", "number"), name="cash_order_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cashorder",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="cash_order_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="registerline",
            constraint=models.UniqueConstraint(fields=("register", "position"), name="register_line_once"),
        ),
        migrations.AddConstraint(
            model_name="registerline",
            constraint=models.UniqueConstraint(fields=("register", "member"), name="register_line_of_member_once"),
        ),
        migrations.AddConstraint(
            model_name="registerline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                name="register_line_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__isnull", True), ("paid_on__isnull", True)),
                    models.Q(("amount__isnull", False), ("paid_on__isnull", False)),
                    _connector="OR",
                ),
                name="register_line_has_day",
            ),
        ),
    ]
