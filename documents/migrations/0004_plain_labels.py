"""Labels and choices in plain English; the Russian translations stay, and the tables do not change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_what_a_print_is_about'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='consent',
            name='ticked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='marked at'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='ticked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='marked by'),
        ),
        migrations.AlterField(
            model_name='historicalconsent',
            name='ticked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='marked at'),
        ),
        migrations.AlterField(
            model_name='historicalconsent',
            name='ticked_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='marked by'),
        ),
    ]
