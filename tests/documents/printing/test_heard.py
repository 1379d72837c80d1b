"""Underlining and blanks are spoken in tags and copied text; cells of tables refer to their headings (PDF/UA)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from documents.printing.core import forms, render
from documents.printing.engine.layout import lay_out
from documents.printing.engine.merging import merge
from documents.printing.engine.sheets import Sheets
from tests.documents import samples
from tests.documents.pdfs import copied
from tests.documents.validity import check_accessible

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def elements(node: Any) -> Iterator[Any]:
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield kid
            yield from elements(kid)


def opened(pdf: bytes) -> tuple[pikepdf.Pdf, list[Any]]:
    found = pikepdf.open(io.BytesIO(pdf))
    return found, list(elements(found.Root.StructTreeRoot))


def said(pdf: bytes) -> list[str]:
    # Keep a reference to the document while its elements are read.
    _document, found = opened(pdf)
    return [str(element.ActualText) for element in found if "/ActualText" in element]


def test_v_a4_the_chosen_option_and_the_blanks_are_said() -> None:
    organization = samples.keeper("voi")
    pdf = samples.paper("application", organization, samples.person("voi", organization))
    assert "(инвалида (подчёркнуто), законного представителя" in copied(pdf)
    assert said(pdf) == ["инвалида (подчёркнуто)", "__", "(дата не заполнена)", "__", "(место для подписи)"]


def test_u_6_a_blank_form_says_what_is_to_be_filled_and_underlines_nothing() -> None:
    pdf = samples.paper("questionnaire", samples.keeper("voi"), None)
    words = copied(pdf)
    assert words.count("(не заполнено)") == len(said(pdf)) == 20
    assert "подчёркнуто" not in words
    assert set(said(pdf)) == {"(не заполнено)"}


def test_the_words_of_a_text_of_several_lines_are_said_once_at_its_end() -> None:
    html = (
        f'<html lang="ru"><title>x</title><p style="width:60mm"><u data-after=" (да)">{"слово " * 20}конец</u> дальше'
    )
    words = copied(lay_out(Sheets(html, {}, two_sided=False)))
    assert words == f"{'слово ' * 20}конец (да) дальше"


def heads(pdf: bytes) -> dict[str, list[str]]:
    """Return the texts of each data cell's headings by the text of the cell."""
    document, found = opened(pdf)
    text = texts(document)
    names = document.Root.StructTreeRoot.IDTree.Names
    led = {bytes(names[at]): names[at + 1] for at in range(0, len(names), 2)}
    assert [bytes(name) for name in list(names)[::2]] == sorted(led)
    assert all("/Scope" in element.A for element in found if element.S == "/TH")
    return {
        text(cell): [text(led[bytes(one)]) for one in cell.A.get("/Headers", [])]
        for cell in found
        if cell.S == "/TD" and text(cell)
    }


def texts(document: pikepdf.Pdf) -> Any:
    """Return a function that reads the text of an element from the marked content of its page."""
    words: dict[tuple[Any, int], str] = {}
    for page in document.pages:
        words |= {(page.objgen, number): word for number, word in marked(page).items()}

    def text(element: Any) -> str:
        parts = [
            words.get((kid.Pg.objgen, int(kid.K[0])), "")
            for kid in elements(element)
            if kid.S == "/Span" and len(kid.K) and not isinstance(kid.K[0], pikepdf.Dictionary)
        ]
        return " ".join(" ".join(parts).split())

    return text


def marked(page: pikepdf.Page) -> dict[int, str]:
    """Return the text of each marked content of the page, decoded by its fonts' Unicode tables."""
    fonts = {name: unicode_of(font) for name, font in page.Resources.Font.items()}
    found: dict[int, str] = {}
    current, font = -1, ""
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "BDC" and "/MCID" in operands[1]:
            current = int(operands[1].MCID)
        elif str(operator) == "Tf":
            font = str(operands[0])
        elif str(operator) == "TJ":
            codes = b"".join(bytes(part) for part in operands[0] if isinstance(part, pikepdf.String))
            letters = (fonts[font].get(codes[n : n + 2], "") for n in range(0, len(codes), 2))
            found[current] = found.get(current, "") + "".join(letters)
    return found


def unicode_of(font: Any) -> dict[bytes, str]:
    pairs = [line.split() for line in font.ToUnicode.read_bytes().decode().splitlines() if line.startswith("<")]
    return {
        bytes.fromhex(pair[0].strip("<>")): bytes.fromhex(pair[-1].strip("<>")).decode("utf-16-be")
        for pair in pairs
        if len(pair) == 2 and len(pair[0]) == 6
    }


def test_v_b6_every_cell_of_the_card_has_the_heads_above_and_beside_it_and_no_others() -> None:
    organization = samples.keeper("voi")
    found = heads(samples.paper("member_card", organization, samples.person("voi", organization)))
    assert found["Пётр"] == ["ФИО", "Имя"]
    assert found["05.03.1958"] == ["Дата рождения"]
    assert found["143002"] == ["Домашний адрес", "Индекс"]
    assert found["+7 916 123-45-67"] == ["Телефон"]
    assert found["бессрочно"] == ["Справка ВТЭК/МСЭК", "Дата окончания"]
    assert found["01.05.2015"] == ["Дата постановки на учет", "Дата"]


def test_u_6_two_pairs_of_label_and_value_in_a_row_do_not_mix() -> None:
    organization = samples.keeper("education_union")
    found = heads(samples.paper("member_card", organization, samples.person("education_union", organization)))
    assert (found["Пётр"], found["Сергеевич"]) == (["Имя"], ["Отчество"])
    assert found["Почётная грамота"] == ["Название"]


def test_a_bundle_has_the_heads_of_all_its_parts_and_an_outline_by_person() -> None:
    organization = samples.keeper("voi")
    form, batch = forms()["member_card"], samples.batch_of(organization)
    member = form.members(type(samples.person("voi", organization)).objects.all()).get()
    parts = []
    for name in ("Абрамов", "Яковлев"):
        member.surname = name
        parts.append(render(form, [{**form.build(member, batch), "outline": member.full_name}], batch))
    pdf = merge(parts, leaves=True)
    check_accessible(pdf)
    document, found = opened(pdf)
    assert len(document.Root.StructTreeRoot.IDTree.Names) == 2 * len([one for one in found if one.S == "/TH"])
    with document.open_outline() as outline:
        entries = [(entry.title, entry.destination[0].objgen) for entry in outline.root]
    assert entries == [
        ("Абрамов Пётр Сергеевич", document.pages[0].objgen), ("Яковлев Пётр Сергеевич", document.pages[2].objgen),
    ]  # fmt: skip
    assert heads(pdf)["05.03.1958"] == ["Дата рождения"]


def test_u_6_what_stands_beside_the_text_of_a_list_item_belongs_to_its_body() -> None:
    html = '<html lang="ru"><title>x</title><ul><li>а<p>б</p><p>в</p></li><li><p>г</p></li></ul>'
    _document, found = opened(lay_out(Sheets(html, {}, two_sided=False)))
    items = [element for element in found if element.S == "/LI"]
    assert [[str(kid.S) for kid in item.K] for item in items] == [["/Lbl", "/LBody"]] * 2
    assert all(item == kid.P for item in items for kid in item.K)
    bodies = [item.K[1] for item in items]
    assert [[str(kid.S) for kid in body.K] for body in bodies] == [["/Span", "/P", "/P"], ["/P"]]
    assert all(body == kid.P for body in bodies for kid in body.K)


@pytest.mark.parametrize("code", ["application", "consent", "questionnaire"])
def test_places_to_sign_are_no_tables(code: str) -> None:
    _document, found = opened(samples.paper(code, samples.keeper("voi"), None))
    assert not [element for element in found if element.S == "/Table"]
