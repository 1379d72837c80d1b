import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0020_bank_payments_of_money_passed_on"),
        ("members", "0029_working_family_members_named_plainly"),
    ]

    operations = [
        migrations.AddField(
            model_name="deduction",
            name="ended_with",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="members.registration",
            ),
        ),
        migrations.AddField(
            model_name="deduction",
            name="stated_end",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="historicaldeduction",
            name="ended_with",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="members.registration",
            ),
        ),
        migrations.AddField(
            model_name="historicaldeduction",
            name="stated_end",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
    ]
