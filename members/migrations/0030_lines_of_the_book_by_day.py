"""Lines of the registration book are found by the days of a year, for the chart of the overview."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0029_working_family_members_named_plainly")]

    operations = [
        migrations.AddIndex(
            model_name="bookline",
            index=models.Index(fields=["entered_on"], name="book_by_entry"),
        ),
        migrations.AddIndex(
            model_name="bookline",
            index=models.Index(
                fields=["left_on"], condition=models.Q(("left_on__isnull", False)), name="book_by_leaving"
            ),
        ),
    ]
