"""Jobs that wait in the queue name the function that runs them; it has moved to another module."""

from django.db import migrations

BEFORE, AFTER = "registry.jobs.run_job", "registry.jobs.queue.run_job"


def rename(apps, schema_editor, old, new):
    results = apps.get_model("django_tasks_database", "DBTaskResult")
    results.objects.using(schema_editor.connection.alias).filter(task_path=old).update(task_path=new)


def forwards(apps, schema_editor):
    rename(apps, schema_editor, BEFORE, AFTER)


def backwards(apps, schema_editor):
    rename(apps, schema_editor, AFTER, BEFORE)


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0002_journal_by_time'),
        ('django_tasks_database', '0021_conditional_partial_index_ordering'),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
