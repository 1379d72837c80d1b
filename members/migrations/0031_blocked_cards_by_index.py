from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0030_lines_of_the_book_by_day"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="member",
            index=models.Index(condition=models.Q(("blocked_on__isnull", False)), fields=["id"], name="member_blocked"),
        ),
    ]
