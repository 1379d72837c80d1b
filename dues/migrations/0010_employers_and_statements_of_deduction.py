"""Employers, and statements by which they deduct dues (U-D1)."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0009_registers_and_cash_orders"),
        ("members", "0029_working_family_members_named_plainly"),
        ("registry", "0014_figures_named_plainly"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Employer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                ("addressee", models.CharField(blank=True, max_length=200, verbose_name="addressee of statements")),
                ("inn", models.CharField(blank=True, max_length=12, verbose_name="INN")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                (
                    "contact",
                    models.CharField(blank=True, max_length=200, verbose_name="contact of the accounts office"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="employers",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "employer",
                "verbose_name_plural": "employers",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Deduction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("prepared", "prepared"), ("handed_over", "with the employer"), ("ended", "ended")],
                        default="prepared",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=4, verbose_name="dues, % of pay")),
                ("begins_on", models.DateField(verbose_name="deducted from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="deducted until")),
                (
                    "handed_over_on",
                    models.DateField(blank=True, null=True, verbose_name="handed over to the employer on"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deductions",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deductions",
                        to="dues.employer",
                        verbose_name="employer",
                    ),
                ),
            ],
            options={
                "verbose_name": "statement of deduction",
                "verbose_name_plural": "statements of deduction",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalDeduction",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("prepared", "prepared"), ("handed_over", "with the employer"), ("ended", "ended")],
                        default="prepared",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=4, verbose_name="dues, % of pay")),
                ("begins_on", models.DateField(verbose_name="deducted from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="deducted until")),
                (
                    "handed_over_on",
                    models.DateField(blank=True, null=True, verbose_name="handed over to the employer on"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "employer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="dues.employer",
                        verbose_name="employer",
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
                    "member",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical statement of deduction",
                "verbose_name_plural": "historical statements of deduction",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalEmployer",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("name", models.CharField(max_length=300, verbose_name="name")),
                ("addressee", models.CharField(blank=True, max_length=200, verbose_name="addressee of statements")),
                ("inn", models.CharField(blank=True, max_length=12, verbose_name="INN")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                (
                    "contact",
                    models.CharField(blank=True, max_length=200, verbose_name="contact of the accounts office"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                "verbose_name": "historical employer",
                "verbose_name_plural": "historical employers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.UniqueConstraint(fields=("organization", "name"), name="employer_once"),
        ),
        migrations.AddConstraint(
            model_name="deduction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("prepared", "handed_over"))),
                fields=("employer", "member"),
                name="deduction_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="deduction",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gt", 0), ("percent__lte", 100)), name="deduction_percent"
            ),
        ),
        migrations.AddConstraint(
            model_name="deduction",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("begins_on")), _connector="OR"),
                name="deduction_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="deduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "handed_over"), _negated=True),
                    ("handed_over_on__isnull", False),
                    _connector="OR",
                ),
                name="deduction_handed_over_has_day",
            ),
        ),
    ]
