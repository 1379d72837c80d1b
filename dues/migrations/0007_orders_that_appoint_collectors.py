"""Orders of the chair that appoint collectors of dues (V-D4)."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0006_labels_of_closed_books"),
        ("registry", "0012_files_of_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CollectorOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                ("issued_on", models.DateField(verbose_name="date")),
                ("full_name", models.CharField(max_length=150, verbose_name="surname, name, patronymic")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "collector appointment order",
                "verbose_name_plural": "collector appointment orders",
                "ordering": ["-issued_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalCollectorOrder",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                ("issued_on", models.DateField(verbose_name="date")),
                ("full_name", models.CharField(max_length=150, verbose_name="surname, name, patronymic")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
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
                "verbose_name": "historical collector appointment order",
                "verbose_name_plural": "historical collector appointment orders",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="collectororder",
            name="cells",
            field=models.ManyToManyField(
                blank=True, related_name="+", to="registry.organization", verbose_name="cells"
            ),
        ),
        migrations.AddField(
            model_name="collectororder",
            name="collector",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="collector_orders",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account of the collector",
            ),
        ),
        migrations.AddField(
            model_name="collectororder",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="collector_orders",
                to="registry.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="historicalcollectororder",
            name="collector",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="account of the collector",
            ),
        ),
        migrations.AddField(
            model_name="historicalcollectororder",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalcollectororder",
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
    ]
