"""Indexes of what is few among many and counted beside every page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0003_applications_are_destroyed"),
        ("registry", "0002_journal_by_time"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="cardmark",
            index=models.Index(condition=models.Q(("kind", "name")), fields=["member"], name="mark_of_name"),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("reprint", True)), fields=["organization"], name="member_to_reprint"
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("state", "on_account"), ("ticket_number", "")),
                fields=["organization"],
                name="member_without_ticket",
            ),
        ),
        migrations.AddIndex(
            model_name="representation",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", False)), fields=["member"], name="representation_ended"
            ),
        ),
    ]
