"""Money passed on knows the payments of bank statements that show it (V-D7, N-D1)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0019_own_bank_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalremittance",
            name="received_line",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dues.bankline",
            ),
        ),
        migrations.AddField(
            model_name="historicalremittance",
            name="sent_line",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dues.bankline",
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="received_line",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received_as",
                to="dues.bankline",
            ),
        ),
        migrations.AddField(
            model_name="remittance",
            name="sent_line",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sent_as",
                to="dues.bankline",
            ),
        ),
        migrations.AlterField(
            model_name="bankpart",
            name="evidence",
            field=models.CharField(
                choices=[
                    ("number_name", "payer's number and name"),
                    ("number", "payer's number"),
                    ("ticket_name", "ticket number and name"),
                    ("account", "account from which the member has paid before"),
                    ("name_sum", "full name, and the sum is the debt"),
                    ("name", "full name"),
                    ("ticket", "ticket number"),
                    ("initials", "surname and initials"),
                    ("by_hand", "chosen by hand"),
                    ("list", "list of the employer"),
                    ("not_dues", "not dues"),
                    ("partner", "account or INN of the other organisation, and the sum"),
                ],
                max_length=12,
                verbose_name="evidence",
            ),
        ),
    ]
