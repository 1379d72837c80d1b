"""Labels and choices in plain English; the translations and the tables do not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0005_periods_of_the_books_are_closed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="closedbooks",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="reason for reopening"),
        ),
        migrations.AlterField(
            model_name="historicalclosedbooks",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="reason for reopening"),
        ),
    ]
