"""Settings of the exchange with the bonus programme, and its outbox (U-7)."""

import django.db.models.deletion
import registry.fields
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0010_electronic_cards'),
        ('members', '0025_cards_can_be_blocked'),
        ('registry', '0008_until_when_an_organization_has_a_chair'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalExchangeSettings',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('channel', models.CharField(choices=[('off', 'switched off'), ('web', "sent to the programme's address")], default='off', max_length=5, verbose_name='exchange')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address of the programme')),
                ('former_until', models.DateTimeField(editable=False, null=True)),
                ('signed_answers', models.BooleanField(default=False, verbose_name='the programme signs its answers')),
                ('gone_at', models.DateTimeField(editable=False, null=True, verbose_name='switched off by the programme')),
                ('paused_until', models.DateTimeField(editable=False, null=True)),
                ('away_since', models.DateTimeField(editable=False, null=True, verbose_name='cannot be reached since')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('federation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='registry.federation', verbose_name='federation')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical exchange with the bonus programme',
                'verbose_name_plural': 'historical exchange with the bonus programme',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ExchangeSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('off', 'switched off'), ('web', "sent to the programme's address")], default='off', max_length=5, verbose_name='exchange')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address of the programme')),
                ('secret', registry.fields.EncryptedTextField(blank=True, verbose_name='secret')),
                ('former_secret', registry.fields.EncryptedTextField(blank=True, editable=False)),
                ('former_until', models.DateTimeField(editable=False, null=True)),
                ('signed_answers', models.BooleanField(default=False, verbose_name='the programme signs its answers')),
                ('gone_at', models.DateTimeField(editable=False, null=True, verbose_name='switched off by the programme')),
                ('paused_until', models.DateTimeField(editable=False, null=True)),
                ('away_since', models.DateTimeField(editable=False, null=True, verbose_name='cannot be reached since')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('federation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='exchange', to='registry.federation', verbose_name='federation')),
            ],
            options={
                'verbose_name': 'exchange with the bonus programme',
                'verbose_name_plural': 'exchange with the bonus programme',
                'constraints': [models.CheckConstraint(condition=models.Q(('channel', 'off'), models.Q(('address', ''), _negated=True), _connector='OR'), name='exchange_has_an_address')],
            },
        ),
        migrations.CreateModel(
            name='OutboxEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('word', models.CharField(choices=[('member', 'takes part'), ('revoked', 'withdrawn')], max_length=8, verbose_name='what the programme is told')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('state', models.CharField(choices=[('waiting', 'waiting to be sent'), ('told', 'sent'), ('failed', 'could not be sent')], default='waiting', max_length=8, verbose_name='state')),
                ('digest', models.CharField(blank=True, editable=False, max_length=64)),
                ('since', models.DateTimeField(verbose_name='waiting since')),
                ('next_at', models.DateTimeField(null=True, verbose_name='next attempt')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('outcome', models.CharField(blank=True, choices=[('done', 'the programme has confirmed it'), ('lost', 'the registry was stopped while it was sending'), ('no_host', "the programme's address was not found"), ('private', "the programme's address leads into an internal network"), ('unreachable', 'there was no connection to the programme'), ('certificate', "the certificate of the programme's site is not valid"), ('silent', 'the programme did not answer in time'), ('cut_off', 'the answer of the programme broke off'), ('too_large', 'the answer of the programme was too long'), ('redirected', "the programme's address has moved"), ('busy', 'the programme was overloaded'), ('broken', 'the programme had a fault of its own'), ('refused', 'the programme refused it'), ('gone', 'the programme takes no more messages at this address'), ('forged', 'the answer was not signed by the programme')], max_length=12, verbose_name='what happened')),
                ('code', models.PositiveSmallIntegerField(null=True, verbose_name='status of the answer')),
                ('offered_version', models.PositiveIntegerField(default=0, editable=False)),
                ('told_version', models.PositiveIntegerField(default=0, editable=False)),
                ('told_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ('federation', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.federation')),
                ('member', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='outbox', to='members.member', verbose_name='member')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.organization', verbose_name='organisation')),
            ],
            options={
                'verbose_name': 'message to the bonus programme',
                'verbose_name_plural': 'messages to the bonus programme',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['federation', 'next_at'], name='outbox_due'), models.Index(condition=models.Q(('state', 'told'), _negated=True), fields=['federation', 'since'], name='outbox_untold'), models.Index(fields=['organization', '-told_at'], name='outbox_of_organization')],
                'constraints': [models.CheckConstraint(condition=models.Q(('offered_version__lte', models.F('version')), ('told_version__lte', models.F('offered_version'))), name='outbox_versions_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('next_at__isnull', False), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('next_at__isnull', True)), _connector='OR'), name='outbox_waiting_has_an_attempt')],
            },
        ),
    ]
