"""Officers choose to get their tasks by e-mail; the day of the last one is kept, so that there is one a day at most."""

from django.db import migrations, models

DIGEST = models.CharField(
    blank=True,
    choices=[
        ("", "not at all"),
        ("daily", "every day"),
        ("weekly", "on Mondays"),
        ("overdue", "every day, only if something is overdue"),
    ],
    default="",
    max_length=8,
    verbose_name="tasks by e-mail",
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0016_remarks")]

    operations = [
        migrations.AddField(model_name="account", name="digest", field=DIGEST),
        migrations.AddField(
            model_name="account", name="digest_sent_on", field=models.DateField(editable=False, null=True)
        ),
        migrations.AddField(model_name="historicalaccount", name="digest", field=DIGEST.clone()),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(condition=~models.Q(digest=""), fields=["id"], name="account_with_digest"),
        ),
    ]
