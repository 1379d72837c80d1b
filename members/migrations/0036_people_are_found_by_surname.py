"""Members of an organisation are found by their surnames, for the payments of its bank.

Not in one transaction: the index is made while others write.
"""

from django.db import migrations, models

from registry.lookups import FirstWord
from registry.operations import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("members", "0035_finer_statistics_of_names")]

    operations = [
        AddIndexBeside(
            "member", models.Index("organization", FirstWord("search_key"), name="member_by_surname")
        ),
    ]
