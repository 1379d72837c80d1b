"""Founding: levels, codes, names, requisites (V-H1, U-H1, N-H3)."""

import pytest

from registry.access import Actor
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Federation, Figures, Organization, OrganizationPassport
from registry.organizations.transitions.founding import found_federation, found_organization
from tests.refusals import refused
from tests.registry.trees import again, below, head, officer

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_v_h1_four_levels_form_a_tree() -> None:
    top = head("voi", "ВОИ")
    region = below(top, Level.REGIONAL)
    local = below(region, Level.LOCAL)
    cell = below(local, Level.PRIMARY)
    assert cell.path == f"{top.pk}/{region.pk}/{local.pk}/{cell.pk}/"
    assert [o.pk for o in cell.ancestors()] == [top.pk, region.pk, local.pk]


def test_u_h1_a_primary_organisation_is_directly_below_a_region() -> None:
    region = below(head(), Level.REGIONAL)
    primary = below(region, Level.PRIMARY)
    assert primary.ancestor_ids == [*region.ancestor_ids, region.pk]


@pytest.mark.parametrize("parent_level", [Level.REGIONAL, Level.LOCAL, Level.PRIMARY])
@pytest.mark.parametrize("level", list(Level))
def test_v_h1_a_level_is_placed_only_below_a_higher_one(parent_level: Level, level: Level) -> None:
    parent = below(head(), parent_level)
    if level.depth > parent_level.depth:
        assert below(parent, level).level == level
        return
    with refused("V-H1", field="level"):
        below(parent, level)


@pytest.mark.both
def test_n_h3_codes_count_up_and_are_never_given_twice() -> None:
    top = head()
    given = below(top, Level.REGIONAL, code="000003")
    codes = [below(top, Level.REGIONAL).code for _ in range(3)]
    assert (top.code, given.code, codes) == ("000001", "000003", ["000002", "000004", "000005"])
    with refused("N-H3", field="code"):
        below(top, Level.REGIONAL, code="000003")
    assert Federation.objects.get().last_code == 5


def test_n_h3_codes_of_two_federations_are_independent() -> None:
    tops = [head("voi", "ВОИ"), head()]
    assert [top.code for top in tops] == ["000001", "000001"]
    assert [below(top, Level.REGIONAL, code="7").code for top in tops] == ["7", "7"]


def test_n_h3_a_new_organisation_has_passport_figures_history_and_event() -> None:
    chair = officer(head())
    region = found_organization(
        parent=chair.organization, level=Level.REGIONAL, full_name="Тульская  областная организация", short_name="Тула",
        by=chair, chair_name="Ким Л. В.", employer_inn="7707083893",
    )  # fmt: skip
    passport = OrganizationPassport.objects.get(organization=region)
    assert (region.full_name, region.chair_name, passport.employer_inn) == (
        "Тульская областная организация",
        "Ким Л. В.",
        "7707083893",
    )
    assert Figures.objects.get(organization=region).members == 0
    row = region.history.get()
    assert (row.history_user, row.history_change_reason, row.path) == (chair.account, "N-H3", again(region).path)
    event = Event.objects.filter(organization=region).get()
    assert (event.action, event.account, event.facts) == (
        "organization.founded", chair.account, {"parent": chair.organization.pk, "level": "regional"},
    )  # fmt: skip


def test_n_h3_the_same_short_name_below_one_superior_is_refused_whatever_its_letters() -> None:
    region = below(head(), Level.REGIONAL)
    below(region, Level.PRIMARY, "ППО школы № 14")
    with refused("N-H3", field="short_name"):
        below(region, Level.PRIMARY, "ппо  ШКОЛЫ №14")
    below(below(again(region).parent, Level.REGIONAL), Level.PRIMARY, "ППО школы № 14")


@pytest.mark.parametrize(
    ("field", "value"),
    [("inn", "7707083894"), ("ogrn", "1027700132196"), ("bik", "144525225"), ("phone", "нет"), ("inn", "500100732259")],
)
def test_u_4_wrong_requisites_of_a_new_organisation_are_refused(field: str, value: str) -> None:
    with refused("U-4", field=field):
        below(head(), Level.REGIONAL, **{field: value})
    assert Organization.objects.count() == 1


@pytest.mark.parametrize("status", [OrganizationStatus.LIQUIDATING, OrganizationStatus.ENDED])
def test_n_h3_nothing_is_founded_below_an_inactive_organisation(status: str) -> None:
    region = below(head(), Level.REGIONAL)
    ended = {"ended_on": "2025-01-01"} if status == OrganizationStatus.ENDED else {}
    Organization.objects.filter(pk=region.pk).update(status=status, **ended)
    with refused("N-H3", match="подчинять ей организации нельзя"):
        below(again(region))


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.COLLECTOR, Role.REVIEWER])
def test_n_h1_only_leading_roles_found_organisations(role: str) -> None:
    actor = officer(head(), role)
    with pytest.raises(NotAllowed):
        found_organization(parent=actor.organization, level=Level.REGIONAL, full_name="А", short_name="А", by=actor)


def test_n_h1_nobody_founds_outside_the_own_subtree() -> None:
    top = head()
    actor = officer(below(top, Level.REGIONAL))
    for parent in (top, below(top, Level.REGIONAL), head("voi", "ВОИ")):
        with pytest.raises(Organization.DoesNotExist):
            found_organization(parent=parent, level=Level.LOCAL, full_name="А", short_name="А", by=actor)


def test_n_h1_only_the_installation_founds_a_federation() -> None:
    top = head()
    for actor in (officer(top), officer(top, Role.ADMINISTRATOR), Actor.system("job", top)):
        with pytest.raises(NotAllowed):
            found_federation(code="x", name="X", charter_key="voi", full_name="X", short_name="X", by=actor)
    assert Federation.objects.count() == 1
