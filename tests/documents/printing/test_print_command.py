"""`manage.py print`: prints the same papers from the command line, and records them like those of the screens."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from documents.consents.models import Consent
from documents.printing.core import Form, forms_of, papers
from documents.printing.engine.merging import page_count
from documents.printing.models import PrintRecord
from registry import charters
from registry.journal.models import Event
from tests.documents import samples
from tests.members import places
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def command(*arguments: Any) -> str:
    out = StringIO()
    call_command("print", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_forms_of_each_charter_are_named() -> None:
    named = [line.split("\t") for line in command("--list").splitlines()]
    assert named == [
        *([key, form.code, form.title] for key, _title in charters.choices() for form in forms_of(charters.get(key))),
        *(["-", paper.code, paper.title] for paper in papers().values() if not isinstance(paper, Form)),
    ]


@pytest.mark.parametrize("form", ["application", "consent", "member_card"])
def test_u6_papers_for_members_are_one_pdf_in_alphabetical_order(voi: places.Place, tmp_path: Path, form: str) -> None:
    rows = [voi.put(surname=name, snils="", ticket_number="") for name in ("Ясная", "Абрамова", "Ёлкина")]
    file = tmp_path / "papers.pdf"
    ids = [row.pk for row in rows]
    command(form, "--member", *ids, ids[0], "--output", file)
    data = file.read_bytes()
    text = samples.text_of(data)
    places = [text.index(name) for name in ("Абрамов", "Ёлкин", "Ясн")]
    assert (page_count(data) % 3, places) == (0, sorted(places))
    assert sorted(PrintRecord.objects.values_list("form", "member_id")) == [(form, pk) for pk in sorted(ids)]
    assert set(Event.objects.filter(action="paper.printed").values_list("acting", flat=True)) == {"print command"}
    assert Consent.objects.filter(state="printed").count() == (3 if form == "consent" else 0)


def test_v_c5_a_consent_without_what_the_law_requires_is_not_written(voi: places.Place, tmp_path: Path) -> None:
    member = voi.put(paper_number="")
    with pytest.raises(CommandError, match=f"{member.pk} lacks what the law requires: документ"):
        command("consent", "--member", member.pk, "--output", tmp_path / "a.pdf")
    assert (list(tmp_path.iterdir()), PrintRecord.objects.count()) == ([], 0)


def test_a_pipe_or_device_is_written_to_and_not_replaced(voi: places.Place, tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    command("application", "--blank", "--organization", voi.keeper.code, "--output", pipe)
    reader.join(timeout=30)
    assert (pipe.is_fifo(), [path.name for path in tmp_path.iterdir()]) == (True, ["pipe"])
    assert page_count(read[0]) == 1


def test_the_empty_form_is_printed_for_an_organisation_or_the_head(voi: places.Place, tmp_path: Path) -> None:
    file = tmp_path / "blank.pdf"
    command("application", "--blank", "--organization", voi.keeper.code, "--output", file)
    assert "Заречн" in samples.text_of(file.read_bytes())
    command("application", "--blank", "--output", file)
    assert "Заречн" not in samples.text_of(file.read_bytes())
    assert [(row.organization, row.member) for row in PrintRecord.objects.order_by("pk")] == [
        (voi.keeper, None),
        (voi.head, None),
    ]


def test_a_wrong_command_says_what_is_wrong_and_prints_nothing(voi: places.Place, tmp_path: Path) -> None:
    member, file = voi.put(), tmp_path / "paper.pdf"
    other = places.union().put()
    code = voi.head.federation.code
    wrong = {
        ("consent",): "Name a form and --output FILE, or use --list.",
        ("consent", "--output", file): "Say either --member ID … or --blank.",
        ("consent", "--blank", "--member", member.pk, "--output", file): "Say either --member ID … or --blank.",
        ("consent", "--member", 10**9, "--output", file): "No registered member has the id 1000000000.",
        (
            "consent",
            "--member",
            member.pk,
            other.pk,
            "--output",
            file,
        ): "The members belong to different federations; print them apart.",
        (
            "consent",
            "--blank",
            "--federation",
            code,
            "--organization",
            "nobody",
            "--output",
            file,
        ): "There is no organisation with the code nobody.",
    }
    for arguments, sentence in wrong.items():
        with pytest.raises(CommandError) as refusal:
            command(*arguments)
        assert str(refusal.value) == sentence
    with pytest.raises(CommandError) as refusal:
        command("nothing", "--member", member.pk, "--output", file)
    assert str(refusal.value).startswith("This federation has no form «nothing». Its forms: application, consent")
    with pytest.raises(CommandError) as refusal:
        command("consent", "--blank", "--output", file)
    assert str(refusal.value).startswith("Say --federation CODE, one of: ")
    for typed in ("many", "9" * 30, "-5"):
        with pytest.raises(CommandError) as refusal:
            command("consent", f"--member={typed}", "--output", file)
        assert str(refusal.value) == f"Error: argument --member: «{typed}» is no id of a member"
    assert (file.exists(), PrintRecord.objects.count()) == (False, 0)


def test_an_unwritable_file_is_reported(voi: places.Place, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refusal:
        command("consent", "--blank", "--output", tmp_path / "no" / "paper.pdf")
    assert str(refusal.value) == f"Cannot write {tmp_path}/no/paper.pdf: No such file or directory."
    member = voi.put()
    with pytest.raises(CommandError):
        command("consent", "--member", member.pk, "--output", tmp_path)
    member.refresh_from_db()
    assert (member.consent_state, PrintRecord.objects.count()) == ("none", 0)


def test_more_people_than_one_run_of_the_layout_are_one_pdf(
    voi: places.Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.management.commands.print.MAX_PEOPLE_PER_PART", 2)
    rows, file = trees.members(voi.keeper, 5), tmp_path / "papers.pdf"
    command("application", "--member", *[row.pk for row in rows], "--output", file)
    assert (page_count(file.read_bytes()), PrintRecord.objects.count()) == (5, 5)


def test_a_long_print_is_several_files_so_that_its_memory_is_bounded(
    voi: places.Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.management.commands.print.MAX_PEOPLE_PER_PART", 1)
    monkeypatch.setattr("documents.management.commands.print.MAX_PAGES", 4)
    rows = trees.members(voi.keeper, 5)
    said = command("application", "--member", *[row.pk for row in rows], "--output", tmp_path / "papers.pdf")
    files = [tmp_path / f"papers-0{number}.pdf" for number in (1, 2, 3)]
    assert said.split() == [str(file) for file in files]
    assert sorted(tmp_path.iterdir()) == files
    assert [page_count(file.read_bytes()) for file in files] == [2, 2, 1]
    assert PrintRecord.objects.count() == 5
