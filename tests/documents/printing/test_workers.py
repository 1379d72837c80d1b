"""Layout by several processes: the same papers, and a clear end after errors."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
from PIL import Image
from weasyprint.urls import FatalURLFetchingError

from documents.printing.engine import workers
from documents.printing.engine.merging import merge
from documents.printing.engine.sheets import NOTHING, Sheets, Volume
from documents.printing.engine.workers import WorkerStopped, work_all
from tests.documents.printing.killed_worker import render_workers as processes
from tests.installation import ROOT

pytestmark = pytest.mark.once


def sheets(text: str) -> Sheets:
    picture = io.BytesIO()
    Image.new("L", (4, 4)).save(picture, "PNG")
    body = f'<p style="width:30mm">{text}</p><img src="registry:picture/dot" alt="точка">'
    html = f'<html lang="ru"><title>Проба</title><link rel="stylesheet" href="registry:prints/paper.css">{body}</html>'
    return Sheets(html, {"dot": picture.getvalue()}, two_sided=False)


@pytest.mark.parametrize(
    ("code", "stranger"),
    [
        ("import django; django.setup(); from documents.printing.core import forms; forms()", "weasyprint"),
        ("import documents.printing.engine.layout", "django"),
    ],
)
def test_the_engine_is_loaded_on_first_use_and_imports_none_of_our_apps(code: str, stranger: str) -> None:
    command = [sys.executable, "-c", f"{code}\nimport sys; sys.exit({stranger!r} in sys.modules)"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_several_processes_make_the_same_papers_in_the_same_order_as_one() -> None:
    parts = [sheets("первый"), NOTHING, sheets("третий"), sheets("четвёртый")]
    by_one = list(work_all(parts, 1))
    assert [pdf[:5] for pdf in by_one] == [b"%PDF-", b"", b"%PDF-", b"%PDF-"]
    assert list(work_all(parts, 2)) == by_one
    assert processes(os.getpid()) == []


def test_a_single_part_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(workers, "_Worker")
    assert len(list(work_all([sheets("один")], 4))) == 1
    assert list(work_all([], 4)) == []


def test_parts_are_requested_only_as_processes_become_free() -> None:
    asked = []

    def parts() -> Iterator[Sheets]:
        for number in range(9):
            asked.append(number)
            yield NOTHING

    with closing(work_all(parts(), 2)) as pdfs:
        seen = [(next(pdfs), len(asked)) for _ in range(3)]
    assert seen == [(b"", 3), (b"", 4), (b"", 5)]
    assert processes(os.getpid()) == []


def test_a_process_that_is_killed_ends_the_print() -> None:
    pdfs = work_all([sheets("первый"), sheets("второй"), sheets("третий")], 2)
    next(pdfs)
    pids = processes(os.getpid())
    # The processes have their own sessions, so signals to the group of their owner do not reach them.
    assert [os.getsid(pid) for pid in pids] == pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkerStopped):
        list(pdfs)
    assert processes(os.getpid()) == []


def test_an_error_of_the_engine_is_raised_where_the_part_was_asked_for() -> None:
    strange = Sheets('<html lang="ru"><title>Проба</title><img src="file:///etc/passwd">', {}, two_sided=False)
    with pytest.raises(FatalURLFetchingError):
        list(work_all([sheets("первый"), strange], 2))
    assert processes(os.getpid()) == []


def test_volumes_are_joined_by_workers_as_by_this_process() -> None:
    pdfs = list(work_all([sheets(word) for word in ("первый", "второй", "третий")], 1))
    volumes = [Volume(pdfs, leaves=True), Volume(pdfs[:2], leaves=False), Volume(pdfs[1:], leaves=True)]
    joined = list(work_all(volumes, 2))
    assert joined == [merge(one.parts, leaves=one.leaves) for one in volumes]
    assert list(work_all(volumes[:1], 2)) == joined[:1]
