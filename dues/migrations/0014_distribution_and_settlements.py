"""Distribution of income and settlements between organisations (V-D7)."""

import django.db.models.deletion
import django.db.models.functions.comparison
import registry.fields
import simple_history.models
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0013_reminders_of_dues"),
        ("registry", "0014_figures_named_plainly"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Distribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField(verbose_name="first day")),
                ("last", models.DateField(verbose_name="last day")),
                ("received", registry.fields.KopecksField(verbose_name="received, roubles")),
                (
                    "corrections",
                    registry.fields.KopecksField(
                        default=Decimal("0"), verbose_name="corrections of earlier periods, roubles"
                    ),
                ),
                ("made_on", models.DateField(verbose_name="date")),
                ("taken_back_on", models.DateField(blank=True, null=True, verbose_name="taken back on")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
            ],
            options={
                "verbose_name": "distribution of income",
                "verbose_name_plural": "distributions of income",
                "ordering": ["-last", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DistributionDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.CharField(max_length=150, verbose_name="body")),
                ("number", models.CharField(max_length=20, verbose_name="minutes №")),
                ("decided_on", models.DateField(verbose_name="date of the decision")),
                ("valid_from", models.DateField(verbose_name="valid from")),
            ],
            options={
                "verbose_name": "decision on the distribution of income",
                "verbose_name_plural": "decisions on the distribution of income",
                "ordering": ["-valid_from", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DistributionLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
            ],
            options={
                "verbose_name": "line of a distribution",
                "verbose_name_plural": "lines of distributions",
                "ordering": ["distribution", "share__position"],
            },
        ),
        migrations.CreateModel(
            name="DistributionShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("purpose", models.CharField(blank=True, max_length=150, verbose_name="purpose")),
                ("percent", registry.fields.KopecksField(verbose_name="percent")),
            ],
            options={
                "verbose_name": "share of a distribution",
                "verbose_name_plural": "shares of a distribution",
                "ordering": ["decision", "position"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalDistribution",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("first", models.DateField(verbose_name="first day")),
                ("last", models.DateField(verbose_name="last day")),
                ("received", registry.fields.KopecksField(verbose_name="received, roubles")),
                (
                    "corrections",
                    registry.fields.KopecksField(
                        default=Decimal("0"), verbose_name="corrections of earlier periods, roubles"
                    ),
                ),
                ("made_on", models.DateField(verbose_name="date")),
                ("taken_back_on", models.DateField(blank=True, null=True, verbose_name="taken back on")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical distribution of income",
                "verbose_name_plural": "historical distributions of income",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDistributionDecision",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("body", models.CharField(max_length=150, verbose_name="body")),
                ("number", models.CharField(max_length=20, verbose_name="minutes №")),
                ("decided_on", models.DateField(verbose_name="date of the decision")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical decision on the distribution of income",
                "verbose_name_plural": "historical decisions on the distribution of income",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRemittance",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("made_on", models.DateField(verbose_name="date")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("cash", "cash desk, by a cash expense order"),
                            ("bank", "bank account"),
                            ("received", "money recorded by papers"),
                        ],
                        max_length=10,
                        verbose_name="paid from",
                    ),
                ),
                ("paper", models.CharField(max_length=150, verbose_name="paper")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "sent, not confirmed yet"),
                            ("received", "received"),
                            ("not_found", "not found by the receiver"),
                            ("taken_back", "taken back"),
                        ],
                        db_index=True,
                        default="sent",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="received on")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical money passed on",
                "verbose_name_plural": "historical money passed on",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSettlementAct",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("first", models.DateField(verbose_name="first day")),
                ("last", models.DateField(verbose_name="last day")),
                ("by_superior", models.BooleanField(default=False, verbose_name="drawn by the superior")),
                ("drawn_on", models.DateField(verbose_name="date")),
                ("drawn_at", models.DateTimeField(verbose_name="drawn at")),
                ("owed", registry.fields.KopecksField(verbose_name="owed by the books of the organisation, roubles")),
                ("claimed", registry.fields.KopecksField(verbose_name="owed by the books of the superior, roubles")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drawn", "waits for the other organisation"),
                            ("agreed", "confirmed by both"),
                            ("differs", "confirmed with differences"),
                        ],
                        db_index=True,
                        default="drawn",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="answered on")),
                ("differences", models.CharField(blank=True, max_length=500, verbose_name="differences")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical act of reconciliation",
                "verbose_name_plural": "historical acts of reconciliation",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Remittance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("made_on", models.DateField(verbose_name="date")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("cash", "cash desk, by a cash expense order"),
                            ("bank", "bank account"),
                            ("received", "money recorded by papers"),
                        ],
                        max_length=10,
                        verbose_name="paid from",
                    ),
                ),
                ("paper", models.CharField(max_length=150, verbose_name="paper")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "sent, not confirmed yet"),
                            ("received", "received"),
                            ("not_found", "not found by the receiver"),
                            ("taken_back", "taken back"),
                        ],
                        db_index=True,
                        default="sent",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="received on")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "money passed on",
                "verbose_name_plural": "money passed on",
                "ordering": ["-made_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SettlementAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField(verbose_name="first day")),
                ("last", models.DateField(verbose_name="last day")),
                ("by_superior", models.BooleanField(default=False, verbose_name="drawn by the superior")),
                ("drawn_on", models.DateField(verbose_name="date")),
                ("drawn_at", models.DateTimeField(verbose_name="drawn at")),
                ("owed", registry.fields.KopecksField(verbose_name="owed by the books of the organisation, roubles")),
                ("claimed", registry.fields.KopecksField(verbose_name="owed by the books of the superior, roubles")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drawn", "waits for the other organisation"),
                            ("agreed", "confirmed by both"),
                            ("differs", "confirmed with differences"),
                        ],
                        db_index=True,
                        default="drawn",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("answered_on", models.DateField(blank=True, null=True, verbose_name="answered on")),
                ("differences", models.CharField(blank=True, max_length=500, verbose_name="differences")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "act of reconciliation",
                "verbose_name_plural": "acts of reconciliation",
                "ordering": ["-drawn_on", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="bookaccount",
            name="book_account_once",
        ),
        migrations.AddField(
            model_name="bookaccount",
            name="partner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.organization",
                verbose_name="other organisation",
            ),
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
                    ("spent", "expenses"),
                    ("other", "money that is not dues"),
                    ("passed", "income passed on"),
                    ("owed_to", "owed to another organisation"),
                    ("owed_by", "owed by another organisation"),
                    ("shared", "income from organisations below"),
                    ("opening", "opening balances"),
                ],
                max_length=10,
                verbose_name="kind",
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
                django.db.models.functions.comparison.Coalesce("partner", 0),
                name="book_account_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("owed_to", "owed_by")), ("partner__isnull", False)),
                    models.Q(models.Q(("kind__in", ("owed_to", "owed_by")), _negated=True), ("partner__isnull", True)),
                    _connector="OR",
                ),
                name="book_account_of_settlements_has_partner",
            ),
        ),
        migrations.AddField(
            model_name="distribution",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="distributions",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="distributiondecision",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="distribution_decisions",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="distribution",
            name="decision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="distributions",
                to="dues.distributiondecision",
                verbose_name="decision",
            ),
        ),
        migrations.AddField(
            model_name="distributionline",
            name="claim",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="distribution_claim",
                to="dues.ledgerentry",
            ),
        ),
        migrations.AddField(
            model_name="distributionline",
            name="distribution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="dues.distribution"
            ),
        ),
        migrations.AddField(
            model_name="distributionline",
            name="entry",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="distribution_line",
                to="dues.ledgerentry",
            ),
        ),
        migrations.AddField(
            model_name="distributionshare",
            name="decision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="dues.distributiondecision"
            ),
        ),
        migrations.AddField(
            model_name="distributionshare",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="distributionline",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="dues.distributionshare",
                verbose_name="share",
            ),
        ),
        migrations.AddField(
            model_name="historicaldistribution",
            name="decision",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dues.distributiondecision",
                verbose_name="decision",
            ),
        ),
        migrations.AddField(
            model_name="historicaldistribution",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicaldistribution",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="historicaldistributiondecision",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicaldistributiondecision",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="historicalremittance",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dues.ledgerentry",
            ),
        ),
        migrations.AddField(
            model_name="historicalremittance",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalremittance",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="historicalremittance",
            name="receipt",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dues.ledgerentry",
            ),
        ),
        migrations.AddField(
            model_name="historicalremittance",
            name="receiver",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.organization",
                verbose_name="receiver",
            ),
        ),
        migrations.AddField(
            model_name="historicalsettlementact",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalsettlementact",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="historicalsettlementact",
            name="superior",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.organization",
                verbose_name="superior",
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="remittance", to="dues.ledgerentry"
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remittances",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="receipt",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remittance_received",
                to="dues.ledgerentry",
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="receiver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remittances_to_it",
                to="registry.organization",
                verbose_name="receiver",
            ),
        ),
        migrations.AddField(
            model_name="settlementact",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="settlement_acts",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="settlementact",
            name="superior",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="settlement_acts_of_lower",
                to="registry.organization",
                verbose_name="superior",
            ),
        ),
        migrations.AddConstraint(
            model_name="distributiondecision",
            constraint=models.UniqueConstraint(fields=("organization", "valid_from"), name="distribution_decided_once"),
        ),
        migrations.AddConstraint(
            model_name="distribution",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_on__isnull", True)),
                fields=("organization", "first"),
                name="distributed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="distribution",
            constraint=models.CheckConstraint(
                condition=models.Q(("last__gte", models.F("first"))), name="distribution_has_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="distributionshare",
            constraint=models.UniqueConstraint(fields=("decision", "position"), name="distribution_share_once"),
        ),
        migrations.AddConstraint(
            model_name="distributionshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gt", 0), ("percent__lte", Decimal("100"))),
                name="distribution_share_of_hundred",
            ),
        ),
        migrations.AddConstraint(
            model_name="distributionline",
            constraint=models.UniqueConstraint(fields=("distribution", "share"), name="distribution_line_once"),
        ),
        migrations.AddConstraint(
            model_name="distributionline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="distribution_line_not_below_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="remittance_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="remittance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("receipt__isnull", False), ("received_on__isnull", False), ("state", "received")),
                    models.Q(
                        models.Q(("state", "received"), _negated=True),
                        ("receipt__isnull", True),
                        ("received_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="remittance_received_is_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_on__isnull", True), ("state", "drawn")),
                    models.Q(models.Q(("state", "drawn"), _negated=True), ("answered_on__isnull", False)),
                    _connector="OR",
                ),
                name="settlement_act_answered",
            ),
        ),
    ]
