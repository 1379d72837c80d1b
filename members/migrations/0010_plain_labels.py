"""Labels and choices in plain English; the Russian translations stay, and the tables do not change."""

import django.db.models.deletion
import registry.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0009_lists_come_back_and_books_go_by_name'),
        ('registry', '0004_plain_labels'),
    ]

    operations = [
        migrations.AlterField(
            model_name='agendaitem',
            name='exclusion_reason',
            field=models.CharField(blank=True, choices=[('arrears', 'arrears of dues'), ('violation', 'violation of the statutes'), ('no_ground', 'the ground for membership is lost'), ('other', 'other')], max_length=10, verbose_name='why exclusion'),
        ),
        migrations.AlterField(
            model_name='agendaitem',
            name='notified_by',
            field=models.CharField(blank=True, choices=[('in_person', 'in person, against signature'), ('post', 'registered mail'), ('email', 'e-mail'), ('phone', 'telephone')], max_length=10, verbose_name='method of notice'),
        ),
        migrations.AlterField(
            model_name='agendaitem',
            name='state',
            field=models.CharField(choices=[('waiting', 'waits for a meeting'), ('scheduled', 'on the agenda'), ('adopted', 'adopted'), ('rejected', 'rejected'), ('dropped', 'dropped')], default='waiting', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='application',
            name='invited_by',
            field=models.CharField(blank=True, choices=[('in_person', 'in person, against signature'), ('post', 'registered mail'), ('email', 'e-mail'), ('phone', 'telephone')], max_length=10, verbose_name='method of notice'),
        ),
        migrations.AlterField(
            model_name='application',
            name='notified_by',
            field=models.CharField(blank=True, choices=[('in_person', 'in person, against signature'), ('post', 'registered mail'), ('email', 'e-mail'), ('phone', 'telephone')], max_length=10, verbose_name='method of notice'),
        ),
        migrations.AlterField(
            model_name='application',
            name='pickup_on',
            field=models.DateField(blank=True, null=True, verbose_name='ticket can be collected on'),
        ),
        migrations.AlterField(
            model_name='application',
            name='pickup_place',
            field=models.CharField(blank=True, max_length=300, verbose_name='place where the ticket is collected'),
        ),
        migrations.AlterField(
            model_name='application',
            name='refusal',
            field=registry.fields.EncryptedTextField(blank=True, verbose_name='reason for the refusal'),
        ),
        migrations.AlterField(
            model_name='bookline',
            name='entered_on',
            field=models.DateField(verbose_name='registered since'),
        ),
        migrations.AlterField(
            model_name='bookline',
            name='left_recorded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='departure recorded at'),
        ),
        migrations.AlterField(
            model_name='bookline',
            name='reason',
            field=models.CharField(blank=True, choices=[('departure', 'moved to another organisation'), ('dismissal', 'dismissal'), ('own_wish', 'left voluntarily'), ('exclusion', 'exclusion'), ('death', 'death'), ('retirement', 'retirement with end of membership'), ('graduation', 'end of studies'), ('liquidation', 'liquidation of the organisation'), ('merger', 'the organisation was merged'), ('cell_moved', 'the primary cell moved under another organisation'), ('other_cell', 'moved to another primary cell'), ('undone', 'entered by mistake, taken back')], max_length=12, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='historicalagendaitem',
            name='exclusion_reason',
            field=models.CharField(blank=True, choices=[('arrears', 'arrears of dues'), ('violation', 'violation of the statutes'), ('no_ground', 'the ground for membership is lost'), ('other', 'other')], max_length=10, verbose_name='why exclusion'),
        ),
        migrations.AlterField(
            model_name='historicalagendaitem',
            name='notified_by',
            field=models.CharField(blank=True, choices=[('in_person', 'in person, against signature'), ('post', 'registered mail'), ('email', 'e-mail'), ('phone', 'telephone')], max_length=10, verbose_name='method of notice'),
        ),
        migrations.AlterField(
            model_name='historicalagendaitem',
            name='state',
            field=models.CharField(choices=[('waiting', 'waits for a meeting'), ('scheduled', 'on the agenda'), ('adopted', 'adopted'), ('rejected', 'rejected'), ('dropped', 'dropped')], default='waiting', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalapplication',
            name='invited_by',
            field=models.CharField(blank=True, choices=[('in_person', 'in person, against signature'), ('post', 'registered mail'), ('email', 'e-mail'), ('phone', 'telephone')], max_length=10, verbose_name='method of notice'),
        ),
        migrations.AlterField(
            model_name='historicalapplication',
            name='notified_by',
            field=models.CharField(blank=True, choices=[('in_person', 'in person, against signature'), ('post', 'registered mail'), ('email', 'e-mail'), ('phone', 'telephone')], max_length=10, verbose_name='method of notice'),
        ),
        migrations.AlterField(
            model_name='historicalapplication',
            name='pickup_on',
            field=models.DateField(blank=True, null=True, verbose_name='ticket can be collected on'),
        ),
        migrations.AlterField(
            model_name='historicalapplication',
            name='pickup_place',
            field=models.CharField(blank=True, max_length=300, verbose_name='place where the ticket is collected'),
        ),
        migrations.AlterField(
            model_name='historicalapplication',
            name='refusal',
            field=registry.fields.EncryptedTextField(blank=True, verbose_name='reason for the refusal'),
        ),
        migrations.AlterField(
            model_name='historicalbookline',
            name='entered_on',
            field=models.DateField(verbose_name='registered since'),
        ),
        migrations.AlterField(
            model_name='historicalbookline',
            name='left_recorded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='departure recorded at'),
        ),
        migrations.AlterField(
            model_name='historicalbookline',
            name='reason',
            field=models.CharField(blank=True, choices=[('departure', 'moved to another organisation'), ('dismissal', 'dismissal'), ('own_wish', 'left voluntarily'), ('exclusion', 'exclusion'), ('death', 'death'), ('retirement', 'retirement with end of membership'), ('graduation', 'end of studies'), ('liquidation', 'liquidation of the organisation'), ('merger', 'the organisation was merged'), ('cell_moved', 'the primary cell moved under another organisation'), ('other_cell', 'moved to another primary cell'), ('undone', 'entered by mistake, taken back')], max_length=12, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='historicalimportbatch',
            name='applied_at',
            field=models.DateTimeField(null=True, verbose_name='registered at'),
        ),
        migrations.AlterField(
            model_name='historicalimportbatch',
            name='state',
            field=models.CharField(choices=[('uploaded', 'columns to be checked'), ('checked', 'rows checked'), ('applied', 'people registered'), ('undone', 'undone'), ('discarded', 'discarded')], default='uploaded', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalmember',
            name='reprint',
            field=models.BooleanField(default=False, editable=False, verbose_name='to be printed again'),
        ),
        migrations.AlterField(
            model_name='historicalmember',
            name='state',
            field=models.CharField(choices=[('on_account', 'registered'), ('in_transit', 'in transit'), ('left', 'left'), ('excluded', 'excluded'), ('deceased', 'deceased'), ('withdrawn', 'taken back')], default='on_account', max_length=12, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalmember',
            name='teaching_experience',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='of which teaching, years'),
        ),
        migrations.AlterField(
            model_name='historicalquestionnaire',
            name='family_working',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='of whom working'),
        ),
        migrations.AlterField(
            model_name='historicalregistration',
            name='end_paper',
            field=models.CharField(blank=True, max_length=200, verbose_name='document of the end'),
        ),
        migrations.AlterField(
            model_name='historicalregistration',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('departure', 'moved to another organisation'), ('dismissal', 'dismissal'), ('own_wish', 'left voluntarily'), ('exclusion', 'exclusion'), ('death', 'death'), ('retirement', 'retirement with end of membership'), ('graduation', 'end of studies'), ('liquidation', 'liquidation of the organisation'), ('merger', 'the organisation was merged'), ('cell_moved', 'the primary cell moved under another organisation'), ('other_cell', 'moved to another primary cell'), ('undone', 'entered by mistake, taken back')], max_length=12, verbose_name='reason for leaving'),
        ),
        migrations.AlterField(
            model_name='historicalregistration',
            name='ended_on',
            field=models.DateField(blank=True, null=True, verbose_name='deregistered on'),
        ),
        migrations.AlterField(
            model_name='historicalregistration',
            name='paper_card',
            field=models.CharField(blank=True, choices=[('handed', 'handed over'), ('mailed', 'sent by registered mail'), ('taken', 'removed from the file'), ('none', 'there was none')], max_length=8, verbose_name='paper card'),
        ),
        migrations.AlterField(
            model_name='historicalregistration',
            name='start_reason',
            field=models.CharField(choices=[('existing', 'was registered before the registry'), ('admission', 'admitted by decision'), ('arrival', 'arrived from another organisation'), ('merger', 'the organisation was merged'), ('cell_moved', 'the primary cell moved under another organisation')], max_length=12, verbose_name='ground'),
        ),
        migrations.AlterField(
            model_name='historicalregistration',
            name='started_on',
            field=models.DateField(verbose_name='registered since'),
        ),
        migrations.AlterField(
            model_name='historicaltransfer',
            name='asked_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='registry.organization', verbose_name='requested by'),
        ),
        migrations.AlterField(
            model_name='historicaltransfer',
            name='paper_card',
            field=models.CharField(blank=True, choices=[('handed', 'handed over'), ('mailed', 'sent by registered mail'), ('taken', 'removed from the file'), ('none', 'there was none')], max_length=8, verbose_name='paper card'),
        ),
        migrations.AlterField(
            model_name='historicaltransfer',
            name='state',
            field=models.CharField(choices=[('requested', 'requested'), ('in_transit', 'in transit'), ('arrived', 'arrived'), ('declined', 'declined'), ('cancelled', 'called off')], max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='applied_at',
            field=models.DateTimeField(null=True, verbose_name='registered at'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='state',
            field=models.CharField(choices=[('uploaded', 'columns to be checked'), ('checked', 'rows checked'), ('applied', 'people registered'), ('undone', 'undone'), ('discarded', 'discarded')], default='uploaded', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='importrow',
            name='verdict',
            field=models.CharField(choices=[('ready', 'will be registered'), ('unsure', 'to be checked'), ('wrong', 'to be corrected'), ('duplicate', 'probable duplicate'), ('skipped', 'left out'), ('done', 'registered already')], max_length=10),
        ),
        migrations.AlterField(
            model_name='member',
            name='reprint',
            field=models.BooleanField(default=False, editable=False, verbose_name='to be printed again'),
        ),
        migrations.AlterField(
            model_name='member',
            name='state',
            field=models.CharField(choices=[('on_account', 'registered'), ('in_transit', 'in transit'), ('left', 'left'), ('excluded', 'excluded'), ('deceased', 'deceased'), ('withdrawn', 'taken back')], default='on_account', max_length=12, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='member',
            name='teaching_experience',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='of which teaching, years'),
        ),
        migrations.AlterField(
            model_name='questionnaire',
            name='family_working',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='of whom working'),
        ),
        migrations.AlterField(
            model_name='registration',
            name='end_paper',
            field=models.CharField(blank=True, max_length=200, verbose_name='document of the end'),
        ),
        migrations.AlterField(
            model_name='registration',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('departure', 'moved to another organisation'), ('dismissal', 'dismissal'), ('own_wish', 'left voluntarily'), ('exclusion', 'exclusion'), ('death', 'death'), ('retirement', 'retirement with end of membership'), ('graduation', 'end of studies'), ('liquidation', 'liquidation of the organisation'), ('merger', 'the organisation was merged'), ('cell_moved', 'the primary cell moved under another organisation'), ('other_cell', 'moved to another primary cell'), ('undone', 'entered by mistake, taken back')], max_length=12, verbose_name='reason for leaving'),
        ),
        migrations.AlterField(
            model_name='registration',
            name='ended_on',
            field=models.DateField(blank=True, null=True, verbose_name='deregistered on'),
        ),
        migrations.AlterField(
            model_name='registration',
            name='paper_card',
            field=models.CharField(blank=True, choices=[('handed', 'handed over'), ('mailed', 'sent by registered mail'), ('taken', 'removed from the file'), ('none', 'there was none')], max_length=8, verbose_name='paper card'),
        ),
        migrations.AlterField(
            model_name='registration',
            name='start_reason',
            field=models.CharField(choices=[('existing', 'was registered before the registry'), ('admission', 'admitted by decision'), ('arrival', 'arrived from another organisation'), ('merger', 'the organisation was merged'), ('cell_moved', 'the primary cell moved under another organisation')], max_length=12, verbose_name='ground'),
        ),
        migrations.AlterField(
            model_name='registration',
            name='started_on',
            field=models.DateField(verbose_name='registered since'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.organization', verbose_name='requested by'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='paper_card',
            field=models.CharField(blank=True, choices=[('handed', 'handed over'), ('mailed', 'sent by registered mail'), ('taken', 'removed from the file'), ('none', 'there was none')], max_length=8, verbose_name='paper card'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='state',
            field=models.CharField(choices=[('requested', 'requested'), ('in_transit', 'in transit'), ('arrived', 'arrived'), ('declined', 'declined'), ('cancelled', 'called off')], max_length=10, verbose_name='state'),
        ),
    ]
