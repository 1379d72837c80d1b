"""Jobs that waited in the queue during an upgrade still run: they get the function's present name."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from registry.jobs.queue import run_job

migration = import_module("registry.migrations.0003_queued_jobs_name_their_module")


@pytest.mark.django_db
def test_a_waiting_job_names_the_function_where_it_is_now_and_back_again() -> None:
    common = {"args_kwargs": {"args": ["1"], "kwargs": {}}, "run_after": timezone.now(), "backend_name": "default"}
    waiting = DBTaskResult.objects.create(task_path="registry.jobs.run_job", **common)
    other = DBTaskResult.objects.create(task_path="another.module.task", **common)

    def paths() -> list[str]:
        found = dict(DBTaskResult.objects.values_list("pk", "task_path"))
        return [found[waiting.pk], found[other.pk]]

    editor = SimpleNamespace(connection=connection)
    migration.forwards(apps, editor)
    assert paths() == [run_job.module_path, "another.module.task"]
    assert import_string(paths()[0]) is run_job
    migration.backwards(apps, editor)
    assert paths() == ["registry.jobs.run_job", "another.module.task"]
