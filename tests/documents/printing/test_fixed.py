"""Fixed forms are laid out once and then filled: the same tags, texts and pictures as those of the layout engine."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageChops

from documents.printing.core import forms, forms_of, sheets_for
from documents.printing.engine import fixed
from documents.printing.engine.fixed import MAX_STENCILS, MAX_WHOLE, lay_out_fixed
from documents.printing.engine.layout import _lay_out, lay_out
from documents.printing.engine.sheets import Sheets
from documents.printing.engine.slots import CHOSEN, Value, sheets_in, slots_of
from members.people.models import Member
from registry import charters
from registry.files import storage
from registry.files.enums import FilePurpose
from tests.documents import samples

pytestmark = [pytest.mark.django_db, pytest.mark.once]

CASES = [
    (charter, form.code)
    for charter in samples.CHARTERS
    for form in forms_of(charters.get(charter))
]  # fmt: skip
#: Resolution of the pictures (dpi), and the allowed difference of a dot from those around it.
DOTS, SHADES = 96, 96


@pytest.fixture(autouse=True)
def _no_stencils() -> None:
    fixed._stencils.clear()


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the HTML passed to the layout engine."""
    found: list[str] = []

    def engine(sheets: Sheets, finisher: Any = None) -> bytes:
        found.append(sheets.html)
        return _lay_out(sheets, finisher)

    monkeypatch.setattr("documents.printing.engine.layout._lay_out", engine)
    return found


def all_kinds(charter: str, code: str) -> Sheets:
    """Return a filled, a partly filled, a blank and the same filled sheet of a form as one document."""
    organization = samples.keeper(charter)
    people = [samples.person(charter, organization), samples.half_known(organization), None]
    made = [samples.sheets(code, organization, one, code_of_print=samples.CODE) for one in people]
    head, _sheets = sheets_in(made[0].html)
    parts = [sheets_in(one.html)[1][0].rstrip() for one in (*made, made[0])]
    return made[0]._replace(html="".join([head, *parts, "</body></html>"]))


def tags(pdf: bytes) -> Any:
    """Return the structure elements of the PDF: type, spoken text, page, attributes, whether with an id, children."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages: dict[Any, int] = {page.objgen: number for number, page in enumerate(opened.pages)}

        def read(element: Any) -> Any:
            if not isinstance(element, pikepdf.Dictionary):
                return "text"
            attributes = (
                {name: len(value) if name == "/Headers" else str(value) for name, value in element.A.items()}
                if ("/A" in element)
                else {}
            )
            page = pages[element.Pg.objgen] if "/Pg" in element else None
            kids = [read(kid) for kid in element.K]
            return str(element.S), str(element.get("/ActualText", "")), page, attributes, "/ID" in element, kids

        return read(opened.Root.StructTreeRoot.K[0])


def text_of(pdf: bytes) -> str:
    """Return the text in the order of the content streams."""
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def pictures(pdf: bytes, directory: Path) -> list[Image.Image]:
    directory.mkdir()
    subprocess.run(["pdftoppm", "-r", str(DOTS), "-gray", "-", directory / "page"], input=pdf, check=True)
    return [Image.open(path).copy() for path in sorted(directory.iterdir())]


def around(choose: Callable[[Image.Image, Image.Image], Image.Image], image: Image.Image) -> Image.Image:
    """Return for each dot the darkest or lightest of itself and those around it, faster than Pillow's filters.

    Dots at an edge are compared with those at the opposite edge; margins of papers are white there too.
    """
    rows = choose(choose(image, ImageChops.offset(image, 1, 0)), ImageChops.offset(image, -1, 0))
    return choose(choose(rows, ImageChops.offset(rows, 0, 1)), ImageChops.offset(rows, 0, -1))


def differing(one: Image.Image, other: Image.Image) -> int:
    """Return the number of dots of each picture that differ from all dots around them in the other one."""
    found = 0
    for image, beside in ((one, other), (other, one)):
        darkest, lightest = around(ImageChops.darker, beside), around(ImageChops.lighter, beside)
        for outside in (ImageChops.subtract(darkest, image), ImageChops.subtract(image, lightest)):
            found += sum(outside.histogram()[SHADES:])
    return found


@pytest.mark.parametrize(("charter", "code"), CASES)
def test_filled_sheets_have_the_tags_texts_and_pictures_of_the_layout_engine(
    charter: str, code: str, tmp_path: Path, laid_out: list[str]
) -> None:
    sheets = all_kinds(charter, code)
    filled = lay_out(sheets)
    assert all("data-slot" in html for html in laid_out)
    compare(filled, _lay_out(sheets), tmp_path)


def compare(filled: bytes, whole: bytes, tmp_path: Path) -> None:
    """Compare tags, texts and pictures of filled sheets with those of the layout engine."""
    assert tags(filled) == tags(whole)
    assert text_of(filled) == text_of(whole)
    pairs = list(zip(pictures(filled, tmp_path / "filled"), pictures(whole, tmp_path / "whole"), strict=True))
    assert [differing(*pair) for pair in pairs] == [0] * len(pairs)
    # Control: a shift by two dots is noticed.
    moved = ImageChops.offset(pairs[0][0], 2, 0)
    assert differing(moved, pairs[0][1]) > 100


#: Forms with a photograph.
WITH_PHOTOGRAPH = [("voi", "questionnaire"), ("voi", "membership_ticket"), ("education_union", "member_card")]
#: Kinds of photographs: proportions, file formats, colours, transparency, orientation.
KINDS: dict[str, dict[str, Any]] = {
    "narrow": {"size": (90, 240)},
    "wide": {"size": (400, 150)},
    "grey": {"size": (300, 400), "mode": "L"},
    "png": {"size": (150, 150), "kind": "PNG"},
    "grey png": {"size": (60, 80), "mode": "L", "kind": "PNG"},
    "transparent png": {"size": (90, 120), "mode": "RGBA", "kind": "PNG"},
    "transparent grey png": {"size": (90, 120), "mode": "LA", "kind": "PNG"},
    "palette": {"size": (90, 120), "mode": "P", "kind": "PNG"},
    "two colours": {"size": (90, 120), "mode": "1", "kind": "PNG"},
    "of a printer": {"size": (90, 120), "mode": "CMYK"},
    "turned": {"size": (160, 120), "orientation": 6},
    "web": {"size": (90, 120), "kind": "WEBP"},
}


def photograph(
    size: tuple[int, int] = (300, 400), mode: str = "RGB", kind: str = "JPEG", orientation: int = 0
) -> bytes:
    """Return a picture with different parts, so that crops and rotations are noticed."""
    width, height = size
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.paste((200, 30, 30), (width // 4, height // 8, width // 2, height // 4))
    image.paste((20, 160, 60), (width // 2, height // 2, width - 4, height - 4))
    if mode in {"RGBA", "LA"}:
        image.putalpha(Image.linear_gradient("L").rotate(90).resize(size))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    made = io.BytesIO()
    image.convert(mode).save(made, kind, exif=exif)
    return made.getvalue()


def with_photographs(charter: str, code: str, photographs: list[bytes]) -> Sheets:
    """Return a sheet for each photograph, and one without after the first, as one document."""
    organization = samples.keeper(charter)
    member = samples.person(charter, organization)
    pictures, parts, head = dict[str, bytes](), list[str](), ""
    for number, data in enumerate(photographs):
        file = storage.store_file(data, purpose=FilePurpose.PHOTO, name="photo", content_type="image/jpeg")
        Member.objects.filter(pk=member.pk).update(photo=file)
        made = samples.sheets(code, organization, member, code_of_print=samples.CODE)
        (name,) = made.pictures
        head, (part,) = sheets_in(made.html)
        pictures[f"{name}-{number}"] = data
        parts.append(part.replace(f"registry:picture/{name}", f"registry:picture/{name}-{number}"))
    none = sheets_in(samples.sheets(code, organization, None, code_of_print=samples.CODE).html)[1][0]
    return made._replace(html="".join([head, *parts[:1], none, *parts[1:], "</body></html>"]), pictures=pictures)


@pytest.mark.parametrize(("charter", "code"), CASES)
def test_the_forms_with_a_photograph_are_compared(charter: str, code: str) -> None:
    organization = samples.keeper(charter)
    member = samples.person(charter, organization)
    file = storage.store_file(photograph(), purpose=FilePurpose.PHOTO, name="photo", content_type="image/jpeg")
    Member.objects.filter(pk=member.pk).update(photo=file)
    pictures = [name for name in samples.sheets(code, organization, member).pictures if name.startswith("photo")]
    # A photograph that is not shown is not read.
    assert bool(pictures) == ((charter, code) in WITH_PHOTOGRAPH)


@pytest.mark.parametrize(("charter", "code"), WITH_PHOTOGRAPH)
def test_photographs_of_all_kinds_are_as_the_layout_engine_draws_them(
    charter: str, code: str, tmp_path: Path, laid_out: list[str]
) -> None:
    sheets = with_photographs(charter, code, [photograph(), *(photograph(**kind) for kind in KINDS.values())])
    filled = lay_out(sheets)
    # Only forms are laid out, with and without a photograph; twice if the ticket number is in bold letters.
    assert ["data-slot" in html for html in laid_out] == [True] * (4 if code == "membership_ticket" else 2)
    whole = _lay_out(sheets)
    assert images_in(filled) == images_in(whole)
    assert len(images_in(filled)) == 1 + len(KINDS)
    compare(filled, whole, tmp_path)


def images_in(pdf: bytes) -> list[Any]:
    """Return size, colours, filter, mask and a digest of the data of each picture on the pages."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            shown = re.findall(rb"/(i\w+) Do", b"".join(one.read_bytes() for one in page_contents(page)))
            for name in shown:
                found.append(described(page.resources.XObject["/" + name.decode()]))
    return found


def page_contents(page: Any) -> list[Any]:
    contents = page.obj.Contents
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]


def described(image: Any) -> Any:
    keys = ("/Width", "/Height", "/ColorSpace", "/Interpolate", "/Filter", "/Decode", "/BitsPerComponent")
    mask = described(image.SMask) if "/SMask" in image else None
    return [str(image.get(key)) for key in keys], hashlib.sha256(image.read_raw_bytes()).hexdigest(), mask


def test_a_picture_that_cannot_be_read_is_left_to_the_layout_engine(laid_out: list[str]) -> None:
    sheets = with_photographs("voi", "questionnaire", [photograph(), b"no picture", photograph(size=(60, 70))])
    pdf = lay_out(sheets)
    assert ["data-slot" in html for html in laid_out] == [True, True, False]
    assert tags(pdf) == tags(_lay_out(sheets))


def test_a_picture_whose_size_is_not_fixed_is_left_to_the_layout_engine(laid_out: list[str]) -> None:
    html = (
        '<html lang="ru"><head><title>Т</title><link rel="stylesheet" href="registry:prints/paper.css"></head>'
        '<body><article class="sheet"><p>{}</p></article></body></html>'
    )
    for style in ("", "width:20mm", "width:20mm;height:50%", "width:20mm;height:20mm"):
        picture = f'<img src="registry:picture/one" alt="Фото" style="{style}">'
        lay_out(Sheets(html.format(picture), {"one": photograph()}, two_sided=False, fixed=True))
    assert ["data-slot" in html for html in laid_out] == [True, False, True, False, True, False, True]


def test_a_form_is_laid_out_once_for_all_its_sheets(laid_out: list[str]) -> None:
    sheets = all_kinds("voi", "member_card")
    first = lay_out(sheets)
    before = len(laid_out)
    assert lay_out(sheets) == first
    assert (len(laid_out), before) == (before, len(fixed._stencils))


def test_only_the_last_used_forms_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = samples.sheets("consent", samples.keeper("voi"), None)
    monkeypatch.setattr(fixed, "_stencil", lambda *_given: None)
    head, (sheet,) = sheets_in(sheets.html)
    for number in range(MAX_STENCILS + 3):
        fixed._filled(head, f"{sheet}<p>{number}</p>", sheets, {}, _lay_out)
        # Keep this one in use.
        fixed._filled(head, f"{sheet}<p>0</p>", sheets, {}, _lay_out)
    kept = [form.rpartition("<p>")[2].partition("<")[0] for _head, form in fixed._stencils]
    assert kept == [*(str(number) for number in range(4, MAX_STENCILS + 3)), "0"]


def with_address(sheets: Sheets, count: int, text: str) -> Sheets:
    """Return a document with the sheet `count` times, with another text in its first field."""
    head, (sheet,) = sheets_in(sheets.html)
    first = sheet.replace(">____________</span>", f">{text}</span>", 1)
    return sheets._replace(html="".join([head, *[first] * count, "</body></html>"]))


def test_sheets_with_letters_that_the_fonts_lack_are_laid_out_as_a_whole_a_few_at_a_time(laid_out: list[str]) -> None:
    sheets = samples.sheets("consent", samples.keeper("voi"), None)
    lay_out(sheets)
    laid_out.clear()
    odd = with_address(sheets, MAX_WHOLE + 1, "Ꙁ")
    pdf = lay_out(odd)
    assert [html.count("<article") for html in laid_out] == [MAX_WHOLE, 1]
    assert tags(pdf) == tags(_lay_out(odd))


@pytest.mark.parametrize(
    "part",
    ['<div class="continued"></div>', '<div class="additions"></div>', '<div class="open values"></div>'],
)
def test_what_only_the_layout_engine_lays_out_is_not_tried(part: str, laid_out: list[str]) -> None:
    sheets = samples.sheets("consent", samples.keeper("voi"), None)
    head, (sheet,) = sheets_in(sheets.html)
    lay_out(sheets._replace(html=f"{head}{sheet.replace('</article>', '')}{part}</article></body></html>"))
    assert (len(laid_out), "data-slot" in laid_out[0], len(fixed._stencils)) == (1, False, 0)


def test_a_form_that_is_not_fixed_is_tried_once(laid_out: list[str]) -> None:
    html = '<html lang="ru"><head><title>Т</title></head><body><article class="sheet">{}</article></body></html>'
    hidden = '<p style="visibility:hidden"><span class="rule" style="width:20mm">Иванов</span></p><p>Лист</p>'
    sheets = Sheets(html.format(hidden), {}, two_sided=False, fixed=True)
    assert "Лист" in text_of(lay_out(sheets))
    lay_out(sheets)
    assert ["data-slot" in html for html in laid_out] == [True, False, False]


def test_runs_of_filled_and_other_sheets_keep_their_order() -> None:
    sheets = samples.sheets("member_card", samples.keeper("voi"), None)
    head, (sheet,) = sheets_in(sheets.html)
    names = ["Первая", "Вторая Ꙁ", "Третья", "Четвёртая"]
    made = [sheet.replace("<h1>", f"<p>{name}</p><h1>", 1) for name in names]
    pdf = lay_out_fixed(sheets._replace(html="".join([head, *made, "</body></html>"])), _lay_out)
    assert [word for word in text_of(pdf).split() if word in {"Первая", "Вторая", "Третья", "Четвёртая"}] == [
        "Первая", "Вторая", "Третья", "Четвёртая",
    ]  # fmt: skip


def test_an_odd_number_of_pages_is_followed_by_an_empty_one() -> None:
    html = '<html lang="ru"><head><title>Т</title><link rel="stylesheet" href="registry:prints/paper.css"></head>'
    sheet = (
        '<article class="sheet"><div class="row">Я, <span class="rule" style="width:50mm">Иванов</span></div></article>'
    )
    sheets = Sheets(f'{html}<body class="two-sided">{sheet}{sheet}</body></html>', {}, two_sided=True, fixed=True)
    filled, whole = lay_out(sheets), _lay_out(sheets)
    with pikepdf.open(io.BytesIO(filled)) as opened:
        assert len(opened.pages) == 3
        assert opened.Root.ViewerPreferences.Duplex == "/DuplexFlipLongEdge"
    assert (tags(filled), text_of(filled)) == (tags(whole), text_of(whole))


def test_fields_are_separated_from_their_form() -> None:
    sheet = slots_of(
        '<article class="sheet" data-outline="Щ &amp; Ю" data-code="Код проверки: 1">\n'
        '<div data-foot="№ 5"><p>Я,   <span class="rule" style="width:50mm">Иванов</span>\n'
        '<span class="rule start" style="width:20mm;font-size:8pt;line-height:9.28pt;margin-top:-9.28pt">'
        "ул.<br>Мира</span>"
        '<span class="rule blank" style="width:20mm" data-instead="(не заполнено)">____</span>'
        '<span class="rule" style="width:20mm"></span></p>'
        '<td><span class="cell" style="font-size:9.5pt">II &lt;</span></td><td><!--cell--></td>'
        '<u data-after=" (подчёркнуто)">да</u>, <u class="off">нет</u></div></article>'
    )
    assert sheet.values == (
        Value(("Иванов",)),
        Value(("ул.", "Мира"), 8.0, 9.28, "start"),
        Value(("____",), said="(не заполнено)"),
        Value(("II <",), 9.5),
        Value(()),
        Value((CHOSEN,)),
        Value(()),
    )
    assert (sheet.outline, sheet.code, sheet.foot) == ("Щ & Ю", "Код проверки: 1", "№ 5")
    assert not {"Иванов", "Мира", "II", "№ 5", "Щ"} & set(sheet.form.replace(">", " ").replace("<", " ").split())
    # An empty line of a field belongs to the form.
    assert '<span class="rule" style="width:20mm"></span>' in sheet.form


def test_sheets_that_differ_in_their_fields_have_one_form() -> None:
    organization = samples.keeper("education_union")
    people = [samples.person("education_union", organization), samples.half_known(organization), None]
    found = [sheets_in(samples.sheets("member_card", organization, one).html)[1][0] for one in people]
    assert len({slots_of(one).form for one in found}) == 1


def test_the_word_file_underlines_only_what_is_chosen() -> None:
    organization = samples.keeper("education_union")
    form = forms()["member_card"]
    batch = samples.batch_of(organization)
    html = sheets_for(form, [form.build(None, batch)], batch).html
    assert ('<u class="off">' in html, "<u data-after" in html) == (True, False)
