"""A meeting that too few came to is finished as such (V-A5)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0004_few_among_many'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicalmeeting',
            name='state',
            field=models.CharField(choices=[('planned', 'planned'), ('held', 'held, minutes not closed'), ('closed', 'minutes closed'), ('cancelled', 'called off'), ('no_quorum', 'did not take place: no quorum')], default='planned', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='state',
            field=models.CharField(choices=[('planned', 'planned'), ('held', 'held, minutes not closed'), ('closed', 'minutes closed'), ('cancelled', 'called off'), ('no_quorum', 'did not take place: no quorum')], default='planned', max_length=10, verbose_name='state'),
        ),
    ]
