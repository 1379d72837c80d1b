"""Index of the lists that left the registry, by which the answer to a person's request finds them (V-C5)."""

from django.db import migrations, models

LISTS = ["book.day_exported", "members.exported", "members.list_printed"]


class Migration(migrations.Migration):
    dependencies = [("registry", "0012_files_of_messages")]

    operations = [
        migrations.AddIndex(
            "event",
            models.Index(
                condition=models.Q(action__in=LISTS), fields=["organization", "-at"], name="event_of_list"
            ),
        ),
    ]
