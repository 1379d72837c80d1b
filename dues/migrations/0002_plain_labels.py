"""Labels and choices in plain English; the Russian translations stay, and the tables do not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historicalrate",
            name="fee",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="historicalrate",
            name="paper",
            field=models.CharField(max_length=300, verbose_name="document that sets the rate"),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="fee",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="rate",
            name="fee",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="rate",
            name="paper",
            field=models.CharField(max_length=300, verbose_name="document that sets the rate"),
        ),
    ]
