"""Labels that stand alone, also in lists of changes; the tables do not change."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0028_papers_destroyed_with_data'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicalquestionnaire',
            name='family_working',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='family members who work'),
        ),
        migrations.AlterField(
            model_name='questionnaire',
            name='family_working',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='family members who work'),
        ),
    ]
