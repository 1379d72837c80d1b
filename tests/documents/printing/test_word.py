"""Word files are made of the same sheets as PDFs, downloaded one by one and recorded as prints (U-6)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.urls import reverse
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from documents.consents.models import Consent
from documents.printing import jobs
from documents.printing.codes import in_groups
from documents.printing.core import papers
from documents.printing.engine.sheets import Sheets
from documents.printing.fitting import text_width
from documents.printing.models import PrintRecord
from documents.printing.word.blocks import Block, Table, sheets_in
from documents.printing.word.writing import FONT, word_of
from members.lists.models import encode
from registry.access import Actor
from registry.answers import WORD, ZIP
from registry.jobs.models import Job
from registry.organizations.transitions.charters import change_charter
from tests.documents.words import body_of
from tests.members import applicants, places, sessions

pytestmark = pytest.mark.once
NAMES = ("Абрамова", "Белова", "Вольская", "Громова", "Дубова", "Ежова")

HTML = """<!DOCTYPE html><html lang="ru"><body>
<article class="sheet" data-code="Код проверки: 1"><div data-foot="Согласие № 5">
<p class="appendix">Приложение</p>
<div class="addressee"><p>Председателю</p><div class="row">{rule}</div><p class="caption">(имя)</p></div>
<h1>ЗАЯВЛЕНИЕ</h1>
<p class="statement">Прошу <strong>принять</strong> <i>меня</i>, <u data-after=" (да)">инвалида</u>.</p>
<div class="row">От {long}</div>
<ul><li>одно<span class="caption">(пояснение)</span></li></ul><ol><li>первое</li><li>второе</li></ol>
<div class="row captions"><span class="caption" style="width:60mm">(подпись)</span><span class="caption"
 style="width:40mm">(ФИО)</span></div>
<table><tr><th rowspan="2">а</th><th colspan="2">б</th></tr><tr><td>1 &lt; 2</td><td>3</td></tr></table>
слова без абзаца
</div></article>
<article class="sheet"><p>второй лист</p></article></body></html>"""
RULE = '<span class="rule blank" style="width:88mm" data-instead="(не заполнено)">____________</span>'
LONG = (
    '<span class="rule" style="width:82mm">Иванова Ивана<br>Ивановича</span><br>'
    '<span class="rule" style="width:88mm">младшего</span><br><span class="rule" style="width:88mm"></span>'
)


@pytest.fixture(scope="module")
def document() -> Any:
    html = HTML.replace("{rule}", RULE).replace("{long}", LONG)
    return Document(io.BytesIO(word_of(Sheets(html, {}, two_sided=False), "Заявление")))


def test_blocks_stand_where_they_stand_on_the_paper(document: Any) -> None:
    paragraphs = {paragraph.text: paragraph for paragraph in document.paragraphs}
    looks = {text: paragraph.paragraph_format for text, paragraph in paragraphs.items()}
    assert looks["Приложение"].alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert round(looks["Председателю"].left_indent.mm) == 82
    assert looks["(имя)"].alignment == looks["ЗАЯВЛЕНИЕ"].alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert paragraphs["ЗАЯВЛЕНИЕ"].runs[0].bold and looks["ЗАЯВЛЕНИЕ"].keep_with_next
    stated = paragraphs["Прошу принять меня, инвалида."]
    runs = [run for run in stated.runs if run.text.strip(" ,.")]
    assert [(run.text.strip(), run.bold, run.italic, run.underline) for run in runs] == [
        ("Прошу", False, False, False), ("принять", True, False, False), ("меня", False, True, False),
        ("инвалида", False, False, True),
    ]  # fmt: skip
    # The lines of one field become one text in Word, and the empty line below it remains blank.
    (field,) = [text for text in paragraphs if text.startswith("От ")]
    words, empty = field.split("\n")
    assert words == "От Иванова Ивана Ивановича младшего" and set(empty) == {"_"} and len(empty) > 30
    (blank,) = [text for text in paragraphs if set(text) == {"_"}]
    assert len(blank) == len(empty)
    for mark in ("– одно (пояснение)", "1. первое", "2. второе"):
        assert (round(looks[mark].left_indent.mm), round(looks[mark].first_line_indent.mm)) == (5, -5)
    stops = looks["\t(подпись)\t(ФИО)"].tab_stops
    assert [round(stop.position.mm) for stop in stops] == [30, 80]
    assert "слова без абзаца" in paragraphs
    assert document.styles["Normal"].font.name == FONT
    assert (document.core_properties.title, document.core_properties.language) == ("Заявление", "ru-RU")


def test_the_part_that_the_organisation_fills_stands_below_a_dashed_line_as_on_the_paper() -> None:
    html = (
        '<html><body><article><h1>ЗАЯВЛЕНИЕ</h1><p>Прошу</p><div class="decision"><h2>Решение</h2>'
        "<p>принять</p></div></article></body></html>"
    )
    found = Document(io.BytesIO(word_of(Sheets(html, {}, two_sided=False), "Заявление"))).paragraphs
    lines = {one.text: one._p.xpath("w:pPr/w:pBdr/w:top/@w:val") for one in found}
    assert lines == {"ЗАЯВЛЕНИЕ": [], "Прошу": [], "Решение": ["dashed"], "принять": []}
    # Word only opens files whose elements are in the order of the schema.
    (looks,) = (one._p.pPr for one in found if one.text == "Решение")
    order = [child.tag.rpartition("}")[2] for child in looks]
    assert order.index("keepNext") < order.index("pBdr") < order.index("spacing") < order.index("jc")
    heading = found[0].paragraph_format
    assert (round(heading.space_before.mm), round(heading.space_after.mm)) == (8, 4)


def test_lines_to_fill_in_are_as_wide_and_as_high_as_on_the_paper() -> None:
    html = """<html lang="ru"><body><article class="sheet"><div class="addressee"><p>От
    <span class="rule" style="width:60mm">Ким Я. Ю.</span></p><p class="caption">(имя)</p></div>
    <p class="statement"><span class="rule blank" style="width:40mm">_</span></p>
    <p>по <span class="rule" style="width:20mm">доверенности от 1 мая</span></p></article></body></html>"""
    written = Document(io.BytesIO(word_of(Sheets(html, {}, two_sided=False), "Заявление")))
    name, caption, blank, long = written.paragraphs
    (line,) = [run for run in name.runs if run.underline]
    before, after = line.text.split("Ким Я. Ю.")
    assert before == after == "\u00a0" * len(before)
    # A space takes a quarter of the font size of 11 points, an underscore half of it.
    assert abs(2 * len(before) * 0.97 + text_width("Ким Я. Ю.", 11) - 60) < 2
    assert blank.text == "_" * 20
    assert long.text == "по доверенности от 1 мая"
    heights = [part.paragraph_format.line_spacing for part in (name, caption, blank, long)]
    assert [height if isinstance(height, float) else round(height.mm, 1) for height in heights] == [6.0, 1.0, 6.8, 1.0]


def test_tables_keep_their_spans_and_each_sheet_has_its_own_foot(document: Any) -> None:
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["а", "б", "б"], ["а", "1 < 2", "3"]]
    first, second = document.sections
    assert [paragraph.text for paragraph in first.footer.paragraphs] == ["Согласие № 5", "Код проверки: 1"]
    assert [paragraph.text for paragraph in second.footer.paragraphs] == [""]
    assert body_of(document).endswith("слова без абзаца\nвторой лист")


def test_blocks_are_read_of_the_sheet_with_nothing_left_out() -> None:
    (sheet,) = sheets_in(
        "<html><body><article>голый <b>текст</b><p></p><section><p>а<!-- нет --></p>б</section>"
        "<table><tr><td>в</td></tr></table></article></body></html>"
    )
    assert [block.text if isinstance(block, Block) else block.rows[0][0][0].text for block in sheet.blocks] == [  # type: ignore[index]
        "голый текст", "а", "б", "в",
    ]  # fmt: skip
    assert [type(block) for block in sheet.blocks] == [Block, Block, Block, Table]


def test_applications_consents_statements_and_notices_are_given_as_word() -> None:
    assert {code for code, paper in papers().items() if paper.as_word} == {
        "application", "consent", "consent_transfer", "consent_publication", "certificate", "duplicate_statement",
        "departure_statement", "transfer_statement", "leaving_statement", "withdrawal_statement", "invitation",
        "decision",
    }  # fmt: skip


def given(answer: Any, code: str) -> Any:
    assert (answer.status_code, answer["Content-Type"]) == (200, WORD)
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{code}-')
    assert answer["Content-Disposition"].endswith('.docx"')
    return Document(io.BytesIO(answer.content))


@pytest.mark.django_db
def test_u_6_a_file_of_word_for_a_member_counts_as_a_print_with_its_code() -> None:
    place = places.voi()
    member, client = place.put(), places.signed_in(place.chair)
    url = reverse("documents:print_member", args=["consent", member.pk])
    assert 'formaction="?as=word"' in client.get(url).content.decode()
    document = given(client.post(f"{url}?as=word"), "consent")
    assert member.full_name in body_of(document)
    record = PrintRecord.objects.get()
    assert (record.form, record.member) == ("consent", member)
    foot = [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
    assert foot[-1] == f"Код проверки: {in_groups(record.code or '')}"
    assert Consent.objects.get().state == "printed"


@pytest.mark.django_db
def test_u_6_what_is_no_letter_is_not_given_as_word() -> None:
    place = places.voi()
    member, client = place.put(), places.signed_in(place.chair)
    url = reverse("documents:print_member", args=["member_card", member.pk])
    assert "as=word" not in client.get(url).content.decode()
    assert client.post(f"{url}?as=word").status_code == 404
    assert PrintRecord.objects.count() == 0


@pytest.mark.django_db
def test_v_a5_papers_of_applicants_and_notices_are_given_as_word() -> None:
    place = sessions.place()
    application = applicants.apply(place)
    client = places.signed_in(place.chair)
    page = client.get(reverse("applications:detail", args=[application.pk])).content.decode()
    for form in ("application", "consent"):
        url = f"{reverse('applications:print', args=[application.pk, form])}?as=word"
        assert f'action="{url}"' in page
        assert application.surname in body_of(given(client.post(url), form))
    questionnaire = reverse("applications:print", args=[application.pk, "questionnaire"])
    assert client.post(f"{questionnaire}?as=word").status_code == 404
    item = sessions.admission(place, [application])
    url = reverse("meetings:print_applicant", args=[application.pk, "invitation"])
    assert "УВЕДОМЛЕНИЕ О ЗАСЕДАНИИ" in body_of(given(client.post(f"{url}?as=word"), "invitation"))
    sessions.decided(item, place.chair)
    url = reverse("meetings:print_applicant", args=[application.pk, "decision"])
    assert "ИЗВЕЩЕНИЕ О РЕШЕНИИ" in body_of(given(client.post(f"{url}?as=word"), "decision"))
    assert sorted(PrintRecord.objects.values_list("form", "about_id")) == [
        (form, application.pk) for form in ("application", "consent", "decision", "invitation")
    ]


@pytest.mark.django_db
def test_v_a4_the_consent_for_a_represented_person_has_a_word_file() -> None:
    place = sessions.place()
    application = applicants.apply(place)
    issued = encode(dt.date(2020, 2, 1))
    paper = {"paper_number": "1", "paper_issued_on": issued, "paper_issued_by": "ЗАГС"}
    application.values = {**application.values, **paper}
    application.save()
    ward = applicants.ward_of(application, city="Тула", answers={"disability_group": "child", **paper})
    client, url = places.signed_in(place.chair), f"{reverse('applications:ward_consent', args=[ward.pk])}?as=word"
    assert f'action="{url}"' in client.get(reverse("applications:ward", args=[ward.pk])).content.decode()
    text = body_of(given(client.post(url), "consent"))
    assert ward.full_name in text and application.full_name in text
    assert [(record.form, record.about_id) for record in PrintRecord.objects.all()] == [("consent", ward.pk)]


def many(form: str) -> str:
    return reverse("documents:print_many", args=[form])


def articles(data: bytes) -> list[str]:
    """Return the text of each Word file in an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return [body_of(Document(io.BytesIO(packed.read(name)))) for name in packed.namelist()]


@pytest.mark.django_db
def test_u_6_a_few_consents_are_one_word_file_and_an_archive_with_other_consents() -> None:
    place = places.union()
    named = {key: {"name": "ООО «Карты»", "address": "г. Тула"} for key in ("bonus_programme", "card_producer")}
    change_charter(place.head.federation_id, values={"recipients": named}, by=Actor.system("test"))
    members = [place.put(surname=name, snils="", ticket_number="", confirmed_duplicate=True) for name in NAMES[:2]]
    client, chosen = places.signed_in(place.chair), {"selected": [one.pk for one in members], "by_hand": "1"}
    asked = client.post(many("consent"), chosen).content.decode()
    assert 'formaction="?&amp;as=word"' in asked
    text = body_of(given(client.post(f"{many('consent')}?as=word", {**chosen, "confirmed": "1"}), "consent"))
    assert [text.index(one.full_name) for one in members] == sorted(text.index(one.full_name) for one in members)
    answer = client.post(f"{many('consent')}?as=word", {**chosen, "confirmed": "1", "also": ["consent_transfer"]})
    assert (answer["Content-Type"], len(articles(answer.content))) == (ZIP, 2)
    assert PrintRecord.objects.count() == 6


@pytest.mark.django_db
def test_u_6_a_job_makes_word_files_of_many_consents(run_jobs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()
    members = [place.put(surname=name, snils="", ticket_number="", confirmed_duplicate=True) for name in NAMES]
    client, chosen = places.signed_in(place.chair), {"selected": [one.pk for one in members], "confirmed": "1"}
    for size, kind, files in ((6, WORD, 1), (4, ZIP, 2)):
        monkeypatch.setattr(jobs, "MAX_PEOPLE_PER_WORD", size)
        assert client.post(f"{many('application')}?as=word", chosen).status_code == 302
        run_jobs()
        job = Job.objects.latest("created_at")
        answer = client.get(reverse("jobs:result", args=[job.pk]))
        assert (answer["Content-Type"], job.summary["people"]) == (kind, len(NAMES))
        texts = articles(answer.content) if kind == ZIP else [body_of(Document(io.BytesIO(answer.content)))]
        assert [sum(name in text for name in NAMES) for text in texts] == ([6] if files == 1 else [4, 2])
    assert PrintRecord.objects.count() == 2 * len(NAMES)


@pytest.mark.django_db
def test_u_6_only_papers_with_a_word_file_have_one_for_many_members() -> None:
    place = places.voi()
    client, chosen = places.signed_in(place.chair), {"selected": [place.put().pk], "confirmed": "1"}
    assert "as=word" not in client.post(many("member_card"), {"selected": chosen["selected"]}).content.decode()
    assert client.post(f"{many('member_card')}?as=word", chosen).status_code == 404
    assert PrintRecord.objects.count() == 0
