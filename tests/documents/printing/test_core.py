"""The printing core: only its own files, reproducible bytes, tags also in joined documents."""

import datetime as dt
import gc
import io
import re
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from documents.printing import core
from documents.printing.core import Form, bundle, forms, forms_of, render
from documents.printing.engine.layout import OwnFiles
from documents.printing.engine.merging import merge
from documents.printing.packing import MAX_PAGES, pack
from documents.templatetags.paper import day
from members.people.models import Member
from registry import charters
from registry.enums import DataClass
from tests.documents import samples
from tests.house.tree import modules

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def keeper() -> Any:
    return samples.keeper("voi")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/secret",
        "https://example.org/x.css",
        "file:///etc/passwd",
        "data:text/css,p{}",
        "registry:prints/../../registry/settings/base.py",
        "registry:prints/%2e%2e/secret",
        "registry:prints/",
        "registry:picture/other",
        "registry:other/paper.css",
        "paper.css",
    ],
)
def test_the_fetcher_refuses_foreign_addresses(url: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        OwnFiles({"photo": b"x"}).fetch(url)


def test_the_fetcher_knows_the_style_sheets_and_the_pictures_handed_over() -> None:
    files = OwnFiles({"photo-1": b"bytes"})
    assert files.fetch("registry:picture/photo-1").read() == b"bytes"
    assert b"@page" in files.fetch("registry:prints/paper.css").read()


def test_markup_in_a_name_is_printed_as_text(keeper: Any) -> None:
    member = samples.half_known(keeper)
    member.surname = "<img src=http://127.0.0.1/x>{{ charter }}"
    text = samples.text_of(samples.paper("consent", keeper, member, as_given=True))
    assert "Я, <img src=http://127.0.0.1/x>{{ charter }} Пётр ," in text


def test_r13_a_paper_printed_again_is_the_same_to_the_byte(keeper: Any, laid_out_once: dict[bytes, bytes]) -> None:
    member = samples.person("voi", keeper)
    first = samples.paper("consent", keeper, member)
    laid_out_once.clear()
    assert samples.paper("consent", keeper, member) == first


def test_v_c5_classes_that_the_reader_may_not_read_stay_empty(keeper: Any) -> None:
    member = samples.person("voi", keeper)
    text = samples.text_of(samples.paper("member_card", keeper, member, reads=frozenset({DataClass.GENERAL})))
    assert "воин-" not in text
    assert "1234567" not in text
    assert "Одинцово" in text


def chunks_of(keeper: Any, count: int, size: int) -> tuple[Form, list[bytes]]:
    form = forms()["application"]
    batch = samples.batch_of(keeper)
    sheets = [form.build(samples.half_known(keeper), batch) for _ in range(count)]
    return form, [render(form, sheets[start : start + size], batch) for start in range(0, count, size)]


def structure(pdf: bytes) -> tuple[int, list[int], list[int]]:
    """Return the number of pages, their keys in the structure tree, and the keys of its parent tree."""
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.root_object
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    keys = [int(page["/StructParents"]) for page in reader.pages if "/StructParents" in page]
    return len(reader.pages), keys, [int(n) for n in numbers[::2]]


def test_many_chunks_are_one_tagged_russian_document(keeper: Any) -> None:
    form, chunks = chunks_of(keeper, 5, 2)
    pdf = bundle(form, chunks)
    assert len(chunks) == 3
    assert structure(pdf) == (5, [0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], reader.metadata.title) == ("ru", True, form.title)
    document = root["/StructTreeRoot"]["/K"][0]
    articles = [element.get_object() for element in document["/K"]]
    assert [article["/S"] for article in articles] == ["/Art"] * 5
    assert [article["/Pg"] == page for article, page in zip(articles, reader.pages, strict=True)] == [True] * 5
    assert bundle(form, chunks) == pdf


def test_a_two_sided_paper_never_begins_on_the_back_of_another(keeper: Any) -> None:
    _form, chunks = chunks_of(keeper, 2, 1)
    joined = merge(chunks, leaves=True)
    pages = [page.extract_text().strip()[:12] for page in PdfReader(io.BytesIO(joined)).pages]
    assert pages == ["Приложение №", "", "Приложение №"]


def test_the_printer_is_asked_for_both_sides_or_for_one(keeper: Any) -> None:
    asked = {}
    for code in ("application", "member_card"):
        root: Any = PdfReader(io.BytesIO(samples.paper(code, keeper, None))).root_object
        asked[code] = root["/ViewerPreferences"]["/Duplex"]
    assert asked == {"application": "/Simplex", "member_card": "/DuplexFlipLongEdge"}


def test_a_very_long_print_is_packed_as_several_pdfs(keeper: Any) -> None:
    form, chunks = chunks_of(keeper, 1, 1)
    data, ending = pack(form, chunks * (MAX_PAGES // 50 + 1), "application", pages=50)
    assert ending == "zip"
    with zipfile.ZipFile(data) as archive:
        sizes = {name: len(PdfReader(io.BytesIO(archive.read(name))).pages) for name in archive.namelist()}
    assert sizes == {"application-01.pdf": MAX_PAGES // 50, "application-02.pdf": 1}
    assert pack(form, chunks, "application", pages=50) == (chunks[0], "pdf")


def test_forms_are_discovered_and_have_a_template_for_each_charter_that_uses_them() -> None:
    # One form per module, except for those that only differ in the title.
    alone = {module.path.stem for module in modules() if "\nFORM = " in module.text}
    assert set(forms()) == alone | {
        "duplicate_statement", "departure_statement", "transfer_statement", "leaving_statement", "withdrawal_statement",
    }  # fmt: skip
    for key in charters.keys():  # noqa: SIM118 - a function of the package
        charter = charters.get(key)
        assert [form.code for form in forms_of(charter)] == [code for code in charter.forms if code in forms()]
        for form in forms_of(charter):
            assert core.select_template(form.template_names(charter))


@pytest.mark.parametrize("charter", samples.CHARTERS)
def test_many_sheets_cost_no_more_queries_than_one(charter: str) -> None:
    keeper = samples.keeper(charter)
    people = [
        samples.person(charter, keeper, surname=name, ticket_number="", snils="")
        for name in ("Абрамов", "Белов", "Волков")
    ]
    counts = {}
    for form in forms_of(charters.get(charter)):
        for number in (1, 3):
            batch = samples.batch_of(keeper)
            with CaptureQueriesContext(connection) as queries:
                members = list(form.members(Member.objects.filter(pk__in=[p.pk for p in people[:number]])))
                # The PDF is laid out from the finished sheets, without the database.
                core.sheets_for(form, [form.build(member, batch) for member in members], batch)
            counts[form.code, number] = len(queries)
    codes = charters.get(charter).forms
    assert {code: counts[code, 1] for code in codes} == {code: counts[code, 3] for code in codes}


def test_the_garbage_collector_is_on_again_after_a_print(keeper: Any, laid_out_once: dict[bytes, bytes]) -> None:
    laid_out_once.clear()
    samples.paper("application", keeper, None)
    assert gc.isenabled()


def test_the_day_of_a_paper_has_the_pattern_of_the_form() -> None:
    text = re.sub(r"<[^>]+>|&#8203;", "", str(day(dt.date(2016, 4, 27))))
    assert text == "«27» апреля 2016 г."
    assert re.sub(r"<[^>]+>|&#8203;|_", "", str(day(None, century="20"))) == "«»  20 г."
    assert re.sub(r"<[^>]+>", "", str(day(dt.date(2016, 4, 7), century="20"))) == "«7» апреля 2016 г."
