"""The check of the name and its results: right, misspelt, wrong (U-3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.access import Actor
from registry.enums import Level, Role
from registry.errors import NotAllowed, StaleVersion
from registry.journal.models import Event
from registry.organizations.enums import RENAME_MOVES, RenameState
from registry.organizations.models import Organization, RenameRequest
from registry.organizations.rules.names import check_is_spelling, distance
from registry.organizations.transitions import renames
from tests.refusals import refused
from tests.registry.trees import INSTALLATION, again, below, head, officer

pytestmark = pytest.mark.once
OLD = "Первичная профсоюзная организация МБОУ «Средняя школа № 14» города Тулы"


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        "первичная профсоюзная организация МБОУ средняя школа №14 города Тулы",
        "Первичная профсоюзная организация МБОУ «Средняя школа № 14» города Тула",
        "Первичная профсоюзная организация МБОУ «Средняя школа № 14»  города  Тулы",
        "Первычная профсоюзная организация МБОУ «Средния школа № 14» города Тулы",
        "Первичная профсоюзная организация МБОУ «Сред няя школа № 14» города Тулы",
    ],
)
def test_u3_spelling_capitals_quotes_and_spaces_are_corrected(new: str) -> None:
    check_is_spelling(OLD, new)


@pytest.mark.parametrize(
    "new",
    [
        OLD.replace("14", "15"),
        OLD.replace("школа", "гимназия"),
        OLD.replace("Тулы", "Омска"),
        OLD.replace("МБОУ", "МАОУ СОШ"),
        OLD + " и района",
        OLD.replace("«Средняя школа № 14»", "«Школа № 14»"),
        "Другая организация",
        "",
    ],
)
def test_u3_another_name_is_not_a_spelling_correction(new: str) -> None:
    with refused("U-3", field="full_name"):
        check_is_spelling(OLD, new)


def test_u3_short_words_cannot_be_replaced() -> None:
    with refused("U-3", field="full_name"):
        check_is_spelling("ППО СОШ № 14", "ППО ДОУ № 14")
    check_is_spelling("ППО СОШ № 14", "ППО СОШ №14")


@given(st.text("абв", max_size=6), st.text("абв", max_size=6))
def test_the_distance_is_a_metric(first: str, second: str) -> None:
    there, back = distance(first, second), distance(second, first)
    assert there == back
    assert (there == 0) == (first == second)
    assert abs(len(first) - len(second)) <= there <= max(len(first), len(second))


def test_the_distance_counts_a_swap_once() -> None:
    assert [distance("школа", w) for w in ("школа", "шокла", "школ", "щкола", "скула")] == [0, 1, 1, 1, 2]


@pytest.fixture
def tree(db: None) -> tuple[Actor, Actor, Organization]:
    """Return a region's chair, the chair of a primary organisation below it, and that organisation."""
    region = below(head(), Level.REGIONAL, "Тульская областная")
    primary = below(region, Level.PRIMARY, "ППО СОШ № 14", full_name=OLD)
    return officer(region, surname="Ким"), officer(primary), again(primary)


def test_u3_the_name_is_right(tree: tuple[Actor, Actor, Organization]) -> None:
    _superior, chair, primary = tree
    Organization.objects.filter(pk=primary.pk).update(name_checked_at=None)
    renames.confirm_name(primary.pk, by=chair)
    chair.account.refresh_from_db()
    assert again(primary).name_checked_at is not None
    assert chair.account.name_checked_at is not None
    assert Event.objects.filter(organization=primary).latest("pk").action == "organization.name_confirmed"


def test_u3_the_chair_corrects_the_spelling_with_keys_history_and_version(
    tree: tuple[Actor, Actor, Organization],
) -> None:
    _superior, chair, primary = tree
    renames.correct_name(
        primary.pk, full_name=OLD.replace("Тулы", "Тула"), short_name="ППО СШО № 14", version=primary.version, by=chair
    )
    now = again(primary)
    assert (now.short_name, now.full_name.endswith("Тула"), now.version) == ("ППО СШО № 14", True, primary.version + 1)
    assert " сшо 14 " in now.search_key
    assert [(h.short_name, h.history_change_reason) for h in now.history.all()[:2]] == [
        ("ППО СШО № 14", "U-3"),
        ("ППО СОШ № 14", "N-H3"),
    ]


def test_u3_a_correction_of_a_name_changed_in_the_meantime_is_refused(tree: tuple[Actor, Actor, Organization]) -> None:
    superior, chair, primary = tree
    renames.rename_organization(primary.pk, full_name="Лицей № 1", short_name="Лицей № 1", by=superior)
    with pytest.raises(StaleVersion):
        renames.correct_name(primary.pk, full_name=OLD, short_name="ППО СОШ № 14", version=primary.version, by=chair)
    assert again(primary).short_name == "Лицей № 1"


def test_u3_another_name_is_refused_with_the_advice_to_report_it(tree: tuple[Actor, Actor, Organization]) -> None:
    _superior, chair, primary = tree
    with refused("U-3", field="short_name"):
        renames.correct_name(primary.pk, full_name=OLD, short_name="ППО ДОУ № 14", by=chair)
    assert again(primary).short_name == "ППО СОШ № 14"


def ask(chair: Actor, primary: Organization) -> RenameRequest:
    return renames.ask_rename(
        primary.pk, full_name="ППО лицея № 1", short_name="ППО лицея", comment="Школа стала лицеем", by=chair
    )


@pytest.mark.both
def test_u3_an_accepted_request_changes_the_name_and_is_read_by_the_chair(
    tree: tuple[Actor, Actor, Organization],
) -> None:
    superior, chair, primary = tree
    request = ask(chair, primary)
    assert again(primary).short_name == "ППО СОШ № 14"
    renames.decide_rename(request.pk, accept=True, by=superior)
    request.refresh_from_db()
    assert (again(primary).short_name, request.state, request.decided_by, request.seen_at) == (
        "ППО лицея", RenameState.ACCEPTED, superior.account, None,
    )  # fmt: skip
    assert renames.dismiss_answer(request.pk, by=chair).seen_at is not None


def test_u3_a_declined_request_needs_a_reason_and_changes_nothing(tree: tuple[Actor, Actor, Organization]) -> None:
    superior, chair, primary = tree
    request = ask(chair, primary)
    with refused("U-3", field="reason"):
        renames.decide_rename(request.pk, accept=False, reason="  ", by=superior)
    renames.decide_rename(request.pk, accept=False, reason="Нет приказа", by=superior)
    request.refresh_from_db()
    assert (request.state, request.reason, again(primary).short_name) == (
        RenameState.DECLINED,
        "Нет приказа",
        "ППО СОШ № 14",
    )
    assert [h.state for h in request.history.order_by("history_id")] == [RenameState.ASKED, RenameState.DECLINED]


@pytest.mark.parametrize("state", list(RenameState))
@pytest.mark.parametrize("to", [RenameState.ACCEPTED, RenameState.DECLINED])
def test_u3_a_request_moves_only_as_the_table_says(
    tree: tuple[Actor, Actor, Organization], state: RenameState, to: RenameState
) -> None:
    superior, chair, primary = tree
    request = ask(chair, primary)
    if state != RenameState.ASKED:
        renames.decide_rename(request.pk, accept=state == RenameState.ACCEPTED, reason="Потому", by=superior)
    if to in RENAME_MOVES[state]:
        assert (
            renames.decide_rename(request.pk, accept=to == RenameState.ACCEPTED, reason="Так", by=superior).state == to
        )
    else:
        with refused("U-3", match="уже есть решение"):
            renames.decide_rename(request.pk, accept=to == RenameState.ACCEPTED, reason="Так", by=superior)


def test_u3_one_request_at_a_time(tree: tuple[Actor, Actor, Organization]) -> None:
    superior, chair, primary = tree
    ask(chair, primary)
    with refused("U-3", match="уже на рассмотрении"):
        ask(chair, primary)
    assert RenameRequest.objects.count() == 1
    renames.decide_rename(RenameRequest.objects.get().pk, accept=False, reason="Нет приказа", by=superior)
    assert ask(chair, primary).state == RenameState.ASKED


def test_u3_the_present_name_cannot_be_requested(tree: tuple[Actor, Actor, Organization]) -> None:
    _superior, chair, primary = tree
    with refused("U-3", field="full_name"):
        renames.ask_rename(primary.pk, full_name=primary.full_name, short_name=primary.short_name, by=chair)


def test_u3_nobody_decides_the_own_request_or_one_outside_the_scope(tree: tuple[Actor, Actor, Organization]) -> None:
    superior, chair, primary = tree
    request = ask(chair, primary)
    with pytest.raises(NotAllowed):
        renames.decide_rename(request.pk, accept=True, by=chair)
    with pytest.raises(NotAllowed):
        renames.decide_rename(request.pk, accept=True, by=officer(superior.organization, Role.REVIEWER))
    neighbour = officer(below(again(superior.organization).parent, Level.REGIONAL))
    with pytest.raises(RenameRequest.DoesNotExist):
        renames.decide_rename(request.pk, accept=True, by=neighbour)
    assert again(primary).short_name == "ППО СОШ № 14"


def test_n_h3_renaming_from_above_answers_the_open_request(tree: tuple[Actor, Actor, Organization]) -> None:
    superior, chair, primary = tree
    request = ask(chair, primary)
    renames.rename_organization(
        primary.pk, full_name="ППО гимназии", short_name="ППО гимназии", genitive_name="ППО гимназии", by=superior
    )
    request.refresh_from_db()
    assert (request.state, again(primary).short_name) == (RenameState.ACCEPTED, "ППО гимназии")


def test_n_h3_the_head_of_the_federation_is_renamed_by_an_administrator_alone(db: None) -> None:
    top = head()
    with pytest.raises(NotAllowed):
        renames.rename_organization(top.pk, full_name="Новое", short_name="Новое", by=officer(top))
    renames.rename_organization(top.pk, full_name="Новое", short_name="Новое", by=officer(top, Role.ADMINISTRATOR))
    renames.rename_organization(top.pk, full_name="Иное", short_name="Иное", by=INSTALLATION)
    assert again(top).short_name == "Иное"
