"""Labels and choices in plain English; the translations and the tables do not change."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0019_texts_of_forms'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicalwithdrawal',
            name='destroy_by',
            field=models.DateField(verbose_name='data without another ground are destroyed by'),
        ),
        migrations.AlterField(
            model_name='historicalwithdrawal',
            name='tell_by',
            field=models.DateField(verbose_name='the person is notified by'),
        ),
        migrations.AlterField(
            model_name='historicalwithdrawal',
            name='told_on',
            field=models.DateField(blank=True, null=True, verbose_name='notified in writing on'),
        ),
        migrations.AlterField(
            model_name='outboxentry',
            name='outcome',
            field=models.CharField(blank=True, choices=[('done', 'the programme has confirmed it'), ('lost', 'the registry was stopped while it was sending'), ('no_host', "the programme's address was not found"), ('private', "the programme's address is in an internal network"), ('unreachable', 'there was no connection to the programme'), ('certificate', "the certificate of the programme's site is not valid"), ('silent', 'the programme did not answer in time'), ('cut_off', 'the answer of the programme was incomplete'), ('too_large', 'the answer of the programme was too long'), ('redirected', "the programme's address has moved"), ('busy', 'the programme was overloaded'), ('broken', 'the programme had an internal error'), ('refused', 'the programme refused it'), ('gone', 'the programme accepts no more messages at this address'), ('forged', 'the answer was not signed by the programme'), ('in_file', 'the file with the message was not downloaded yet'), ('picked_up', 'the file with the message was downloaded')], max_length=12, verbose_name='what happened'),
        ),
        migrations.AlterField(
            model_name='withdrawal',
            name='destroy_by',
            field=models.DateField(verbose_name='data without another ground are destroyed by'),
        ),
        migrations.AlterField(
            model_name='withdrawal',
            name='tell_by',
            field=models.DateField(verbose_name='the person is notified by'),
        ),
        migrations.AlterField(
            model_name='withdrawal',
            name='told_on',
            field=models.DateField(blank=True, null=True, verbose_name='notified in writing on'),
        ),
    ]
