"""PostgreSQL knows how many people have a name: it chooses between the index of names and those of organisations."""

from django.db import migrations

from registry.operations import FinerStatistics


class Migration(migrations.Migration):
    dependencies = [("members", "0034_searches_of_millions_go_by_index")]

    operations = [
        FinerStatistics("members_member", "sort_key", 500),
        FinerStatistics("members_bookline", "sort_key", 500),
    ]
