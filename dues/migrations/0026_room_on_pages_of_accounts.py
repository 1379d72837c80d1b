"""Personal accounts have room on their pages: a year's charge changes all of them in one statement (N-D1)."""

from django.db import migrations

from registry.operations import RoomOnPages


class Migration(migrations.Migration):
    dependencies = [("dues", "0025_reminders_taken_later")]

    operations = [RoomOnPages(table="dues_duesaccount", percent=60)]
