"""The trigram index of the search, on PostgreSQL: on SQLite the installation is small enough to be read through."""

from django.db import migrations

from registry.operations import TrigramIndex


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]

    operations = [TrigramIndex("member_search_trgm", "members_member")]
