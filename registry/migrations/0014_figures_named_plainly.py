"""Labels that stand alone, also in lists of changes; the tables do not change."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0013_exports_of_an_organization'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicalorganizationpassport',
            name='teachers',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='teachers among the employees'),
        ),
        migrations.AlterField(
            model_name='historicalorganizationpassport',
            name='young',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='employees under 35'),
        ),
        migrations.AlterField(
            model_name='organizationpassport',
            name='teachers',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='teachers among the employees'),
        ),
        migrations.AlterField(
            model_name='organizationpassport',
            name='young',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='employees under 35'),
        ),
    ]
