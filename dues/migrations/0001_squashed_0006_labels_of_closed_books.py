"""Every table of the app at once, for new installations; older ones have the migrations that it replaces."""

import django.db.models.deletion
import registry.fields
import registry.operations
import simple_history.models
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("dues", "0001_initial"),
        ("dues", "0002_plain_labels"),
        ("dues", "0003_sums_are_whole_kopecks"),
        ("dues", "0004_entries_have_two_sides"),
        ("dues", "0005_periods_of_the_books_are_closed"),
        ("dues", "0006_labels_of_closed_books"),
    ]

    initial = True

    dependencies = [
        ("members", "0001_squashed_0029_working_family_members_named_plainly"),
        ("registry", "0001_squashed_0014_figures_named_plainly"),
    ]

    operations = [
        registry.operations.CreateModels(
            operations=[
                migrations.CreateModel(
                    name="DuesAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("unpaid_since", models.DateField(blank=True, null=True, verbose_name="not paid since")),
                        (
                            "paid_to",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="paid to year"),
                        ),
                        (
                            "entrance_paid_on",
                            models.DateField(blank=True, null=True, verbose_name="entrance fee paid on"),
                        ),
                        (
                            "member",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="dues",
                                to="members.member",
                                verbose_name="member",
                            ),
                        ),
                        (
                            "unpaid",
                            registry.fields.KopecksField(default=Decimal("0"), verbose_name="not paid, roubles"),
                        ),
                        (
                            "advance",
                            registry.fields.KopecksField(default=Decimal("0"), verbose_name="paid in advance, roubles"),
                        ),
                    ],
                    options={
                        "verbose_name": "personal account of dues",
                        "verbose_name_plural": "personal accounts of dues",
                        "indexes": [models.Index(fields=["unpaid_since"], name="account_unpaid_since")],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalRate",
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
                        ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("paper", models.CharField(max_length=300, verbose_name="document that sets the rate")),
                        (
                            "due_month",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="due by, month"),
                        ),
                        (
                            "due_day",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="due by, day"),
                        ),
                        (
                            "days_after_decision",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="days after the decision"
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "federation",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.federation",
                                verbose_name="federation",
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
                    ],
                    options={
                        "verbose_name": "historical rate",
                        "verbose_name_plural": "historical rates",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="LedgerEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("charge", "charge"), ("payment", "payment"), ("reversal", "reversal")],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
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
                        ("made_on", models.DateField(verbose_name="date")),
                        ("due_on", models.DateField(blank=True, null=True, verbose_name="due by")),
                        ("paper", models.CharField(blank=True, max_length=200, verbose_name="paper")),
                        ("key", models.CharField(max_length=80, unique=True)),
                        ("posted_at", models.DateTimeField(verbose_name="posted at")),
                        ("rule", models.CharField(blank=True, max_length=20)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="dues.duesaccount",
                                verbose_name="account",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ledger",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "posted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="posted by",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="dues.ledgerentry",
                                verbose_name="reverses",
                            ),
                        ),
                        ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                        (
                            "debit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="debits",
                                to="dues.bookaccount",
                                verbose_name="debit",
                            ),
                        ),
                        (
                            "credit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credits",
                                to="dues.bookaccount",
                                verbose_name="credit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "ledger entry",
                        "verbose_name_plural": "ledger entries",
                        "ordering": ["made_on", "pk"],
                        "indexes": [
                            models.Index(fields=["account", "made_on"], name="entry_of_account"),
                            models.Index(fields=["organization", "made_on"], name="entry_of_organization"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "reversal"), ("reverses__isnull", False)),
                                    models.Q(models.Q(("kind", "reversal"), _negated=True), ("reverses__isnull", True)),
                                    _connector="OR",
                                ),
                                name="entry_reversal_names_entry",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "charge"), _negated=True),
                                    ("due_on__isnull", False),
                                    _connector="OR",
                                ),
                                name="entry_charge_has_term",
                            ),
                            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="entry_above_zero"),
                            models.CheckConstraint(
                                condition=models.Q(("debit", models.F("credit")), _negated=True),
                                name="entry_has_two_sides",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                        ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("paper", models.CharField(max_length=300, verbose_name="document that sets the rate")),
                        (
                            "due_month",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="due by, month"),
                        ),
                        (
                            "due_day",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="due by, day"),
                        ),
                        (
                            "days_after_decision",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="days after the decision"
                            ),
                        ),
                        (
                            "federation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rates",
                                to="registry.federation",
                                verbose_name="federation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "rate",
                        "verbose_name_plural": "rates",
                        "ordering": ["federation", "fee", "-valid_from"],
                        "constraints": [
                            models.UniqueConstraint(fields=("federation", "fee", "valid_from"), name="rate_once_a_day"),
                            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="rate_above_zero"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BookAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("members", "settlements with members"),
                                    ("income", "income from dues"),
                                    ("received", "money received"),
                                    ("opening", "opening balances"),
                                ],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "fee",
                            models.CharField(
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
                            models.UniqueConstraint(
                                fields=("organization", "kind", "fee", "year"), name="book_account_once"
                            ),
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
                migrations.CreateModel(
                    name="ClosedBooks",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("until", models.DateField(verbose_name="closed until")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason for reopening")),
                        (
                            "organization",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="closed_books",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "closed books",
                        "verbose_name_plural": "closed books",
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalClosedBooks",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        ("until", models.DateField(verbose_name="closed until")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason for reopening")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                        "verbose_name": "historical closed books",
                        "verbose_name_plural": "historical closed books",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
    ]
