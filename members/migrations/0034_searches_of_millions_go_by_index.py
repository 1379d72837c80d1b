"""Searches among millions of people go by beginnings of words, those of a region by the cards of its organisations.

Not in one transaction: the indexes are made while others write.
"""

from __future__ import annotations

from django.db import migrations, models

from registry.operations import AddIndexBeside, BeginningsIndex, CoveringIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("members", "0033_searches_beyond_the_organisation"),
        ("registry", "0035_refused_addresses"),
    ]

    operations = [
        AddIndexBeside(
            "member",
            models.Index(
                fields=["federation", "sort_key", "id"],
                condition=models.Q(state="on_account", blocked_on__isnull=True),
                name="member_by_name",
            ),
        ),
        migrations.RemoveIndex("member", "member_of_federation"),
        BeginningsIndex("member_beginnings", "members_member"),
        BeginningsIndex("book_beginnings", "members_bookline"),
        CoveringIndex(
            "member_words_of_unit",
            "members_member",
            ["unit_id", "sort_key", "id"],
            ["search_key", "state", "blocked_on", "federation_id"],
        ),
        CoveringIndex(
            "book_words_of_unit", "members_bookline", ["unit_id", "sort_key", "id"], ["search_key", "member_id"]
        ),
    ]
