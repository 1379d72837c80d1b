"""The meaning of the columns of bank statements, by organisation and headings (V-D4)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0015_payroll_lists"),
        ("registry", "0014_figures_named_plainly"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StatementColumns",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("columns", models.JSONField(default=dict)),
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statement_columns",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "columns of a bank statement",
                "verbose_name_plural": "columns of bank statements",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="bankstatement",
            name="columns",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statements",
                to="dues.statementcolumns",
                verbose_name="columns",
            ),
        ),
        migrations.AddField(
            model_name="historicalbankstatement",
            name="columns",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dues.statementcolumns",
                verbose_name="columns",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementcolumns",
            constraint=models.UniqueConstraint(fields=("organization", "digest"), name="statement_columns_once"),
        ),
    ]
