"""Every table of the app at once, for new installations; older ones have the migrations that it replaces."""

import django.db.models.deletion
import registry.operations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('members', '0033_searches_beyond_the_organisation'), ('members', '0034_searches_of_millions_go_by_index')]

    dependencies = [
        ('members', '0001_squashed_0032_cards_of_undone_lists_are_destroyed'),
        ('registry', '0001_squashed_0014_figures_named_plainly'),
        ('registry', '0015_squashed_0035_refused_addresses'),
    ]

    operations = [
        registry.operations.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='ForeignHit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ref', models.CharField(max_length=16)),
                        ('on', models.DateField(verbose_name='first shown on')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                    ],
                    options={
                        'verbose_name': 'duplicate found elsewhere',
                        'verbose_name_plural': 'duplicates found elsewhere',
                        'indexes': [models.Index(fields=['account', 'on'], name='foreign_hit_of_day'), models.Index(fields=['on'], name='foreign_hit_age')],
                        'constraints': [models.UniqueConstraint(fields=('account', 'ref'), name='foreign_hit_once')],
                    },
                ),
                migrations.CreateModel(
                    name='SearchRequest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('wanted', models.PositiveIntegerField(verbose_name='people to be shown')),
                        ('asked_at', models.DateTimeField(verbose_name='asked at')),
                        ('allowed_at', models.DateTimeField(null=True, verbose_name='allowed at')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='officer')),
                        ('allowed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='allowed by')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registry.organization', verbose_name='organisation')),
                    ],
                    options={
                        'verbose_name': 'request for more searches',
                        'verbose_name_plural': 'requests for more searches',
                        'ordering': ['asked_at', 'pk'],
                        'indexes': [models.Index(fields=['asked_at'], name='search_request_age')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('allowed_at', None)), fields=('account',), name='search_request_waits_once')],
                    },
                ),
            ],
        ),
        registry.operations.AddIndexBeside(
            model_name='member',
            index=models.Index(condition=models.Q(('blocked_on__isnull', True), ('state', 'on_account')), fields=['federation', 'sort_key', 'id'], name='member_by_name'),
        ),
        migrations.RemoveIndex(
            model_name='member',
            name='member_of_federation',
        ),
        registry.operations.BeginningsIndex(
            name='member_beginnings',
            table='members_member',
        ),
        registry.operations.BeginningsIndex(
            name='book_beginnings',
            table='members_bookline',
        ),
        registry.operations.CoveringIndex(
            name='member_words_of_unit',
            table='members_member',
            columns=['unit_id', 'sort_key', 'id'],
            include=['search_key', 'state', 'blocked_on', 'federation_id'],
        ),
        registry.operations.CoveringIndex(
            name='book_words_of_unit',
            table='members_bookline',
            columns=['unit_id', 'sort_key', 'id'],
            include=['search_key', 'member_id'],
        ),
    ]
