"""Accounts and appointments: giving and ending them by the rules (U-2, N-H1, N-H2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from registry.access import GRANTS, Actor
from registry.accounts.models import Account, Appointment
from registry.accounts.rules import accounts as rules
from registry.accounts.transitions import accounts
from registry.accounts.transitions.credentials import (
    ALPHABET,
    canonical_login,
    canonical_password,
    free_login,
    one_time_password,
    transliterate,
)
from registry.enums import Level, Permission, Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.models import NEVER, Figures, Organization
from registry.organizations.transitions.lifecycle import end_appointments
from registry.transitions import quietly
from tests.refusals import refused
from tests.registry import trees
from tests.worlds import world

pytestmark = pytest.mark.once
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
PERSON = {"surname": "Щербаков", "given_name": "Юрий", "patronymic": "Ильич", "email": "", "phone": ""}


def new(organization: Organization, by: Actor, role: str = Role.CHAIR, **values: Any) -> accounts.Credentials:
    return accounts.create_account(
        organization_id=organization.pk, **{"person": PERSON, "role": role, "starts_on": TODAY, "by": by, **values}
    )


@pytest.fixture
@world
def tree() -> dict[str, Organization]:
    """Create a federation with two regions, the first with two primary organisations."""
    root = trees.head()
    region = trees.below(root, Level.REGIONAL, "Тульская")
    other = trees.below(root, Level.REGIONAL, "Омская")
    return {
        "root": root,
        "region": region,
        "other": other,
        "school": trees.below(region, Level.PRIMARY, "Школа № 1"),
        "college": trees.below(region, Level.PRIMARY, "Колледж"),
        "omsk": trees.below(other, Level.PRIMARY, "Омская школа"),
    }


# Logins and passwords


def test_u2_a_one_time_password_is_readable_and_different_each_time() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert all([len(group) for group in password.split("-")] == [4, 4, 4] for password in made)
    assert set("".join(made)) - {"-"} <= set(ALPHABET)
    assert set(ALPHABET) & set("iljo01aeu") == set()


@pytest.mark.parametrize(
    "typed", ["HK4T-M7WD-X9PC", "hk4tm7wdx9pc", " hk4t m7wd x9pc ", "hk4t–m7wd—x9pc", "рл4е-ь7цв-ч9зс"]
)
def test_u2_a_one_time_password_ignores_case_hyphens_and_keyboard_layout(typed: str) -> None:
    assert canonical_password(typed) == "hk4t-m7wd-x9pc"


@given(st.text(max_size=40))
def test_u2_input_that_cannot_be_a_one_time_password_stays_unchanged(typed: str) -> None:
    answer = canonical_password(typed)
    assert answer == typed or set(answer) <= {*ALPHABET, "-"}


def test_u2_a_login_ignores_case_and_keyboard_layout() -> None:
    assert [canonical_login(typed) for typed in (" Ivanov4821 ", "шмфтщм4821", "IVANOV4821")] == ["ivanov4821"] * 3


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Щербаков", "shcherbakov"),
        ("Ёлкина-Юй", "elkinayui"),
        ("Аммосова", "ammosova"),
        ("Һәүәт", "hauat"),
        ("№ 7", ""),
    ],
)
def test_u2_a_login_begins_with_the_surname_in_latin_letters(name: str, latin: str) -> None:
    assert transliterate(name) == latin


@pytest.mark.django_db
def test_u2_logins_of_namesakes_differ() -> None:
    first, second = free_login("Щербаков"), free_login("Щербаков")
    assert {login.rstrip("0123456789") for login in (first, second)} == {"shcherbakov"}
    assert free_login("李").rstrip("0123456789") == "user"


# Creating


@pytest.mark.django_db
def test_u2_the_password_of_a_new_account_is_stored_nowhere(tree: dict[str, Organization]) -> None:
    chief = trees.officer(tree["region"])
    account, password = new(tree["school"], chief, basis="Протокол № 3")
    account = Account.objects.get(pk=account.pk)
    appointment = account.appointments.get()
    assert (account.home, account.must_change_password, account.is_active) == (tree["school"], True, True)
    assert account.check_password(password)
    assert (appointment.organization, appointment.role, appointment.basis) == (tree["school"], "chair", "Протокол № 3")
    event = Event.objects.get(action="account.created")
    assert (event.rule, event.account, event.organization, event.object_id) == (
        "U-2",
        chief.account,
        tree["school"],
        str(account.pk),
    )
    history = account.history.get()
    assert (history.history_user, history.history_change_reason) == (chief.account, "U-2")
    everything = f"{event.facts} {vars(history)} {vars(account)}"
    assert password not in everything
    assert "Щербаков" not in str(event.facts)


@pytest.mark.django_db
def test_u2_passwords_are_argon2(settings: Any, tree: dict[str, Organization]) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    account, _password = new(tree["school"], trees.officer(tree["region"]))
    assert account.password.split("$")[0] == Argon2PasswordHasher.algorithm


@pytest.mark.django_db
def test_u2_a_form_sent_twice_creates_one_account_and_a_namesake_gets_another(tree: dict[str, Organization]) -> None:
    chief = trees.officer(tree["region"])
    new(tree["school"], chief, role=Role.REGISTRAR)
    with refused("U-2", field="namesake"):
        new(tree["school"], chief, role=Role.REGISTRAR)
    new(tree["school"], chief, role=Role.REGISTRAR, namesake=True)
    assert Account.objects.filter(home=tree["school"]).count() == 2


GIVEN = {
    # (role of the giver, place): roles that they may give there
    (Role.CHAIR, "own"): {Role.DEPUTY, Role.REGISTRAR, Role.COLLECTOR, Role.REVIEWER},
    (Role.CHAIR, "below"): set(Role) - {Role.ADMINISTRATOR},
    (Role.DEPUTY, "own"): {Role.REGISTRAR, Role.COLLECTOR, Role.REVIEWER},
    (Role.DEPUTY, "below"): set(Role) - {Role.ADMINISTRATOR},
    (Role.ADMINISTRATOR, "own"): set(Role),
    (Role.ADMINISTRATOR, "below"): set(Role),
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("where", ["own", "below", "beside", "above"])
def test_n_h2_only_roles_below_the_own_one_can_be_given(tree: dict[str, Organization], role: Role, where: str) -> None:
    giver = trees.officer(tree["region"], role)
    place = {"own": tree["region"], "below": tree["school"], "beside": tree["other"], "above": tree["root"]}[where]
    place = trees.again(place)
    allowed = GIVEN.get((role, where), set())
    assert set(rules.grantable_roles(giver, place)) == allowed
    for wanted in Role:
        if wanted in allowed:
            rules.check_grant(wanted, place, account=None, by=giver)
        else:
            with pytest.raises(NotAllowed):
                rules.check_grant(wanted, place, account=None, by=giver)


def test_n_h2_only_leading_roles_manage_accounts() -> None:
    assert {role for role in Role if Permission.MANAGE_ACCOUNTS in GRANTS[role]} == {giver for giver, _where in GIVEN}


@pytest.mark.django_db
def test_n_h1_accounts_are_not_created_outside_the_subtree(tree: dict[str, Organization]) -> None:
    chief = trees.officer(tree["region"])
    for place in (tree["omsk"], tree["root"], trees.head(name="Другая")):
        with pytest.raises(Organization.DoesNotExist):
            new(place, chief, role=Role.REVIEWER)
    assert Account.objects.filter(surname="Щербаков").count() == 0


# Managing


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("verb", [accounts.reissue_password, accounts.unblock_account])
def test_n_h2_a_deputy_manages_neither_the_chair_nor_another_deputy(tree: dict[str, Organization], verb: Any) -> None:
    chair = trees.officer(tree["region"])
    deputy, colleague = trees.officer(tree["region"], Role.DEPUTY), trees.officer(tree["region"], Role.DEPUTY)
    for victim in (chair, colleague, deputy):
        before = Account.objects.get(pk=victim.account.pk).password
        with pytest.raises(NotAllowed):
            verb(victim.account.pk, by=deputy)
        assert Account.objects.get(pk=victim.account.pk).password == before


@pytest.mark.django_db
def test_n_h2_an_account_with_a_role_above_is_not_managed_from_below_its_home(tree: dict[str, Organization]) -> None:
    """The chair of a school is also the region's deputy, so a superior between the two may not manage the account."""
    local = trees.below(tree["region"], Level.LOCAL, "Местная")
    school = trees.below(local, Level.PRIMARY, "Школа № 9")
    both = trees.officer(school)
    Appointment.objects.create(
        account=both.account, organization=tree["region"], role=Role.DEPUTY, starts_on=TODAY + DAY
    )
    local_chair, region_chair = trees.officer(local), trees.officer(tree["region"])
    for verb in (accounts.reissue_password, lambda pk, by: accounts.block_account(pk, reason="х", by=by)):
        with pytest.raises(NotAllowed):
            verb(both.account.pk, by=local_chair)
    assert rules.can_manage(both.account, by=region_chair)


@pytest.mark.django_db
def test_n_h2_administrators_of_the_installation_are_managed_only_by_administrators(
    tree: dict[str, Organization],
) -> None:
    admin = trees.account(tree["school"], is_staff=True, is_superuser=True)
    assert not rules.can_manage(admin, by=trees.officer(tree["region"]))
    assert not rules.can_manage(admin, by=trees.officer(tree["root"], Role.ADMINISTRATOR))


@pytest.mark.django_db
def test_n_h1_accounts_outside_the_subtree_are_not_found(tree: dict[str, Organization]) -> None:
    chief = trees.officer(tree["region"])
    for place in ("other", "omsk", "root"):
        stranger = trees.officer(tree[place])
        for verb in (
            lambda pk: accounts.reissue_password(pk, by=chief),
            lambda pk: accounts.block_account(pk, reason="х", by=chief),
            lambda pk: accounts.edit_account(pk, values={"surname": "Чужая"}, by=chief),
        ):
            with pytest.raises(Account.DoesNotExist):
                verb(stranger.account.pk)
        with pytest.raises(Appointment.DoesNotExist):
            accounts.dismiss(stranger.appointment.pk, last_day=TODAY, by=chief)


@pytest.mark.django_db
def test_n_h2_an_officer_from_elsewhere_is_visible_during_the_appointment(tree: dict[str, Organization]) -> None:
    guest = trees.officer(tree["omsk"], surname="Гость")
    appointment = Appointment.objects.create(
        account=guest.account, organization=tree["school"], role=Role.REGISTRAR, starts_on=TODAY - 9 * DAY
    )
    chair = trees.officer(tree["school"])
    assert set(Account.objects.visible_to(chair)) == {chair.account, guest.account}
    assert not rules.can_manage(guest.account, by=chair)
    accounts.dismiss(appointment.pk, last_day=TODAY - DAY, by=chair)
    assert set(Account.objects.visible_to(chair)) == {chair.account}


@pytest.mark.django_db
def test_u2_names_and_contacts_are_changed_with_history(tree: dict[str, Organization]) -> None:
    chief = trees.officer(tree["region"])
    account, _password = new(tree["school"], chief)
    accounts.edit_account(account.pk, values={**PERSON, "surname": "Щербакова", "phone": "+7 910 000-00-01"}, by=chief)
    account.refresh_from_db()
    assert (account.surname, account.phone, account.search_key.split()[0]) == (
        "Щербакова",
        "+7 910 000-00-01",
        "щербакова",
    )
    assert [row.surname for row in account.history.all()] == ["Щербакова", "Щербаков"]
    assert Event.objects.get(action="account.edited").facts == {"fields": ["surname", "phone"]}
    accounts.edit_account(account.pk, values={**PERSON, "surname": "Щербакова", "phone": "+7 910 000-00-01"}, by=chief)
    assert (account.history.count(), Event.objects.filter(action="account.edited").count()) == (2, 1)


@pytest.mark.django_db
def test_u2_block_and_unblock_name_actor_and_reason(tree: dict[str, Organization]) -> None:
    chief = trees.officer(tree["region"])
    account, _password = new(tree["school"], chief)
    blocked = accounts.block_account(account.pk, reason="Сложил полномочия", by=chief)
    assert (blocked.is_active, blocked.blocked_reason, blocked.blocked_at is not None) == (
        False,
        "Сложил полномочия",
        True,
    )
    with refused("U-2", match="уже заблокирована"):
        accounts.block_account(account.pk, reason="ещё раз", by=chief)
    with refused("U-2", match="сначала разблокируйте"):
        accounts.reissue_password(account.pk, by=chief)
    free = accounts.unblock_account(account.pk, by=chief)
    assert (free.is_active, free.blocked_reason, free.blocked_at) == (True, "", None)
    with refused("U-2", match="не заблокирована"):
        accounts.unblock_account(account.pk, by=chief)
    events = Event.objects.filter(object_type="account", object_id=str(account.pk)).order_by("pk")
    assert [(event.action, event.account) for event in events] == [
        (action, chief.account) for action in ("account.created", "account.blocked", "account.unblocked")
    ]
    assert "полномочия" not in str([event.facts for event in events])


@pytest.mark.django_db
def test_u2_a_new_one_time_password_ends_the_old_one(tree: dict[str, Organization]) -> None:
    chief = trees.officer(tree["region"])
    account, old = new(tree["school"], chief)
    again = accounts.reissue_password(account.pk, by=chief)
    assert again.password != old
    assert (again.account.check_password(old), again.account.check_password(again.password)) == (False, True)
    assert again.account.must_change_password


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "expired"), [(13, False), (15, True)])
def test_u2_a_one_time_password_is_valid_for_two_weeks(tree: dict[str, Organization], age: int, expired: bool) -> None:
    account, _password = new(tree["school"], trees.officer(tree["region"]))
    account.password_given_at -= age * DAY
    assert rules.password_expired(account) is expired
    account.must_change_password = False
    assert rules.password_expired(account) is False


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "1234567890123", "qwertyuiop", "Щербаков2026", ""])
def test_u2_a_weak_password_is_refused(tree: dict[str, Organization], password: str) -> None:
    account, given_password = new(tree["school"], trees.officer(tree["region"]))
    with refused("U-2", field="password"):
        accounts.change_own_password(password=password, by=Actor.of(account))
    with refused("U-2", field="password"):
        accounts.change_own_password(password=given_password, by=Actor.of(account))
    account.refresh_from_db()
    assert account.must_change_password


# Appointments


@pytest.mark.django_db
def test_n_h2_rights_begin_and_end_with_the_appointment(tree: dict[str, Organization]) -> None:
    account = trees.account(tree["school"])
    Appointment.objects.create(
        account=account, organization=tree["school"], role=Role.CHAIR, starts_on=TODAY - 5 * DAY, ends_on=TODAY - DAY
    )
    Appointment.objects.create(account=account, organization=tree["college"], role=Role.CHAIR, starts_on=TODAY + DAY)
    actor = Actor.of(account)
    assert (actor.appointment, actor.permissions) == (None, set())
    assert list(Organization.objects.visible_to(actor)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("begins", "ends"), [(0, None), (-400, None), (0, 5), (20, None), (30, 40)])
def test_n_h2_an_organisation_has_one_chair_at_a_time(
    tree: dict[str, Organization], begins: int, ends: int | None
) -> None:
    chief = trees.officer(tree["region"])
    trees.officer(tree["school"], surname="Прежняя")
    with refused("N-H2", field="starts_on") as refusal:
        new(tree["school"], chief, starts_on=TODAY + begins * DAY, ends_on=TODAY + ends * DAY if ends else None)
    assert (refusal.value.rule, "Прежняя Мария" in str(refusal.value.message)) == ("N-H2", True)
    assert Appointment.objects.filter(organization=tree["school"]).count() == 1


@pytest.mark.django_db
def test_n_h2_the_next_chair_begins_after_the_last_day_of_the_one_before(tree: dict[str, Organization]) -> None:
    chief, before = trees.officer(tree["region"]), trees.officer(tree["school"])
    accounts.dismiss(before.appointment.pk, last_day=TODAY + 5 * DAY, by=chief)
    with refused("N-H2", field="starts_on"):
        new(tree["school"], chief, starts_on=TODAY + 5 * DAY)
    new(tree["school"], chief, starts_on=TODAY + 6 * DAY)
    with refused("N-H2", field="last_day"):
        accounts.dismiss(before.appointment.pk, last_day=TODAY + 6 * DAY, by=chief)


@pytest.mark.both
@pytest.mark.django_db
def test_n_h2_two_open_chairs_are_refused_by_the_database_itself(tree: dict[str, Organization]) -> None:
    trees.officer(tree["school"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            account=trees.account(tree["school"]), organization=tree["school"], role=Role.CHAIR, starts_on=TODAY
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [(0, -1, "ends_on"), (-30, -1, "ends_on"), (500, None, "starts_on"), (-36500, None, "starts_on")],
)
def test_n_h2_an_invalid_term_is_refused(
    tree: dict[str, Organization], begins: int, ends: int | None, field: str
) -> None:
    with refused("N-H2", field=field):
        rules.check_term(TODAY + begins * DAY, TODAY + ends * DAY if ends else None)


@pytest.mark.django_db
def test_n_h2_the_same_role_is_not_given_twice_nor_to_a_blocked_account(tree: dict[str, Organization]) -> None:
    chief = trees.officer(tree["region"])
    registrar = trees.officer(tree["school"], Role.REGISTRAR)
    where = {"organization_id": tree["school"].pk, "starts_on": TODAY, "by": chief}
    with refused("N-H2", field="starts_on"):
        accounts.appoint(registrar.account.pk, role=Role.REGISTRAR, **where)
    accounts.appoint(registrar.account.pk, role=Role.COLLECTOR, **where)
    accounts.block_account(registrar.account.pk, reason="х", by=chief)
    with refused("N-H2", match="прежде чем давать"):
        accounts.appoint(registrar.account.pk, role=Role.REVIEWER, **where)
    assert sorted(registrar.account.appointments.values_list("role", flat=True)) == ["collector", "registrar"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.CHAIR, Role.DEPUTY, Role.ADMINISTRATOR])
def test_n_h2_nobody_extends_or_ends_the_own_appointment(tree: dict[str, Organization], role: Role) -> None:
    actor = trees.officer(tree["region"], role)
    for wanted in Role:
        with pytest.raises(NotAllowed):
            accounts.appoint(
                actor.account.pk, organization_id=tree["school"].pk, role=wanted, starts_on=TODAY, by=actor
            )
    with pytest.raises(NotAllowed):
        accounts.dismiss(actor.appointment.pk, last_day=TODAY, by=actor)
    with pytest.raises(NotAllowed):
        accounts.withdraw_appointment(actor.appointment.pk, by=actor)


@pytest.mark.django_db
def test_n_h2_a_deputy_cannot_dismiss_the_chair_of_the_same_organisation(tree: dict[str, Organization]) -> None:
    chair, deputy = trees.officer(tree["region"]), trees.officer(tree["region"], Role.DEPUTY)
    with pytest.raises(NotAllowed):
        accounts.dismiss(chair.appointment.pk, last_day=TODAY, by=deputy)
    below = trees.officer(tree["school"])
    accounts.dismiss(below.appointment.pk, last_day=TODAY, by=deputy)
    below.appointment.refresh_from_db()
    assert below.appointment.ends_on == TODAY


@pytest.mark.django_db
def test_n_h2_an_appointment_that_is_over_stays_as_it_was(tree: dict[str, Organization]) -> None:
    chief, chair = trees.officer(tree["region"]), trees.officer(tree["school"])
    accounts.dismiss(chair.appointment.pk, last_day=TODAY - 2 * DAY, by=chief)
    with refused("N-H2", match="уже закончилось"):
        accounts.dismiss(chair.appointment.pk, last_day=TODAY, by=chief)
    with refused("N-H2", field="last_day"):
        accounts.dismiss(trees.officer(tree["college"]).appointment.pk, last_day=TODAY - 60 * DAY, by=chief)


@pytest.mark.django_db
def test_n_h2_a_mistaken_appointment_is_withdrawn_on_its_first_day_and_history_keeps_it(
    tree: dict[str, Organization],
) -> None:
    chief = trees.officer(tree["region"])
    account, _password = new(tree["school"], chief)
    wrong = account.appointments.get()
    accounts.withdraw_appointment(wrong.pk, by=chief)
    assert account.appointments.count() == 0
    assert [(row.history_type, row.history_user) for row in Appointment.history.filter(id=wrong.pk)] == [
        ("-", chief.account),
        ("+", chief.account),
    ]
    with refused("N-H2", match="уже действовало"):
        accounts.withdraw_appointment(trees.officer(tree["college"]).appointment.pk, by=chief)


@pytest.mark.django_db
def test_n_h2_nobody_is_appointed_to_an_organisation_that_has_ended(tree: dict[str, Organization]) -> None:
    chief = trees.officer(tree["region"])
    Organization.objects.filter(pk=tree["school"].pk).update(status="ended", ended_on=TODAY)
    with refused("N-H2", match="прекращена"):
        new(tree["school"], chief)


@pytest.mark.django_db
def test_n_h2_an_account_is_managed_from_above_its_home_also_while_it_holds_no_appointment() -> None:
    tree = trees.head()
    region = trees.below(tree, Level.REGIONAL)
    school, college = (trees.below(region) for _ in range(2))
    account = trees.account(school, "Ничья")
    homeless = trees.account(school, "Бездомная")
    homeless.home = None
    chair = trees.officer(region, Role.CHAIR)
    above = (
        trees.officer(school, Role.CHAIR),
        chair,
        trees.officer(region, Role.DEPUTY),
        trees.officer(tree, Role.CHAIR),
    )
    for actor in above:
        rules.check_manages(account, by=actor)
    others = [trees.officer(region, role) for role in (Role.REGISTRAR, Role.COLLECTOR, Role.REVIEWER)]
    for actor in (*others, trees.officer(college, Role.CHAIR)):
        with pytest.raises(NotAllowed):
            rules.check_manages(account, by=actor)
    for theirs in (homeless, chair.account):
        with pytest.raises(NotAllowed):
            rules.check_manages(theirs, by=chair)


def led_until(organization: Organization) -> dt.date:
    return Figures.objects.get(organization=organization).led_until


@pytest.mark.both
@pytest.mark.django_db
def test_u2_until_when_an_organisation_has_a_chair_is_stored_with_every_change(tree: dict[str, Organization]) -> None:
    school, by = tree["school"], trees.officer(tree["region"])
    assert led_until(school) == NEVER
    account = new(school, by, Role.REGISTRAR).account
    assert led_until(school) == NEVER
    given: dict[str, Any] = {"organization_id": school.pk, "role": Role.CHAIR, "by": by}
    first = accounts.appoint(account.pk, starts_on=TODAY, ends_on=TODAY + 9 * DAY, **given)
    assert led_until(school) == TODAY + 9 * DAY
    second = accounts.appoint(account.pk, starts_on=TODAY + 10 * DAY, **given)
    assert led_until(school) == dt.date.max
    accounts.withdraw_appointment(second.pk, by=by)
    assert led_until(school) == TODAY + 9 * DAY
    accounts.dismiss(first.pk, last_day=TODAY + DAY, by=by)
    assert led_until(school) == TODAY + DAY
    new(tree["college"], by)
    assert led_until(tree["college"]) == dt.date.max
    with quietly(by) as act:
        end_appointments(act, tree["college"], on=TODAY)
    assert led_until(tree["college"]) == TODAY
