"""Opening, moving, merging and liquidating organisations, with their people and books (N-H3)."""

import datetime as dt

import pytest
from django.utils import timezone

from members.book.enums import EndReason, RegistrationReason
from members.book.models import Registration
from members.lists.models import ImportBatch
from members.movement.transitions.organizations import liquidate_organization, merge_organizations, move_organization
from members.people.models import Member
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.enums import Level, Role
from registry.errors import NotAllowed, RuleViolation
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.organizations.enums import ORGANIZATION_MOVES, OrganizationStatus, RenameState
from registry.organizations.models import BodySeat, Figures, Organization, RenameRequest
from registry.organizations.transitions import lifecycle, passports, renames
from tests.refusals import refused
from tests.registry.trees import INSTALLATION, again, below, head, members, officer

pytestmark = [pytest.mark.django_db, pytest.mark.once]
S = OrganizationStatus
TODAY = timezone.localdate


def put(organization: Organization, status: str) -> Organization:
    """Put the organisation into this state and return it."""
    ended = {"ended_on": TODAY()} if status == S.ENDED else {}
    Organization.objects.filter(pk=organization.pk).update(status=status, **ended)
    return again(organization)


@pytest.mark.both
@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("to", list(S))
def test_n_h3_an_organisation_moves_only_as_the_table_says(state: S, to: S) -> None:
    region = below(head(), Level.REGIONAL)
    target = below(region, name="Преемник")
    primary = put(below(region), state)
    steps = {
        S.FORMING: [],
        S.ACTIVE: [
            lambda: lifecycle.open_organization(primary.pk, on=TODAY(), by=INSTALLATION),
            lambda: lifecycle.stop_liquidation(primary.pk, by=INSTALLATION),
        ],
        S.LIQUIDATING: [lambda: lifecycle.begin_liquidation(primary.pk, by=INSTALLATION)],
        S.ENDED: [
            lambda: liquidate_organization(primary.pk, on=TODAY(), by=INSTALLATION),
            lambda: merge_organizations(primary.pk, target.pk, on=TODAY(), by=INSTALLATION),
        ],
    }[to]
    reached = set()
    for step in steps:
        try:
            step()
            reached.add(again(primary).status)
            break
        except RuleViolation:
            continue
    assert reached == ({to} if to in ORGANIZATION_MOVES[state] else set())
    assert again(primary).status == (to if reached else state)


def test_n_h3_opening_writes_the_day() -> None:
    primary = put(below(head()), S.FORMING)
    with refused("N-H3", field="on"):
        lifecycle.open_organization(primary.pk, on=TODAY() + dt.timedelta(days=1), by=INSTALLATION)
    lifecycle.open_organization(primary.pk, on=TODAY(), by=INSTALLATION)
    assert (again(primary).status, again(primary).founded_on) == (S.ACTIVE, TODAY())


def test_n_h3_an_active_organisation_is_not_liquidated_in_one_step() -> None:
    primary = below(head())
    with refused("N-H3", match="начните ликвидацию"):
        liquidate_organization(primary.pk, on=TODAY(), by=INSTALLATION)
    assert again(primary).status == S.ACTIVE


# Moving


def test_n_h3_moving_includes_the_subtree() -> None:
    top = head()
    first, second = below(top, Level.REGIONAL), below(top, Level.REGIONAL)
    local = below(first, Level.LOCAL)
    primary = below(local)
    move_organization(local.pk, second.pk, on=TODAY(), by=officer(top))
    assert (again(local).parent_id, again(local).path) == (second.pk, f"{second.path}{local.pk}/")
    assert again(primary).path == f"{second.path}{local.pk}/{primary.pk}/"
    assert local.history.count() == 2
    assert primary.history.count() == 1
    event = Event.objects.filter(action="organization.moved").get()
    assert event.facts == {"former": first.pk, "parent": second.pk, "members": 0}


@pytest.mark.parametrize("level", [Level.LOCAL, Level.PRIMARY])
def test_n_h3_an_organisation_is_not_moved_below_an_equal_or_lower_level(level: Level) -> None:
    top = head()
    local, other = below(top, Level.LOCAL), below(top, level)
    with refused("V-H1", field="level"):
        move_organization(local.pk, other.pk, on=TODAY(), by=INSTALLATION)


def test_n_h3_an_organisation_is_not_moved_below_itself_or_to_another_federation() -> None:
    top = head()
    region = below(top, Level.REGIONAL)
    local = below(region, Level.LOCAL)
    for parent in (region, local, again(region).parent, head("voi", "ВОИ")):
        with refused("N-H3", field="target"):
            move_organization(region.pk, parent.pk, on=TODAY(), by=INSTALLATION)
    with refused("N-H3", match="головной организации"):
        move_organization(top.pk, region.pk, on=TODAY(), by=INSTALLATION)


def test_n_h1_moving_needs_rights_in_both_places() -> None:
    top = head()
    first, second = below(top, Level.REGIONAL), below(top, Level.REGIONAL)
    primary = below(first)
    with pytest.raises(Organization.DoesNotExist):
        move_organization(primary.pk, second.pk, on=TODAY(), by=officer(first))
    with pytest.raises(NotAllowed):
        move_organization(primary.pk, second.pk, on=TODAY(), by=officer(top, Role.REVIEWER))
    with pytest.raises(NotAllowed):
        move_organization(first.pk, top.pk, on=TODAY(), by=officer(first, Role.DEPUTY))
    assert again(primary).parent_id == first.pk


def test_n_h3_people_of_a_moved_cell_are_registered_with_its_new_keeper() -> None:
    region = below(head("voi", "ВОИ"), Level.REGIONAL)
    old, new = below(region, Level.LOCAL), below(region, Level.LOCAL)
    cell = below(old)
    inside, outside = members(old, cell=cell)[0], members(old)[0]
    photo = storage.store_file(
        b"jpeg", purpose=FilePurpose.PHOTO, name="photo.jpg", content_type="image/jpeg", organization=old
    )
    Member.objects.filter(pk=inside.pk).update(photo=photo)
    move_organization(cell.pk, new.pk, on=TODAY(), by=INSTALLATION)
    inside.refresh_from_db()
    outside.refresh_from_db()
    photo.refresh_from_db()
    assert (inside.organization_id, inside.cell_id, inside.unit_id, inside.version) == (new.pk, cell.pk, cell.pk, 2)
    assert (outside.organization_id, photo.organization_id) == (old.pk, new.pk)
    ended, begun = Registration.objects.filter(member=inside)
    assert (ended.organization_id, ended.ended_on, ended.end_reason) == (old.pk, TODAY(), EndReason.CELL_MOVED)
    assert (begun.organization_id, begun.started_on, begun.start_reason, begun.ended_on) == (
        new.pk, TODAY(), RegistrationReason.CELL_MOVED, None,
    )  # fmt: skip
    last = inside.history.first()
    assert (last.organization_id, last.version, last.history_change_reason) == (new.pk, 2, "N-H3")
    assert Figures.objects.get(organization=cell).members == 1


def test_v_h1_a_cell_with_people_is_not_moved_where_no_cards_are_kept() -> None:
    region = below(head("voi", "ВОИ"), Level.REGIONAL)
    local = below(region, Level.LOCAL)
    cell, empty = below(local), below(local)
    members(local, 2, cell=cell)
    with refused("N-H3", blockers=1):
        move_organization(cell.pk, region.pk, on=TODAY(), by=INSTALLATION)
    move_organization(empty.pk, region.pk, on=TODAY(), by=INSTALLATION)
    assert again(cell).parent_id == local.pk


# Merging


@pytest.mark.both
def test_n_h3_merging_moves_people_subordinates_accounts_and_figures() -> None:
    region = below(head("voi", "ВОИ"), Level.REGIONAL)
    source, target = below(region, Level.LOCAL, "Первая"), below(region, Level.LOCAL, "Вторая")
    cell = below(source)
    plain, celled = members(source)[0], members(source, cell=cell)[0]
    there = members(target)[0]
    chair = officer(source)
    later = Appointment.objects.create(
        account=chair.account, organization=source, role=Role.REVIEWER, starts_on=TODAY() + dt.timedelta(days=9)
    )
    request = renames.ask_rename(source.pk, full_name="Иная", short_name="Иная", by=chair)
    superior = officer(region, surname="Ким")

    merge_organizations(source.pk, target.pk, on=TODAY(), by=superior)

    ended = again(source)
    assert (ended.status, ended.ended_on, ended.successor_id, ended.parent_id) == (
        S.ENDED,
        TODAY(),
        target.pk,
        region.pk,
    )
    assert again(cell).path == f"{target.path}{cell.pk}/"
    people = dict(Member.objects.values_list("pk", "organization_id"))
    assert people == {plain.pk: target.pk, celled.pk: target.pk, there.pk: target.pk}
    assert dict(Member.objects.values_list("pk", "unit_id")) == {
        plain.pk: target.pk,
        celled.pk: cell.pk,
        there.pk: target.pk,
    }
    assert Registration.objects.filter(ended_on=TODAY(), end_reason=EndReason.MERGER, organization=source).count() == 2
    assert (
        Registration.objects.filter(ended_on=None, start_reason=RegistrationReason.MERGER, organization=target).count()
        == 2
    )
    assert {f.organization_id: f.members for f in Figures.objects.filter(members__gt=0)} == {target.pk: 2, cell.pk: 1}
    chair.account.refresh_from_db()
    assert chair.account.home_id == target.pk
    assert Appointment.objects.filter(organization=source).current().count() == 0
    assert not Appointment.objects.filter(pk=later.pk).exists()
    request.refresh_from_db()
    assert (request.state, request.decided_by) == (RenameState.DECLINED, superior.account)
    assert {(e.action, e.organization_id) for e in Event.objects.filter(action__in=["organization.merged",
    "organization.took_in"])} == {
        ("organization.merged", source.pk), ("organization.took_in", target.pk),
    }  # fmt: skip
    assert plain.history.first().history_user == superior.account


def test_n_h3_a_cell_is_merged_into_its_own_keeper_without_a_new_registration() -> None:
    local = below(below(head("voi", "ВОИ"), Level.REGIONAL), Level.LOCAL)
    cell = below(local)
    person = members(local, cell=cell)[0]
    merge_organizations(cell.pk, local.pk, on=TODAY(), by=officer(local))
    person.refresh_from_db()
    assert (person.organization_id, person.cell_id, person.unit_id) == (local.pk, None, local.pk)
    assert Registration.objects.filter(member=person).count() == 1
    assert Figures.objects.get(organization=local).members == 1


@pytest.mark.both
def test_n_h3_a_cell_is_merged_into_a_cell_of_another_keeper() -> None:
    region = below(head("voi", "ВОИ"), Level.REGIONAL)
    one, other = below(region, Level.LOCAL), below(region, Level.LOCAL)
    source, target = below(one), below(other)
    person = members(one, cell=source)[0]
    merge_organizations(source.pk, target.pk, on=TODAY(), by=INSTALLATION)
    person.refresh_from_db()
    assert (person.organization_id, person.cell_id, person.unit_id) == (other.pk, target.pk, target.pk)


def test_n_h3_a_merger_dated_before_a_registration_is_refused() -> None:
    region = below(head(), Level.REGIONAL)
    source, target = below(region), below(region)
    members(source, registered_on=TODAY() - dt.timedelta(days=3))
    with refused("N-H3", field="on"):
        merge_organizations(source.pk, target.pk, on=TODAY() - dt.timedelta(days=4), by=INSTALLATION)
    assert again(source).status == S.ACTIVE


def test_n_h3_what_blocks_a_merger_is_named() -> None:
    region = below(head(), Level.REGIONAL)
    source, target = below(region, Level.LOCAL), below(region, Level.LOCAL)
    ImportBatch.objects.create(organization=source, sha256="0", uploaded_at=timezone.now())
    Job.objects.create(kind="x", organization=source, created_at=timezone.now())
    with refused("N-H3", blockers=2):
        merge_organizations(source.pk, target.pk, on=TODAY(), by=INSTALLATION)


def test_n_h3_people_do_not_merge_into_an_organisation_that_keeps_no_cards() -> None:
    region = below(head(), Level.REGIONAL)
    source, target = below(region), below(region, Level.LOCAL)
    members(source, 2)
    with refused("N-H3", blockers=1):
        merge_organizations(source.pk, target.pk, on=TODAY(), by=INSTALLATION)
    assert Member.objects.filter(organization=source).count() == 2


def test_n_h3_nothing_merges_into_itself_its_subordinate_a_lower_level_or_another_federation() -> None:
    top = head()
    region = below(top, Level.REGIONAL)
    local = below(region, Level.LOCAL)
    other = below(top, Level.LOCAL)
    stranger = below(head("voi", "ВОИ"), Level.REGIONAL)
    for source, target, words in (
        (region, region, "к самой себе или к её нижестоящей"),
        (region, local, "к самой себе или к её нижестоящей"),
        (region, other, "более низкого уровня"),
        (region, stranger, "разных федераций"),
        (top, region, "головной организации"),
    ):
        with refused("N-H3", match=words):
            merge_organizations(source.pk, target.pk, on=TODAY(), by=INSTALLATION)
    assert {o.status for o in Organization.objects.all()} == {S.ACTIVE}


def test_n_h3_a_merger_in_ten_thousand_rows_of_history_keeps_every_version() -> None:
    region = below(head(), Level.REGIONAL)
    source, target = below(region), below(region)
    people = members(source, 3)
    merge_organizations(source.pk, target.pk, on=TODAY(), by=INSTALLATION)
    assert [list(p.history.order_by("history_id").values_list("version", flat=True)) for p in people] == [[1, 2]] * 3


# Liquidating


def liquidating(parent: Organization) -> Organization:
    return put(below(parent, Level.LOCAL), S.LIQUIDATING)


def test_n_h3_everything_that_blocks_a_liquidation_is_named() -> None:
    region = below(head("voi", "ВОИ"), Level.REGIONAL)
    local = below(region, Level.LOCAL)
    person = members(local, surname="Зайцева", given_name="Анна")[0]
    child = below(local, name="Ячейка «Дом»")
    chair = officer(local, surname="Дронова")
    ImportBatch.objects.create(organization=local, sha256="0", uploaded_at=timezone.now())
    put(local, S.LIQUIDATING)
    with refused("N-H3", blockers=4) as refusal:
        liquidate_organization(local.pk, on=TODAY(), by=officer(region))
    text = [str(line) for line in refusal.value.blockers]
    assert len(text) == 4
    assert [
        name in line
        for name, line in zip((person.full_name, child.short_name, chair.account.full_name), text, strict=False)
    ] == [True] * 3
    assert again(local).status == S.LIQUIDATING


def test_n_h3_beyond_ten_the_blocking_records_are_counted() -> None:
    local = below(below(head("voi", "ВОИ"), Level.REGIONAL), Level.LOCAL)
    members(local, 12)
    put(local, S.LIQUIDATING)
    with refused("N-H3", blockers=11) as refusal:
        liquidate_organization(local.pk, on=TODAY(), by=INSTALLATION)
    assert (len(refusal.value.blockers), "2" in str(refusal.value.blockers[-1])) == (11, True)


def test_n_h3_a_refusal_reveals_no_names_to_officers_who_cannot_read_cards() -> None:
    region = below(head("voi", "ВОИ"), Level.REGIONAL)
    local = below(region, Level.LOCAL)
    members(local, surname="Зайцева", given_name="Анна")
    put(local, S.LIQUIDATING)
    with refused("N-H3", blockers=1) as refusal:
        liquidate_organization(local.pk, on=TODAY(), by=officer(region, Role.ADMINISTRATOR))
    assert ["Зайцева" in str(line) for line in refusal.value.blockers] == [False]


@pytest.mark.both
def test_n_h3_an_empty_organisation_is_liquidated_and_stays_readable() -> None:
    region = below(head("voi", "ВОИ"), Level.REGIONAL)
    local = below(region, Level.LOCAL, "Заречная")
    chair = officer(local)
    body = passports.add_body(local.pk, kind="committee", name="Правление", by=chair)
    seat = passports.seat_person(body.pk, full_name="Ким Л. В.", since=TODAY(), by=chair)
    Appointment.objects.filter(organization=local).update(ends_on=TODAY() - dt.timedelta(days=1))
    superior = officer(region)
    lifecycle.begin_liquidation(local.pk, by=superior)
    liquidate_organization(local.pk, on=TODAY(), by=superior)
    ended = Organization.objects.visible_to(superior).get(pk=local.pk)
    assert (ended.status, ended.ended_on, ended.successor, ended.short_name) == (S.ENDED, TODAY(), None, "Заречная")
    assert BodySeat.objects.get(pk=seat.pk).until == TODAY()
    assert [h.status for h in ended.history.all()] == [S.ENDED, S.LIQUIDATING, S.ACTIVE]


def test_n_h3_an_ended_organisation_cannot_be_changed() -> None:
    region = below(head(), Level.REGIONAL)
    primary, target = below(region), below(region)
    merge_organizations(primary.pk, target.pk, on=TODAY(), by=INSTALLATION)
    steps = [
        lambda: renames.rename_organization(primary.pk, full_name="А", short_name="А", by=INSTALLATION),
        lambda: move_organization(primary.pk, again(region).parent_id, on=TODAY(), by=INSTALLATION),
        lambda: merge_organizations(primary.pk, target.pk, on=TODAY(), by=INSTALLATION),
        lambda: lifecycle.begin_liquidation(primary.pk, by=INSTALLATION),
        lambda: passports.fill_passport(primary.pk, tab="inpo", values={"phone": ""}, by=INSTALLATION),
    ]
    for step in steps:
        with refused("N-H3", match="прекращена"):
            step()


@pytest.mark.parametrize("step", ["open", "begin", "stop", "liquidate", "merge"])
def test_n_h1_nobody_ends_the_own_or_a_neighbouring_organisation(step: str) -> None:
    region = below(head(), Level.REGIONAL)
    own, other = below(region), below(region)

    def act(organization: Organization, by: Actor) -> None:
        if step == "merge":
            merge_organizations(organization.pk, own.pk, on=TODAY(), by=by)
        elif step == "liquidate":
            liquidate_organization(organization.pk, on=TODAY(), by=by)
        elif step == "open":
            lifecycle.open_organization(organization.pk, on=TODAY(), by=by)
        elif step == "begin":
            lifecycle.begin_liquidation(organization.pk, by=by)
        else:
            lifecycle.stop_liquidation(organization.pk, by=by)

    with pytest.raises(NotAllowed):
        act(own, officer(own))
    with pytest.raises(Organization.DoesNotExist):
        act(other, officer(own, Role.DEPUTY))
    assert Account.objects.filter(home=own).count() == 2
    assert RenameRequest.objects.count() == 0
