"""After any sequence of founding, moving, merging and liquidating, the tree and the figures agree (N-H3)."""

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from members.book.models import Registration
from members.movement.transitions.organizations import liquidate_organization, merge_organizations, move_organization
from members.people.models import Member
from registry.enums import Level
from registry.errors import RuleViolation
from registry.integrity import run
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Figures, Organization
from registry.organizations.queries import totals_of_children, totals_under
from registry.organizations.transitions import lifecycle
from tests.conftest import examples
from tests.registry.trees import INSTALLATION, again, below, head, members

LEVELS = [Level.REGIONAL, Level.LOCAL, Level.PRIMARY]
STEPS = st.tuples(
    st.sampled_from(["found", "found", "people", "people", "move", "merge", "begin", "liquidate"]),
    st.integers(0, 30),
    st.integers(0, 30),
)


def step(top: Organization, verb: str, first: int, second: int) -> None:
    """Take a step with organisations chosen by number; refused steps change nothing."""
    pks = list(Organization.objects.filter(federation=top.federation).order_by("pk").values_list("pk", flat=True))
    one, other = again(Organization(pk=pks[first % len(pks)])), pks[second % len(pks)]
    today = timezone.localdate()
    try:
        if verb == "found":
            below(one, LEVELS[second % 3])
        elif verb == "people":
            cell = one if one.level == one.charter.cell else None
            keeper = again(one).parent if cell else one
            members(keeper, 1, cell=cell, registered_on=today)
        elif verb == "move":
            move_organization(one.pk, other, on=today, by=INSTALLATION)
        elif verb == "merge":
            merge_organizations(one.pk, other, on=today, by=INSTALLATION)
        elif verb == "begin":
            lifecycle.begin_liquidation(one.pk, by=INSTALLATION)
        else:
            liquidate_organization(one.pk, on=today, by=INSTALLATION)
    except RuleViolation:
        pass


def check(top: Organization) -> None:
    """Assert that the tree, people and figures of the federation agree."""
    organizations = list(Organization.objects.filter(federation=top.federation).select_related("figures", "parent"))
    people = list(Member.objects.filter(federation=top.federation).select_related("unit", "organization"))
    for organization in organizations:
        parent = organization.parent
        assert organization.path == f"{parent.path if parent else ''}{organization.pk}/"
        assert parent is None or Level(parent.level).depth < Level(organization.level).depth
        inside = [m for m in people if m.unit is not None and m.unit.path.startswith(organization.path)]
        assert totals_under(organization)["members"] == len(inside)
        own = [m for m in people if m.unit_id == organization.pk]
        assert organization.figures.members == len(own)
        assert organization.status != OrganizationStatus.ENDED or not own
        children = [o for o in organizations if o.parent_id == organization.pk]
        sums = totals_of_children(organization, children)
        assert sum(s["members"] for s in sums.values()) + len(own) == len(inside)
    assert Figures.objects.filter(organization__federation=top.federation).aggregate(s=Sum("members"))["s"] == len(
        people
    )
    for member in people:
        open_one = Registration.objects.get(member=member, ended_on__isnull=True)
        assert open_one.organization_id == member.organization_id
        assert member.organization.keeps_cards
        assert member.unit_id == (member.cell_id or member.organization_id)
        assert member.cell is None or member.cell.parent_id == member.organization_id


@pytest.mark.django_db
@pytest.mark.parametrize("charter", ["voi", "education_union"])
@settings(max_examples=examples(25))
@given(steps=st.lists(STEPS, min_size=8, max_size=25))
def test_n_h3_tree_people_and_figures_agree_after_any_sequence(charter: str, steps: list[tuple[str, int, int]]) -> None:
    top = head(charter)
    # Some organisations to begin with, so that few steps are refused.
    region = below(top, Level.REGIONAL)
    for _ in range(2):
        below(below(region, Level.LOCAL), Level.PRIMARY)
    for verb, first, second in steps:
        step(top, verb, first, second)
    check(top)


@pytest.mark.django_db
def test_n_h3_the_integrity_check_finds_nothing_after_a_life_of_changes() -> None:
    top = head("voi", "ВОИ")
    region = below(top, Level.REGIONAL)
    locals_ = [below(region, Level.LOCAL) for _ in range(3)]
    cells = [below(local) for local in locals_]
    for local, cell in zip(locals_, cells, strict=True):
        members(local, 2, cell=cell)
        members(local, 1)
    today = timezone.localdate()
    move_organization(cells[0].pk, locals_[1].pk, on=today, by=INSTALLATION)
    merge_organizations(locals_[1].pk, locals_[2].pk, on=today, by=INSTALLATION)
    merge_organizations(cells[1].pk, locals_[2].pk, on=today, by=INSTALLATION)
    check(top)
    assert [(title, wrong) for title, wrong in run() if wrong] == []
