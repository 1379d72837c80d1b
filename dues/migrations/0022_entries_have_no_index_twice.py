"""The ledger has no index of the account or the organisation beside the longer ones that begin with them (N-D1)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dues", "0021_statements_of_deduction_go_on")]

    operations = [
        migrations.AlterField(
            "ledgerentry",
            "account",
            models.ForeignKey(
                "dues.duesaccount",
                models.PROTECT,
                blank=True,
                db_index=False,
                null=True,
                related_name="entries",
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            "ledgerentry",
            "organization",
            models.ForeignKey(
                "registry.organization",
                models.PROTECT,
                db_index=False,
                related_name="ledger",
                verbose_name="organisation",
            ),
        ),
    ]
