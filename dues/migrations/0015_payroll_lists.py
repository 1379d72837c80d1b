"""Payroll lists with their lines, absences and entries (U-D1)."""

import django.db.models.deletion
import registry.fields
import simple_history.models
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0014_distribution_and_settlements"),
        ("members", "0029_working_family_members_named_plainly"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="employer",
            name="columns",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.CreateModel(
            name="HistoricalPayrollList",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("month", models.DateField(verbose_name="month")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "loaded"),
                            ("compared", "compared"),
                            ("posted", "posted"),
                            ("discarded", "discarded"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("lines_digest", models.CharField(blank=True, max_length=64)),
                ("total", registry.fields.KopecksField(default=Decimal("0"), verbose_name="sum of the lines, roubles")),
                (
                    "stated_total",
                    registry.fields.KopecksField(blank=True, null=True, verbose_name="total of the list, roubles"),
                ),
                (
                    "paid",
                    registry.fields.KopecksField(blank=True, null=True, verbose_name="paid by the employer, roubles"),
                ),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("paper", models.CharField(blank=True, max_length=200, verbose_name="payment order")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note on a difference")),
                ("times", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("loaded_at", models.DateTimeField(verbose_name="loaded at")),
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
            ],
            options={
                "verbose_name": "historical payroll list",
                "verbose_name_plural": "historical payroll lists",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PayrollList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="month")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "loaded"),
                            ("compared", "compared"),
                            ("posted", "posted"),
                            ("discarded", "discarded"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("table", registry.fields.EncryptedJSONField(default=list)),
                ("digest", models.CharField(max_length=64)),
                ("lines_digest", models.CharField(blank=True, max_length=64)),
                ("total", registry.fields.KopecksField(default=Decimal("0"), verbose_name="sum of the lines, roubles")),
                (
                    "stated_total",
                    registry.fields.KopecksField(blank=True, null=True, verbose_name="total of the list, roubles"),
                ),
                (
                    "paid",
                    registry.fields.KopecksField(blank=True, null=True, verbose_name="paid by the employer, roubles"),
                ),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("paper", models.CharField(blank=True, max_length=200, verbose_name="payment order")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note on a difference")),
                ("times", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("loaded_at", models.DateTimeField(verbose_name="loaded at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lists",
                        to="dues.employer",
                        verbose_name="employer",
                    ),
                ),
            ],
            options={
                "verbose_name": "payroll list",
                "verbose_name_plural": "payroll lists",
                "ordering": ["-month", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="PayrollLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(verbose_name="row of the file")),
                ("full_name", registry.fields.EncryptedTextField(blank=True, verbose_name="surname, name, patronymic")),
                ("employee_number", models.CharField(blank=True, max_length=30, verbose_name="employee №")),
                ("who", models.CharField(max_length=64)),
                ("base", registry.fields.KopecksField(blank=True, null=True, verbose_name="pay, roubles")),
                (
                    "percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="percentage"
                    ),
                ),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                (
                    "evidence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("number", "employee № and surname"),
                            ("name", "full name of one member"),
                            ("hand", "chosen by hand"),
                        ],
                        max_length=10,
                        verbose_name="matched by",
                    ),
                ),
                (
                    "difference",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("foreign", "not our member"),
                            ("person", "who is it?"),
                            ("sum", "another sum"),
                            ("repeated", "already in another list of the month"),
                            ("missing", "not in the list"),
                        ],
                        max_length=10,
                        verbose_name="difference",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("dismissed", "dismissed from work"),
                            ("leave", "long leave or illness"),
                            ("no_pay", "no pay this month"),
                            ("new", "joined after the payroll"),
                            ("not_handed_over", "the employer has no statement"),
                            ("left", "no longer a member, still deducted"),
                            ("never_joined", "never joined"),
                            ("elsewhere", "member of another organisation"),
                            ("base", "bonus or back pay"),
                            ("recalculated", "recalculation of an earlier month"),
                            ("rounding", "rounding"),
                            ("two_jobs", "two jobs"),
                            ("two_months", "two months in one"),
                            ("second_part", "second part of the month"),
                        ],
                        max_length=16,
                        verbose_name="reason",
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="payroll_lines",
                        to="members.member",
                    ),
                ),
                (
                    "payroll_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="dues.payrolllist"
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a payroll list",
                "verbose_name_plural": "lines of payroll lists",
                "ordering": ["payroll_list", "position"],
            },
        ),
        migrations.CreateModel(
            name="PayrollAbsence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("in_a_row", models.PositiveSmallIntegerField(verbose_name="lists in a row")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("dismissed", "dismissed from work"),
                            ("leave", "long leave or illness"),
                            ("no_pay", "no pay this month"),
                            ("new", "joined after the payroll"),
                            ("not_handed_over", "the employer has no statement"),
                            ("left", "no longer a member, still deducted"),
                            ("never_joined", "never joined"),
                            ("elsewhere", "member of another organisation"),
                            ("base", "bonus or back pay"),
                            ("recalculated", "recalculation of an earlier month"),
                            ("rounding", "rounding"),
                            ("two_jobs", "two jobs"),
                            ("two_months", "two months in one"),
                            ("second_part", "second part of the month"),
                        ],
                        max_length=16,
                        verbose_name="reason",
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payroll_absences",
                        to="members.member",
                    ),
                ),
                (
                    "payroll_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="absences", to="dues.payrolllist"
                    ),
                ),
            ],
            options={
                "verbose_name": "absence from a payroll list",
                "verbose_name_plural": "absences from payroll lists",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="PayrollPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("times", models.PositiveSmallIntegerField()),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dues.ledgerentry",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payroll_part", to="dues.ledgerentry"
                    ),
                ),
                (
                    "payroll_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="dues.payrolllist"
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a payroll list",
                "verbose_name_plural": "entries of payroll lists",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="EmployeeNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=30, verbose_name="employee №")),
                (
                    "employer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="numbers",
                        to="dues.employer",
                        verbose_name="employer",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="employee_numbers",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "employee number",
                "verbose_name_plural": "employee numbers",
                "constraints": [models.UniqueConstraint(fields=("employer", "number"), name="employee_number_once")],
            },
        ),
        migrations.AddIndex(
            model_name="payrolllist",
            index=models.Index(fields=["employer", "month"], name="payroll_list_of_month"),
        ),
        migrations.AddIndex(
            model_name="payrollline",
            index=models.Index(fields=["payroll_list", "difference"], name="payroll_line_difference"),
        ),
        migrations.AddConstraint(
            model_name="payrollline",
            constraint=models.UniqueConstraint(fields=("payroll_list", "position"), name="payroll_line_once"),
        ),
        migrations.AddConstraint(
            model_name="payrollline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="payroll_line_has_sum"
            ),
        ),
        migrations.AddConstraint(
            model_name="payrollabsence",
            constraint=models.UniqueConstraint(fields=("payroll_list", "member"), name="payroll_absence_once"),
        ),
    ]
