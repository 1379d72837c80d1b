"""Sums of large subtrees are counted by a worker (invariant 9)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0035_refused_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="SubtreeFigures",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="subtree_figures",
                        serialize=False,
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                ("totals", models.JSONField(default=dict, verbose_name="sums")),
                ("children", models.JSONField(default=dict, verbose_name="sums of the organisations right below")),
                ("counted_at", models.DateTimeField(null=True, verbose_name="counted at")),
                ("months", models.JSONField(default=list, verbose_name="movement by month")),
                ("months_counted_at", models.DateTimeField(null=True, verbose_name="movement counted at")),
            ],
            options={
                "verbose_name": "sums of a large subtree",
                "verbose_name_plural": "sums of large subtrees",
            },
        ),
    ]
