"""Property contributions with their terms; entries and registers name the one they are about (V-D2)."""

import django.db.models.deletion
import registry.fields
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0016_columns_of_bank_statements"),
        ("registry", "0014_figures_named_plainly"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalPropertyContribution",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("agenda_item", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="agenda item")),
                ("title", models.CharField(max_length=120, verbose_name="what it is for")),
                ("spending", models.CharField(max_length=500, verbose_name="order of spending")),
                ("decided_on", models.DateField(verbose_name="date of the decision")),
                ("paper", models.CharField(max_length=200, verbose_name="decision")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("cancelled_on", models.DateField(blank=True, null=True, verbose_name="cancelled on")),
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
                "verbose_name": "historical property contribution",
                "verbose_name_plural": "historical property contributions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PropertyContribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agenda_item", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="agenda item")),
                ("title", models.CharField(max_length=120, verbose_name="what it is for")),
                ("spending", models.CharField(max_length=500, verbose_name="order of spending")),
                ("decided_on", models.DateField(verbose_name="date of the decision")),
                ("paper", models.CharField(max_length=200, verbose_name="decision")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                ("cancelled_on", models.DateField(blank=True, null=True, verbose_name="cancelled on")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason of the cancellation")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="property_contributions",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "property contribution",
                "verbose_name_plural": "property contributions",
                "ordering": ["-decided_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ContributionTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField(verbose_name="due by")),
                ("amount", registry.fields.KopecksField(verbose_name="sum, roubles")),
                (
                    "contribution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="dues.propertycontribution",
                    ),
                ),
            ],
            options={
                "verbose_name": "term of a property contribution",
                "verbose_name_plural": "terms of property contributions",
                "ordering": ["contribution", "due_on"],
            },
        ),
        migrations.AddField(
            model_name="historicalpaymentregister",
            name="contribution",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dues.propertycontribution",
                verbose_name="property contribution",
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="contribution",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="dues.propertycontribution",
                verbose_name="property contribution",
            ),
        ),
        migrations.AddField(
            model_name="paymentregister",
            name="contribution",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="registers",
                to="dues.propertycontribution",
                verbose_name="property contribution",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("contribution__isnull", False)),
                fields=["contribution", "organization"],
                name="entry_of_contribution",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contribution__isnull", False), ("fee", "property")),
                    models.Q(models.Q(("fee", "property"), _negated=True), ("contribution__isnull", True)),
                    _connector="OR",
                ),
                name="entry_of_property_names_contribution",
            ),
        ),
        migrations.AddConstraint(
            model_name="propertycontribution",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="contribution_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="propertycontribution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled_on__isnull", True), ("reason", "")),
                    models.Q(("cancelled_on__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="contribution_cancelled_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="propertycontribution",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_on__isnull", True)),
                fields=("agenda_item",),
                name="contribution_of_item_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="propertycontribution",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_on__isnull", True)),
                fields=("organization", "decided_on", "paper", "title"),
                name="contribution_decided_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionterm",
            constraint=models.UniqueConstraint(fields=("contribution", "due_on"), name="contribution_term_once"),
        ),
        migrations.AddConstraint(
            model_name="contributionterm",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="contribution_term_above_zero"
            ),
        ),
    ]
