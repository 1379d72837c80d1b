"""Pages of organisations: the tree, one organisation, names, life cycle, lists, the journal (N-H1, N-H3, U-3)."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl.styles import Font

from members.movement.transitions.organizations import merge_organizations
from registry.access import Actor
from registry.accounts.transitions.accounts import end_own_sessions
from registry.enums import Level, Role
from registry.files.models import StoredFile
from registry.journal.models import Event
from registry.organizations.enums import OrganizationStatus, RenameState
from registry.organizations.models import Organization, RenameRequest
from registry.organizations.transitions import renames
from registry.organizations.transitions.figures import adjust
from tests.registry.trees import INSTALLATION, again, below, head, members, officer

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"organizations:{name}", args=args)


# The tree


def test_n_h1_the_tree_shows_one_level_with_sums_of_everything_below() -> None:
    region = below(head(), Level.REGIONAL)
    local, primary = below(region, Level.LOCAL, "Тула"), below(region, Level.PRIMARY, "ППО № 1")
    deep = below(local, Level.PRIMARY)
    members(deep, 2)
    members(primary, 1)
    page = signed_in(officer(region)).get(url("tree"))
    found = [(n["organization"].pk, n["members"], n["below"]) for n in page.context["nodes"]]
    assert found == [(primary.pk, 1, 0), (local.pk, 2, 1)]


def test_n_h3_ended_organisations_are_hidden_in_the_tree_and_found_by_the_search() -> None:
    region = below(head(), Level.REGIONAL)
    one, other = below(region, name="Первая"), below(region, name="Вторая")
    merge_organizations(one.pk, other.pk, on=timezone.localdate(), by=INSTALLATION)
    client = signed_in(officer(region))
    assert [n["organization"].pk for n in client.get(url("tree")).context["nodes"]] == [other.pk]
    page = client.get(url("tree"), {"status": "ended"})
    assert [o.pk for o in page.context["page"]] == [one.pk]
    assert client.get(url("detail", one.pk)).context["organization"].successor == other


@pytest.mark.parametrize("query", ["школы 14", "ШКОЛЫ", "14 шко", "000004", "7707083893", "irjks"])
def test_n_h1_search_by_words_code_inn_and_the_other_keyboard(query: str) -> None:
    top = head()
    region = below(top, Level.REGIONAL)
    below(region, name="ППО лицея № 1")
    wanted = below(region, name="ППО школы № 14", inn="7707083893")
    assert wanted.code == "000004"
    page = signed_in(officer(top)).get(url("tree"), {"q": query})
    assert [o.pk for o in page.context["page"]] == [wanted.pk]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "я" * 300},
        {"q": "\0"},
        {"level": "нет"},
        {"status": "нет"},
        {"page": "9" * 30},
        {"at": "x"},
        {"at": "9" * 40},
    ],
)
def test_invalid_parameters_cause_no_error_and_never_show_everything(query: dict[str, str]) -> None:
    region = below(head(), Level.REGIONAL)
    below(region)
    response = signed_in(officer(region)).get(url("tree"), query)
    if "page" in query:
        assert response.status_code == 200
    elif "at" in query:
        assert response.status_code == 400
    else:
        assert (response.status_code, list(response.context["page"])) == (200, [])


def test_n_h1_outside_the_subtree_only_the_names_of_superiors_are_visible() -> None:
    top = head(name="Головная")
    region, other = below(top, Level.REGIONAL, "Тула"), below(top, Level.REGIONAL, "Калуга", chair_name="Тайнов Т. Т.")
    own = below(region, name="ППО № 1")
    client = signed_in(officer(own))
    for organization in (top, region, other):
        for name in ("detail", "branch", "passport", "history", "name", "rename", "move", "merge", "liquidate", "add"):
            assert client.get(url(name, organization.pk)).status_code == 404
        assert client.get(url("tree"), {"at": organization.pk}).status_code == 404
        assert client.get(url("journal"), {"organization": organization.pk}).status_code == 404
    text = client.get(url("detail", own.pk)).content.decode()
    assert ("Головная" in text, "Тула" in text, "Калуга" in text, "Тайнов" in text) == (True, True, False, False)
    assert url("detail", region.pk) not in text


@pytest.mark.parametrize("name", ["tree", "branch", "search", "structure", "journal", "renames", "detail"])
def test_the_number_of_queries_does_not_depend_on_the_rows(name: str) -> None:
    top = head()
    region = below(top, Level.REGIONAL)

    def grow() -> None:
        local = below(region, Level.LOCAL)
        primary = below(local)
        members(primary)
        renames.ask_rename(primary.pk, full_name="Новое", short_name=f"Новое {primary.pk}", by=officer(primary))

    grow()
    client = signed_in(officer(region))
    calls = {
        "tree": lambda: client.get(url("tree")),
        "branch": lambda: client.get(url("branch", region.pk), headers={"HX-Request": "true"}),
        "search": lambda: client.get(url("tree"), {"q": "организация"}),
        "structure": lambda: client.post(url("structure")),
        "journal": lambda: client.get(url("journal")),
        "renames": lambda: client.get(url("renames")),
        "detail": lambda: client.get(url("detail", region.pk)),
    }
    calls[name]()
    with CaptureQueriesContext(connection) as one:
        assert calls[name]().status_code == 200
    grow()
    grow()
    with CaptureQueriesContext(connection) as three:
        assert calls[name]().status_code == 200
    assert len(three) == len(one)


def test_n_h1_figures_of_children_equal_a_recount() -> None:
    region = below(head(), Level.REGIONAL)
    for size in (3, 0, 2):
        local = below(region, Level.LOCAL)
        for _ in range(size):
            adjust(below(local).pk, members=2, incomplete=1)
    nodes = signed_in(officer(region)).get(url("tree")).context["nodes"]
    assert sorted((n["members"], n["below"]) for n in nodes) == [(0, 0), (4, 2), (6, 3)]


# Founding


def test_n_h3_a_superior_founds_one_by_one_in_the_form() -> None:
    chair = officer(below(head(), Level.REGIONAL))
    client = signed_in(chair)
    values = {
        "level": "primary",
        "full_name": "ППО школы № 14",
        "short_name": "ППО 14",
        "status": "active",
        "inn": "77",
    }
    page = client.post(url("add", chair.organization.pk), values)
    assert sorted(page.context["form"].errors) == ["inn"]
    response = client.post(url("add", chair.organization.pk), {**values, "inn": "7707083893", "founded_on": "27042020"})
    founded = Organization.objects.get(short_name="ППО 14")
    assert response.url == url("detail", founded.pk)
    assert (founded.parent, founded.founded_on, founded.inn) == (chair.organization, dt.date(2020, 4, 27), "7707083893")


def test_n_h1_without_the_right_to_found_there_is_no_form() -> None:
    region = below(head(), Level.REGIONAL)
    for role in (Role.REGISTRAR, Role.REVIEWER):
        assert signed_in(officer(region, role)).get(url("add", region.pk)).status_code == 403
    assert signed_in(officer(below(region))).get(url("add", region.pk)).status_code == 404


# Lists of organisations


def workbook(rows: list[list[object]]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("список.xlsx", stream.getvalue())


LIST: list[list[object]] = [
    ["Список организаций Тульской области"],
    [
        "№",
        "Наименование",
        "Краткое наименование",
        "Уровень",
        "ИНН",
        "Председатель",
        "Вышестоящая организация",
        "Примечание",
    ],
    [1, "Тульская городская организация", "Тула", "территориальная", 7707083893, "Ким Л. В.", None, "x"],
    [2, "ППО школы № 1", "ППО 1", "первичная организация", None, None, "Тула", None],
    [3, "ППО школы № 2", None, "ППО", "77", None, None, None],
    [4, "ППО школы № 1", "ППО 1", "первичная", None, None, "Тула", None],
    [5, "ППО школы № 3", "ППО 3", "цеховая", None, None, "Калуга", None],
    [6, "ППО старая", "Старая", "первичная", None, None, None, None],
    ["Итого", 6],
]


def load(client: Client, parent: Organization, file: SimpleUploadedFile, level: str = "") -> Any:
    response = client.post(url("load_list", parent.pk), {"file": file, "level": level})
    return response if response.status_code == 200 else client.get(response.url)


def test_n_h3_a_list_is_shown_row_by_row_and_correct_rows_are_founded_together() -> None:
    region = below(head(), Level.REGIONAL)
    old = below(region, name="Старая")
    chair = officer(region)
    client = signed_in(chair)
    page = load(client, region, workbook(LIST))
    rows = page.context["rows"]
    assert [(row.number, row.ready, len(row.wrong), row.present) for row in rows] == [
        (3, True, 0, None), (4, True, 0, None), (5, False, 1, None), (6, False, 1, None), (7, False, 2, None),
        (8, False, 0, old),
    ]  # fmt: skip
    assert Organization.objects.filter(parent=region).count() == 1
    response = client.post(page.request["PATH_INFO"])
    assert response.status_code == 302
    local = Organization.objects.get(parent=region, short_name="Тула")
    child = Organization.objects.get(parent=local)
    assert (local.level, local.inn, local.chair_name, child.short_name) == ("local", "7707083893", "Ким Л. В.", "ППО 1")
    assert Organization.objects.filter(federation=region.federation).count() == 5
    assert Event.objects.filter(action="organization.founded", account=chair.account).count() == 2
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("heading", ["Телефон, e-mail", "E-mail, телефон", "Контакты"])
def test_n_h3_a_telephone_and_an_address_in_one_column_are_separated(heading: str) -> None:
    region = below(head(), Level.REGIONAL)
    rows: list[list[object]] = [
        ["Наименование", heading],
        ["ППО школы № 1", "8 (495) 123-45-67, e-mail: School15.professional.union@example.org"],
        ["ППО школы № 2", "эл. почта: two@example.org; тел. 8 910 555-01-17"],
        ["ППО школы № 3", "three@example.org"],
        ["ППО школы № 4", 84951234568],
    ]
    page = load(signed_in(officer(region)), region, workbook(rows), Level.PRIMARY)
    assert [(row.values.get("phone", ""), row.values.get("email", ""), row.wrong) for row in page.context["rows"]] == [
        ("+74951234567", "School15.professional.union@example.org", []),
        ("+79105550117", "two@example.org", []),
        ("", "three@example.org", []),
        ("+74951234568", "", []),
    ]


def test_n_h3_the_same_list_again_founds_nothing_and_says_so() -> None:
    region = below(head(), Level.REGIONAL)
    client = signed_in(officer(region))
    client.post(load(client, region, workbook(LIST)).request["PATH_INFO"])
    count = Organization.objects.count()
    page = load(client, region, workbook(LIST))
    assert (page.context["ready"], page.context["present"]) == (0, 4)
    client.post(page.request["PATH_INFO"])
    assert Organization.objects.count() == count


def test_n_h3_rows_without_a_level_get_the_chosen_one_or_an_error() -> None:
    region = below(head(), Level.REGIONAL)
    client = signed_in(officer(region))
    rows: list[list[object]] = [["Полное наименование"], ["ППО № 1"], ["ППО № 2"]]
    assert load(client, region, workbook(rows)).context["wrong"] == 2
    page = load(client, region, workbook(rows), "primary")
    assert [(row.level, len(row.assumed)) for row in page.context["rows"]] == [("primary", 2), ("primary", 2)]


def test_n_h3_the_kind_is_the_level_in_any_usual_word_and_a_row_without_a_name_is_a_mistake() -> None:
    region = below(head(), Level.REGIONAL)
    rows: list[list[object]] = [
        ["Наименование", "Вид", "Председатель"],
        ["Городская организация", "территориальная", "Ким Л. В."],
        ["ППО № 1", "первичка", "Лось О. О."],
        [None, "первичная", "Рысь А. А."],
        ["Подписал: Рысь", None, None],
    ]
    page = load(signed_in(officer(region)), region, workbook(rows))
    assert [(row.level, bool(row.wrong)) for row in page.context["rows"]][:3] == [
        ("local", False), ("primary", False), ("primary", True),
    ]  # fmt: skip


def test_n_h3_rows_struck_through_are_not_founded_and_hidden_ones_are_reported() -> None:
    region = below(head(), Level.REGIONAL)
    book = openpyxl.Workbook()
    page: Any = book.active
    for row in (
        ["Наименование", "Уровень", "ИНН", "Вышестоящая организация"],
        ["Городская организация", "местная", None, None],
        ["ППО № 1", "первичная", None, "Городская организация"],
        ["ППО № 2", "первичная", 7707083893, None],
        ["ППО № 3", "первичная", None, None],
    ):
        page.append(row)
    page["A2"].font = page["C4"].font = Font(strike=True)
    page.row_dimensions[5].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    client = signed_in(officer(region))
    shown = load(client, region, SimpleUploadedFile("список.xlsx", stream.getvalue()))
    short = "Краткое наименование не указано: взято полное."
    assert [(row.wrong, row.assumed) for row in shown.context["rows"]] == [
        (["Наименование в файле зачёркнуто. Удалите строку из списка или снимите зачёркивание."], [short]),
        (["В строке 2 с её вышестоящей организацией есть ошибки."], [short]),
        ([], ["ИНН: в файле зачёркнуто.", short]),
        ([], ["Строка в файле скрыта.", short]),
    ]
    client.post(shown.request["PATH_INFO"])
    assert sorted(Organization.objects.filter(parent=region).values_list("short_name", flat=True)) == [
        "ППО № 2", "ППО № 3",
    ]  # fmt: skip


def test_n_h3_an_invalid_founding_date_is_an_error_of_its_row_only() -> None:
    region = below(head(), Level.REGIONAL)
    rows: list[list[object]] = [
        ["Наименование", "Уровень", "Дата создания"],
        ["ППО № 1", "первичная", "01.01.1800"],
        ["ППО № 2", "первичная", f"01.01.{timezone.localdate().year + 1}"],
        ["ППО № 3", "первичная", "01.03.2001"],
    ]
    client = signed_in(officer(region))
    page = load(client, region, workbook(rows))
    assert [row.wrong for row in page.context["rows"]] == [
        ["Дата раньше 1900 года. Исправьте её."], ["Дата создания ещё не наступила."], [],
    ]  # fmt: skip
    client.post(page.request["PATH_INFO"])
    assert Organization.objects.get(parent=region).founded_on == dt.date(2001, 3, 1)


def test_n_h3_long_headings_abbreviated_levels_and_signature_lines_are_recognised() -> None:
    region = below(head(), Level.REGIONAL)
    rows: list[list[object]] = [
        ["№ п/п", "Тип", "Наименование местной организации", "Телефон (с кодом)", "Адрес электронной почты"],
        [1, "МО", "Энская организация", "8-910-111-22-33", "a@example.ru"],
        [2, "ТО", "Иная организация", None, None],
        [3, "ПО", "Ячейка", None, None],
        [None, None, "Председатель ________ /Ким Л.В./", None, None],
    ]
    page = load(signed_in(officer(region)), region, workbook(rows))
    assert [(row.level, row.wrong, row.values.get("email")) for row in page.context["rows"]] == [
        ("local", [], "a@example.ru"), ("local", [], ""), ("primary", [], ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.xlsx", b"PK\x03\x04 no"),
        SimpleUploadedFile("a.csv", b"a;b\n1;2"),
        SimpleUploadedFile("a.xlsx", b""),
    ],
)
def test_a_file_that_is_not_a_list_is_refused_with_an_explanation(file: SimpleUploadedFile) -> None:
    region = below(head(), Level.REGIONAL)
    page = load(signed_in(officer(region)), region, file)
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["file"])
    assert StoredFile.objects.count() == 0


def test_n_h1_a_list_is_opened_only_by_who_uploaded_it() -> None:
    region = below(head(), Level.REGIONAL)
    page = load(signed_in(officer(region)), region, workbook(LIST))
    path = page.request["PATH_INFO"]
    assert signed_in(officer(region, Role.DEPUTY)).get(path).status_code == 404
    assert signed_in(officer(again(region).parent)).get(path).status_code == 404


def test_n_h3_a_list_of_names_with_markup_and_formulas_is_plain_text() -> None:
    region = below(head(), Level.REGIONAL)
    client = signed_in(officer(region))
    rows: list[list[object]] = [
        ["Наименование", "Уровень"],
        ["<script>alert(1)</script> =1+1", "первичная"],
        ["'=2+2 имя", "первичная"],
    ]
    page = load(client, region, workbook(rows))
    assert "<script>alert" not in page.content.decode()
    client.post(page.request["PATH_INFO"])
    data = b"".join(client.post(url("structure")))
    cells = [[c.value for c in row] for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2)]
    assert sorted(row[2] for row in cells) == ["'=2+2 имя", "<script>alert(1)</script> =1+1"]


def test_the_downloaded_structure_can_be_loaded_again() -> None:
    region = below(head(), Level.REGIONAL)
    below(below(region, Level.LOCAL, "Тула", founded_on=dt.date(1999, 1, 1)), name="ППО № 1")
    client = signed_in(officer(region))
    response = client.post(url("structure"))
    file = SimpleUploadedFile("structure.xlsx", b"".join(response))
    page = load(client, region, file)
    assert (page.context["present"], page.context["ready"], page.context["wrong"]) == (2, 0, 0)


def test_the_template_of_the_list_is_read_by_the_registry() -> None:
    region = below(head(), Level.REGIONAL)
    client = signed_in(officer(region))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(url("list_template")))))
    heading = [cell.value for cell in book.worksheets[0][1]]
    rows = [heading, [None, book.worksheets[1]["A2"].value, "Полное", "Краткое", None, "7707083893", *[None] * 6]]
    page = load(client, region, workbook(rows))
    row = page.context["rows"][0]
    assert (row.wrong, row.level, row.values["full_name"], row.values["inn"]) == ([], "local", "Полное", "7707083893")


# Names


def test_u3_report_and_decision_on_the_screen() -> None:
    region = below(head(), Level.REGIONAL)
    primary = below(region, name="ППО СОШ № 14")
    chair, superior = signed_in(officer(primary)), signed_in(officer(region))
    chair.post(
        url("name", primary.pk),
        {"way": "wrong", "full_name": "ППО лицея", "short_name": "ППО лицея", "comment": "Лицей"},
    )
    asked = RenameRequest.objects.get()
    assert [r.pk for r in superior.get(url("renames")).context["waiting"]] == [asked.pk]
    assert superior.post(url("rename_decide", asked.pk), {"accept": "no"}).context["form"].errors.keys() == {"reason"}
    superior.post(url("rename_decide", asked.pk), {"accept": "no", "reason": "Нет приказа"})
    page = chair.get(url("detail", primary.pk))
    assert page.context["answer"].state == RenameState.DECLINED
    assert "Нет приказа" in page.content.decode()
    chair.post(url("rename_seen", asked.pk))
    assert chair.get(url("detail", primary.pk)).context["answer"] is None


def test_u3_a_correction_on_the_screen_and_its_refusal() -> None:
    primary = below(below(head(), Level.REGIONAL), name="ППО СОШ № 14", full_name="Первычная организация")
    client = signed_in(officer(primary))
    page = client.post(
        url("name", primary.pk), {"way": "mistake", "full_name": "Другая", "short_name": "ППО СОШ № 14", "version": "1"}
    )
    assert page.context["correct"].errors.keys() == {"full_name"}
    client.post(
        url("name", primary.pk), {"way": "mistake", "full_name": "Первичная организация", "short_name": "ППО СОШ № 14"}
    )
    assert again(primary).full_name == "Первичная организация"


def test_n_h3_the_history_of_an_organisation_names_superiors_by_their_organisation() -> None:
    region = below(head(), Level.REGIONAL, "Тула")
    primary = below(region, name="ППО СОШ № 14")
    superior = officer(region, surname="Тайнова")
    renames.rename_organization(primary.pk, full_name="Лицей", short_name="Лицей", by=superior)
    page = signed_in(officer(primary)).get(url("history", primary.pk))
    assert page.context["changes"][0]["who"] == "Тула"
    assert "Тайнова" not in page.content.decode()
    own = signed_in(superior).get(url("history", primary.pk))
    assert own.context["changes"][0]["who"] == superior.account.full_name
    assert [line["old"] for line in own.context["changes"][0]["lines"]] == ["Полное имя: ППО СОШ № 14", "ППО СОШ № 14"]


# Life cycle


def test_n_h3_merging_on_the_screen_shows_what_will_happen_first() -> None:
    region = below(head(), Level.REGIONAL)
    source, target = below(region, name="Первая"), below(region, name="Вторая")
    members(source, 2)
    client = signed_in(officer(region))
    offered = client.get(url("merge", source.pk)).context["offered"]
    assert [o.pk for o in offered] == [target.pk, region.pk]
    page = client.get(url("merge", source.pk), {"target": target.pk})
    assert (page.context["blockers"], len(page.context["effects"])) == ([], 2)
    assert again(source).status == OrganizationStatus.ACTIVE
    response = client.post(url("merge", source.pk), {"target": target.pk, "on": f"{timezone.localdate():%d.%m.%Y}"})
    assert response.url == url("detail", target.pk)
    assert again(source).successor_id == target.pk


def test_n_h3_obstacles_are_listed_on_the_screen_without_a_button() -> None:
    region = below(head(), Level.REGIONAL)
    source = below(region)
    person = members(source)[0]
    client = signed_in(officer(region))
    page = client.get(url("liquidate", source.pk))
    assert [(str(line), line.page, line.number) for line in page.context["blockers"]] == [
        (f"На учёте: {person.full_name}", "members:detail", person.pk)
    ]
    client.post(url("begin_liquidation", source.pk))
    assert again(source).status == OrganizationStatus.LIQUIDATING
    assert client.post(url("liquidate", source.pk), {"on": "23.11.2025"}).status_code == 200
    client.post(url("stop_liquidation", source.pk))
    assert again(source).status == OrganizationStatus.ACTIVE


def test_n_h3_moving_on_the_screen() -> None:
    top = head()
    first, second = below(top, Level.REGIONAL), below(top, Level.REGIONAL)
    local = below(first, Level.LOCAL)
    client = signed_in(officer(top))
    assert {o.pk for o in client.get(url("move", local.pk)).context["offered"]} == {top.pk, second.pk}
    client.post(url("move", local.pk), {"target": second.pk, "on": f"{timezone.localdate():%d.%m.%Y}"})
    assert again(local).parent_id == second.pk


def test_n_h1_a_target_outside_the_scope_is_not_found() -> None:
    top = head()
    region, other = below(top, Level.REGIONAL), below(top, Level.REGIONAL)
    primary, stranger = below(region), below(other)
    client = signed_in(officer(region))
    assert client.get(url("merge", primary.pk), {"target": stranger.pk}).status_code == 404
    assert client.get(url("move", primary.pk), {"target": other.pk}).status_code == 404
    page = client.get(url("merge", primary.pk), {"q": stranger.short_name})
    assert [o.pk for o in page.context["offered"]] == []


# The journal


def test_n_s1_the_journal_shows_the_scope_and_filters() -> None:
    top = head()
    region, other = below(top, Level.REGIONAL, "Тула"), below(top, Level.REGIONAL, "Калуга")
    primary = below(region)
    superior = officer(top, surname="Тайнова")
    renames.rename_organization(primary.pk, full_name="Лицей", short_name="Лицей", by=superior)
    renames.rename_organization(other.pk, full_name="Омск", short_name="Омск", by=superior)
    client = signed_in(officer(region))
    page = client.get(url("journal"), {"action": "organization.renamed"})
    assert [(row["organization"].pk, row["who"]) for row in page.context["rows"]] == [(primary.pk, top.short_name)]
    assert "Тайнова" not in page.content.decode()
    assert client.get(url("journal"), {"since": "01.01.2100"}).context["rows"] == []
    assert client.get(url("journal"), {"action": "нет"}).context["rows"] == []
    today = f"{timezone.localdate():%d.%m.%Y}"
    assert (
        len(client.get(url("journal"), {"since": today, "until": today, "organization": primary.pk}).context["rows"])
        == 2
    )


def test_n_s1_the_journal_offers_the_parts_and_then_the_actions_of_the_chosen_one() -> None:
    region = below(head(), Level.REGIONAL)
    primary = below(region)
    by = officer(region)
    renames.rename_organization(primary.pk, full_name="Лицей", short_name="Лицей", by=by)
    end_own_sessions(by=officer(region, Role.REVIEWER))
    client = signed_in(by)

    def shown(**query: str) -> tuple[set[str], list[str] | None, dict[str, str]]:
        """Return the actions of the rows, the offered actions (None without the field), and the chosen filters."""
        page = client.get(url("journal"), query)
        form, text = page.context["form"], page.content.decode()
        offered = [key for key, _label in form.fields["action"].choices][1:]
        pks = {row["action"] for row in page.context["rows"]}
        chosen = {name: form[name].value() for name in ("part", "action")}
        return pks, offered if 'name="action"' in text else None, chosen

    everything, offered, chosen = shown()
    assert everything == {"Организация создана", "Организация переименована", "Завершены все сеансы"}
    assert (offered, chosen) == (None, {"part": "", "action": ""})
    rows, offered, _chosen = shown(part="organizations")
    assert rows == {"Организация создана", "Организация переименована"}
    assert offered is not None
    assert {action.split(".")[0] for action in offered} == {
        "organization", "federation", "overview", "remark", "statistics",
    }  # fmt: skip
    assert {"organization.renamed", "federation.founded"} < set(offered)
    # An address without a part, as in earlier versions, and a part changed after choosing an action.
    rows, _offered, chosen = shown(action="organization.renamed")
    assert (rows, chosen) == (
        {"Организация переименована"},
        {"part": "organizations", "action": "organization.renamed"},
    )
    rows, _offered, chosen = shown(part="accounts", action="organization.renamed")
    assert (rows, chosen) == ({"Завершены все сеансы"}, {"part": "accounts", "action": ""})
    assert shown(part="flowers")[0] == shown(part="flowers", action="organization.renamed")[0] == set()
    headers = {"HX-Request": "true", "HX-Trigger-Name": "part"}
    filters = client.get(url("journal"), {"part": "accounts"}, headers=headers).content.decode()
    assert ("session.ended_all" in filters, "<table" in filters, "<html" in filters) == (True, False, False)
    parts = [key for key, _name in client.get(url("journal")).context["form"].fields["part"].choices]
    assert ("blanks" in parts, "cards" in parts) == (False, True)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CHAIR, 200), (Role.REVIEWER, 200), (Role.ADMINISTRATOR, 200), (Role.DEPUTY, 403), (Role.REGISTRAR, 403)],
)
def test_n_h1_only_some_roles_read_the_journal(role: str, status: int) -> None:
    assert signed_in(officer(below(head(), Level.REGIONAL), role)).get(url("journal")).status_code == status
