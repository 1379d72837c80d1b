"""The notices of a meeting are one paper, whether they were printed for all applicants of the meeting or for one."""

from django.db import migrations


def merge(apps, schema_editor):
    apps.get_model("documents", "PrintRecord").objects.filter(form="invitations").update(form="invitation")


def split(apps, schema_editor):
    records = apps.get_model("documents", "PrintRecord").objects
    records.filter(form="invitation", about="meeting").update(form="invitations")


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_plain_labels")]

    operations = [migrations.RunPython(merge, split)]
