"""Indexes of the lists of accounts and organisations: by name, by state, and by the words of the search."""

from django.db import migrations, models

from registry.operations import TrigramIndex

TABLES = {"account_search_trgm": "registry_account", "organization_search_trgm": "registry_organization"}
BY_NAME = ["sort_key", "id"]


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_time_zones_of_organizations")]

    operations = [
        migrations.AlterField("account", "sort_key", models.CharField(default="", editable=False, max_length=500)),
        migrations.AddIndex("account", models.Index(fields=BY_NAME, name="account_by_name")),
        migrations.AddIndex(
            "account", models.Index(condition=models.Q(is_active=False), fields=BY_NAME, name="account_blocked")
        ),
        migrations.AddIndex(
            "account",
            models.Index(
                condition=models.Q(is_active=True, last_login__isnull=True),
                fields=BY_NAME,
                name="account_never_signed_in",
            ),
        ),
        migrations.AddIndex(
            "account",
            models.Index(
                condition=models.Q(is_active=True, must_change_password=True),
                fields=BY_NAME,
                name="account_password_to_change",
            ),
        ),
        migrations.AddIndex(
            "account",
            models.Index(
                condition=models.Q(is_active=True, last_login__isnull=False, must_change_password=False),
                fields=BY_NAME,
                name="account_in_use",
            ),
        ),
        migrations.AddIndex(
            "organization", models.Index(fields=["federation", *BY_NAME], name="organization_by_name")
        ),
        migrations.AddIndex(
            "organization", models.Index(fields=["federation", "level", *BY_NAME], name="organization_by_level")
        ),
        migrations.AddIndex(
            "organization", models.Index(fields=["federation", "status", *BY_NAME], name="organization_by_status")
        ),
        migrations.AddIndex(
            "appointment", models.Index(fields=["role", "organization"], name="appointment_by_role")
        ),
        *(TrigramIndex(name, table) for name, table in TABLES.items()),
    ]
