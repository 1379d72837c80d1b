"""The chair's word on a kind of remark, cells meant by unknown names, and the name of the file (U-5)."""

import registry.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0005_a_meeting_without_quorum'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalimportbatch',
            name='accepted',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='historicalimportbatch',
            name='cells',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='historicalimportbatch',
            name='name',
            field=registry.fields.EncryptedTextField(blank=True, verbose_name='file'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='accepted',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='cells',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='name',
            field=registry.fields.EncryptedTextField(blank=True, verbose_name='file'),
        ),
    ]
