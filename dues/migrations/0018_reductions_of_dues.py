"""Reductions of dues for categories and members, and the fees that members were exempt from (V-D1)."""

import django.db.models.deletion
import django.db.models.functions.comparison
import registry.fields
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0017_property_contributions"),
        ("members", "0029_working_family_members_named_plainly"),
        ("registry", "0014_figures_named_plainly"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalReduction",
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
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("disabled", "disabled person"),
                            ("legal_representative", "legal representative"),
                            ("guardian", "guardian"),
                            ("trustee", "trustee"),
                            ("employed", "employed"),
                            ("student", "student"),
                            ("pensioner", "pensioner, not employed"),
                            ("unemployed", "temporarily not employed"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="per cent of the rate"),
                ),
                ("amount", registry.fields.KopecksField(blank=True, null=True, verbose_name="sum, roubles")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("paper", models.CharField(max_length=200, verbose_name="document that sets the reduction")),
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
                "verbose_name": "historical reduction of dues",
                "verbose_name_plural": "historical reductions of dues",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Reduction",
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
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("disabled", "disabled person"),
                            ("legal_representative", "legal representative"),
                            ("guardian", "guardian"),
                            ("trustee", "trustee"),
                            ("employed", "employed"),
                            ("student", "student"),
                            ("pensioner", "pensioner, not employed"),
                            ("unemployed", "temporarily not employed"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="per cent of the rate"),
                ),
                ("amount", registry.fields.KopecksField(blank=True, null=True, verbose_name="sum, roubles")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("paper", models.CharField(max_length=200, verbose_name="document that sets the reduction")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dues_reductions",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dues_reductions",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "reduction of dues",
                "verbose_name_plural": "reductions of dues",
                "ordering": ["fee", "-valid_from", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Exemption",
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
                ("made_on", models.DateField(verbose_name="date")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exemptions",
                        to="dues.duesaccount",
                        verbose_name="account",
                    ),
                ),
                (
                    "reduction",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="exemptions",
                        to="dues.reduction",
                        verbose_name="reduction",
                    ),
                ),
            ],
            options={
                "verbose_name": "exemption from dues",
                "verbose_name_plural": "exemptions from dues",
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="reduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("category", ""), ("member__isnull", False)),
                    models.Q(models.Q(("category", ""), _negated=True), ("member__isnull", True)),
                    _connector="OR",
                ),
                name="reduction_of_category_or_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="reduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__isnull", True), ("percent__isnull", False), ("percent__lt", 100)),
                    models.Q(("amount__gt", 0), ("percent__isnull", True)),
                    _connector="OR",
                ),
                name="reduction_by_percent_or_sum",
            ),
        ),
        migrations.AddConstraint(
            model_name="reduction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                name="reduction_ends_after_begin",
            ),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.UniqueConstraint(
                models.F("account"),
                models.F("fee"),
                django.db.models.functions.comparison.Coalesce("year", 0),
                name="exemption_once",
            ),
        ),
    ]
