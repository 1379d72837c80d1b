"""Model of leaflets about the bonus programme that are sent by e-mail (U-11)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0014_words_of_card_requests'),
        ('members', '0025_cards_can_be_blocked'),
        ('registry', '0009_photographs_on_electronic_cards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LeafletMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField(verbose_name='sent at')),
                ('state', models.CharField(choices=[('sending', 'being sent'), ('sent', 'sent by e-mail'), ('failed', 'e-mail could not be sent')], default='sending', max_length=8, verbose_name='state')),
                ('failure', models.CharField(blank=True, choices=[('address', 'the mail server refused the address'), ('server', 'the mail server could not be reached'), ('lost', 'the registry was stopped while it was sending')], max_length=8, verbose_name='what happened')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='registry.job', verbose_name='job')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leaflets', to='members.member', verbose_name='member')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by')),
            ],
            options={
                'verbose_name': 'leaflet sent by e-mail',
                'verbose_name_plural': 'leaflets sent by e-mail',
                'ordering': ['-pk'],
            },
        ),
    ]
