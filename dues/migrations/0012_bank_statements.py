"""Bank statements, their lines and entries, accounts of known payers; an account for money that is not dues (V-D4)."""

import django.db.models.deletion
import registry.fields
import simple_history.models
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0011_cash_expense_orders"),
        ("members", "0029_working_family_members_named_plainly"),
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
                    ("other", "money that is not dues"),
                    ("opening", "opening balances"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(verbose_name="line of the file")),
                ("fingerprint", models.CharField(max_length=64)),
                ("account", models.CharField(max_length=20, verbose_name="account")),
                ("incoming", models.BooleanField(verbose_name="received")),
                ("made_on", models.DateField(verbose_name="date")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="payment order №")),
                ("kind", models.CharField(blank=True, max_length=60, verbose_name="kind of document")),
                ("other_name", models.CharField(blank=True, max_length=500, verbose_name="payer or payee")),
                (
                    "other_account",
                    models.CharField(blank=True, max_length=40, verbose_name="account of the payer or payee"),
                ),
                ("other_inn", models.CharField(blank=True, max_length=12, verbose_name="INN of the payer or payee")),
                ("purpose", models.CharField(blank=True, max_length=500, verbose_name="purpose")),
                ("raw", registry.fields.EncryptedTextField(blank=True, verbose_name="lines of the file")),
                ("remarks", models.TextField(blank=True, verbose_name="remarks")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "not identified"), ("posted", "posted"), ("other", "not dues")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "band",
                    models.CharField(
                        blank=True,
                        choices=[("sure", "sure"), ("likely", "likely"), ("open", "open")],
                        max_length=10,
                        verbose_name="match",
                    ),
                ),
                ("posted", registry.fields.KopecksField(default=Decimal("0"), verbose_name="posted, roubles")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_line",
                        to="dues.ledgerentry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_lines",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a bank statement",
                "verbose_name_plural": "lines of bank statements",
                "ordering": ["made_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="BankPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "evidence",
                    models.CharField(
                        choices=[
                            ("number_name", "payer's number and name"),
                            ("number", "payer's number"),
                            ("ticket_name", "ticket number and name"),
                            ("account", "account from which the member has paid before"),
                            ("name_sum", "full name, and the sum is the debt"),
                            ("name", "full name"),
                            ("ticket", "ticket number"),
                            ("initials", "surname and initials"),
                            ("by_hand", "chosen by hand"),
                            ("list", "list of the employer"),
                            ("not_dues", "not dues"),
                        ],
                        max_length=12,
                        verbose_name="evidence",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_part",
                        to="dues.ledgerentry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="dues.bankline",
                        verbose_name="line of a bank statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a bank statement's line",
                "verbose_name_plural": "entries of bank statements' lines",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="BankStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("first_day", models.DateField(blank=True, null=True, verbose_name="first day")),
                ("last_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("received", registry.fields.KopecksField(default=Decimal("0"), verbose_name="received, roubles")),
                ("paid", registry.fields.KopecksField(default=Decimal("0"), verbose_name="paid, roubles")),
                ("documents", models.PositiveIntegerField(verbose_name="payments")),
                ("repeated", models.PositiveIntegerField(default=0, verbose_name="loaded before")),
                ("loaded_at", models.DateTimeField(verbose_name="loaded at")),
                (
                    "loaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="loaded by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_statements",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                ("overlaps", models.ManyToManyField(blank=True, related_name="+", to="dues.bankstatement")),
            ],
            options={
                "verbose_name": "bank statement",
                "verbose_name_plural": "bank statements",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="bankline",
            name="statement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="dues.bankstatement",
                verbose_name="bank statement",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalBankLine",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("position", models.PositiveIntegerField(verbose_name="line of the file")),
                ("account", models.CharField(max_length=20, verbose_name="account")),
                ("incoming", models.BooleanField(verbose_name="received")),
                ("made_on", models.DateField(verbose_name="date")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="payment order №")),
                ("kind", models.CharField(blank=True, max_length=60, verbose_name="kind of document")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "not identified"), ("posted", "posted"), ("other", "not dues")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "band",
                    models.CharField(
                        blank=True,
                        choices=[("sure", "sure"), ("likely", "likely"), ("open", "open")],
                        max_length=10,
                        verbose_name="match",
                    ),
                ),
                ("posted", registry.fields.KopecksField(default=Decimal("0"), verbose_name="posted, roubles")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                    "statement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="dues.bankstatement",
                        verbose_name="bank statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical line of a bank statement",
                "verbose_name_plural": "historical lines of bank statements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalBankStatement",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("first_day", models.DateField(blank=True, null=True, verbose_name="first day")),
                ("last_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("received", registry.fields.KopecksField(default=Decimal("0"), verbose_name="received, roubles")),
                ("paid", registry.fields.KopecksField(default=Decimal("0"), verbose_name="paid, roubles")),
                ("documents", models.PositiveIntegerField(verbose_name="payments")),
                ("repeated", models.PositiveIntegerField(default=0, verbose_name="loaded before")),
                ("loaded_at", models.DateTimeField(verbose_name="loaded at")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
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
                    "loaded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="loaded by",
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
                "verbose_name": "historical bank statement",
                "verbose_name_plural": "historical bank statements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="KnownPayer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.CharField(max_length=40, verbose_name="account of the payer")),
                ("confirmed_on", models.DateField(verbose_name="confirmed on")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="known_payers",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="known_payers",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "account of a payer",
                "verbose_name_plural": "accounts of payers",
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(fields=("organization", "digest"), name="bank_statement_once"),
        ),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(("repeated__lte", models.F("documents"))), name="bank_statement_counts"
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(fields=["organization", "state", "band", "made_on"], name="bank_line_by_band"),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(fields=("organization", "fingerprint"), name="bank_line_once"),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="bank_line_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("incoming", True), ("posted__gte", 0), ("posted__lt", models.F("amount")), ("state", "open")
                    ),
                    models.Q(("incoming", True), ("posted", models.F("amount")), ("state", "posted")),
                    models.Q(("posted__gte", 0), ("posted__lte", models.F("amount")), ("state", "other")),
                    _connector="OR",
                ),
                name="bank_line_posted_by_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), models.Q(("band", ""), _negated=True)),
                    models.Q(models.Q(("state", "open"), _negated=True), ("band", "")),
                    _connector="OR",
                ),
                name="bank_line_open_has_band",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "other"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="bank_line_other_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="knownpayer",
            constraint=models.UniqueConstraint(fields=("organization", "account", "member"), name="known_payer_once"),
        ),
        migrations.AddConstraint(
            model_name="knownpayer",
            constraint=models.CheckConstraint(
                condition=models.Q(("account", ""), _negated=True), name="known_payer_has_account"
            ),
        ),
    ]
