"""Labels and choices in plain English; the Russian translations stay, and the tables do not change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0003_queued_jobs_name_their_module'),
    ]

    operations = [
        migrations.AlterField(
            model_name='account',
            name='blocked_reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='reason for blocking'),
        ),
        migrations.AlterField(
            model_name='account',
            name='is_staff',
            field=models.BooleanField(default=False, verbose_name='may use the administration pages'),
        ),
        migrations.AlterField(
            model_name='event',
            name='action',
            field=models.CharField(max_length=60, verbose_name='action'),
        ),
        migrations.AlterField(
            model_name='figures',
            name='members',
            field=models.PositiveIntegerField(default=0, verbose_name='registered members'),
        ),
        migrations.AlterField(
            model_name='historicalaccount',
            name='blocked_reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='reason for blocking'),
        ),
        migrations.AlterField(
            model_name='historicalaccount',
            name='is_staff',
            field=models.BooleanField(default=False, verbose_name='may use the administration pages'),
        ),
        migrations.AlterField(
            model_name='historicalorganization',
            name='genitive_name',
            field=models.CharField(blank=True, help_text='As it appears after «chair of …» on papers.', max_length=300, verbose_name='name in the genitive case'),
        ),
        migrations.AlterField(
            model_name='historicalorganizationpassport',
            name='employees',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='employees in total'),
        ),
        migrations.AlterField(
            model_name='historicalorganizationpassport',
            name='teachers',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='of whom teaching staff'),
        ),
        migrations.AlterField(
            model_name='historicalorganizationpassport',
            name='young',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='of whom under 35'),
        ),
        migrations.AlterField(
            model_name='historicalrenamerequest',
            name='asked_at',
            field=models.DateTimeField(verbose_name='requested at'),
        ),
        migrations.AlterField(
            model_name='historicalrenamerequest',
            name='asked_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by'),
        ),
        migrations.AlterField(
            model_name='job',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='requested by'),
        ),
        migrations.AlterField(
            model_name='job',
            name='created_at',
            field=models.DateTimeField(verbose_name='requested at'),
        ),
        migrations.AlterField(
            model_name='organization',
            name='genitive_name',
            field=models.CharField(blank=True, help_text='As it appears after «chair of …» on papers.', max_length=300, verbose_name='name in the genitive case'),
        ),
        migrations.AlterField(
            model_name='organizationpassport',
            name='employees',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='employees in total'),
        ),
        migrations.AlterField(
            model_name='organizationpassport',
            name='teachers',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='of whom teaching staff'),
        ),
        migrations.AlterField(
            model_name='organizationpassport',
            name='young',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='of whom under 35'),
        ),
        migrations.AlterField(
            model_name='renamerequest',
            name='asked_at',
            field=models.DateTimeField(verbose_name='requested at'),
        ),
        migrations.AlterField(
            model_name='renamerequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by'),
        ),
        migrations.AlterField(
            model_name='storedfile',
            name='owner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='stored by'),
        ),
    ]
