"""The second factor: set up, checked, replaced, reset, obligatory; asked for again (U-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import fields
from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.rules import second_factor as rules
from registry.accounts.tokens import SecondFactor
from registry.accounts.transitions import accounts
from registry.accounts.transitions import second_factor as transitions
from registry.drafts.models import Draft
from registry.drafts.tokens import ticket
from registry.drafts.views import TICKET
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from tests.clock import at, moment
from tests.refusals import refused
from tests.registry import trees

from . import factors

pytestmark = [pytest.mark.django_db, pytest.mark.once]
START = moment("2040-02-20T10:00")
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
PASSWORD = "correct horse battery"
WRONG = "000000"


@pytest.fixture
def chair() -> Actor:
    with at(START, tick=False):
        region = trees.below(trees.head(), Level.REGIONAL, "Тульская организация")
        return trees.officer(trees.below(region, Level.PRIMARY, "Школа № 1"))


@pytest.fixture
def superior(chair: Actor) -> Actor:
    with at(START, tick=False):
        return trees.officer(trees.again(chair.organization.parent))  # type: ignore[arg-type, union-attr]


def events(part: str = "second_factor.") -> list[tuple[str, dict[str, Any]]]:
    found = Event.objects.filter(action__startswith=part).order_by("pk")
    return [(event.action.split(".")[1], event.facts) for event in found]


def sign_in(client: Client, actor: Actor, **values: str) -> Any:
    return client.post(reverse("login"), {"username": actor.account.login, "password": PASSWORD, **values})  # type: ignore[union-attr]


def enter(client: Client, code: str, **values: str) -> Any:
    return client.post(reverse("login-code"), {"code": code, **values})


def is_in(client: Client) -> bool:
    return client.get(reverse("profile")).status_code == 200


def try_wrong(actor: Actor, times: int) -> rules.Checked:
    checked = rules.Checked(accepted=True)
    for _ in range(times):
        checked = transitions.check_code(code=WRONG, by=actor)
    return checked


# Setting up


def test_u2_a_second_factor_counts_only_once_the_telephone_has_shown_a_code(chair: Actor) -> None:
    with at(START, tick=False):
        key = transitions.begin(by=chair).key
        assert not rules.has_factor(chair.account)
        checked, codes = transitions.confirm(code=WRONG, by=chair)
        assert (checked.accepted, codes, rules.has_factor(chair.account)) == (False, [], False)
        checked, codes = transitions.confirm(code=factors.shown(key), by=chair)
    assert (checked.accepted, len(set(codes)), {len(code) for code in codes}) == (True, 10, {10})
    assert rules.has_factor(chair.account)
    assert events() == [
        ("begun", {}), ("refused", {"failures": 1, "closed": False}), ("confirmed", {"replaced": False}),
    ]  # fmt: skip


def test_u2_confirming_without_having_begun_is_refused(chair: Actor) -> None:
    with refused("U-2"):
        transitions.confirm(code=WRONG, by=chair)


def test_u2_the_former_telephone_is_valid_until_the_new_one_has_shown_a_code(chair: Actor) -> None:
    with at(START, tick=False):
        old, sheet = factors.connect(chair)
        new = transitions.begin(by=chair).key
        assert transitions.check_code(code=factors.shown(new), by=chair).accepted is False
        assert transitions.check_code(code=factors.shown(old), by=chair).accepted
        transitions.confirm(code=factors.shown(new), by=chair)
    with at(START + MINUTE, tick=False):
        assert transitions.check_code(code=factors.shown(old), by=chair).accepted is False
        assert transitions.check_code(code=sheet[0], by=chair).accepted is False
        assert transitions.check_code(code=factors.shown(new), by=chair).accepted
    assert events()[-3] == ("confirmed", {"replaced": True})


def test_u2_setting_up_ends_all_other_sessions(chair: Actor) -> None:
    with at(START, tick=False):
        here, elsewhere = Client(), Client()
        assert (sign_in(here, chair).status_code, sign_in(elsewhere, chair).status_code) == (302, 302)
        here.post(reverse("second-factor-begin"))
        key = SecondFactor.objects.get().key
        page = here.post(reverse("second-factor-set-up"), {"code": factors.shown(key)})
        assert page.status_code == 200
        assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_u2_the_page_shows_the_secret_as_a_picture_and_in_groups_of_four_and_the_codes_once(chair: Actor) -> None:
    with at(START, tick=False):
        client = Client()
        sign_in(client, chair)
        assert client.post(reverse("second-factor-begin")).url == reverse("second-factor-set-up")
        page = client.get(reverse("second-factor-set-up")).content.decode()
        pending = SecondFactor.objects.get()
        groups = pending.secret.split(" ")
        assert ({len(group) for group in groups}, "".join(groups).isalnum()) == ({4}, True)
        assert (pending.secret in page, '<svg width="' in page, "style=" in page.split('class="qr"')[1][:200]) == (
            True, True, False,
        )  # fmt: skip
        page = client.post(reverse("second-factor-set-up"), {"code": f"{factors.shown(pending.key)[:3]} "}).content
        assert b"recovery-codes" not in page
        shown = client.post(reverse("second-factor-set-up"), {"code": factors.shown(pending.key)})
        text = shown.content.decode()
        assert (text.split("recovery-codes")[-1].count("<code>"), "data:application/pdf" in text) == (10, True)
        assert client.get(reverse("second-factor-set-up")).url == reverse("second-factor")
        assert "code-letters" not in client.get(reverse("second-factor")).content.decode()


def test_u2_the_picture_says_whose_codes_these_are_and_how_they_are_computed(chair: Actor) -> None:
    pending = transitions.begin(by=chair)
    address = pending.address("chair1", "Единый реестр")
    name = "%D0%95%D0%B4%D0%B8%D0%BD%D1%8B%D0%B9%20%D1%80%D0%B5%D0%B5%D1%81%D1%82%D1%80"
    secret = pending.secret.replace(" ", "")
    assert address == f"otpauth://totp/{name}:chair1?secret={secret}&issuer={name}&algorithm=SHA1&digits=6&period=30"


# Codes


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_u2_a_code_of_the_step_before_and_after_is_accepted_and_no_other(
    chair: Actor, steps: int, accepted: bool
) -> None:
    with at(START, tick=False):
        key, _codes = factors.connect(chair)
    with at(START + 10 * MINUTE, tick=False):
        assert transitions.check_code(code=factors.shown(key, steps), by=chair).accepted is accepted


@pytest.mark.parametrize(("later", "accepted"), [(59, True), (60, False)])
def test_u2_a_code_is_good_for_the_rest_of_its_half_minute_and_the_next(
    chair: Actor, later: int, accepted: bool
) -> None:
    with at(START, tick=False):
        key, _codes = factors.connect(chair)
    with at(START + 10 * MINUTE, tick=False):
        code = factors.shown(key)
    with at(START + 10 * MINUTE + later * SECOND, tick=False):
        assert transitions.check_code(code=code, by=chair).accepted is accepted


def test_u2_no_code_is_accepted_twice_nor_one_before_it(chair: Actor) -> None:
    with at(START, tick=False):
        key, _codes = factors.connect(chair)
    with at(START + 10 * MINUTE, tick=False):
        codes = [factors.shown(key), factors.shown(key), factors.shown(key, -1), factors.shown(key, 1)]
        assert [transitions.check_code(code=code, by=chair).accepted for code in codes] == [True, False, False, True]


def test_u2_a_recovery_code_is_good_once_and_what_is_left_is_counted(chair: Actor) -> None:
    with at(START, tick=False):
        _key, codes = factors.connect(chair)
        first = transitions.check_code(code=f"{codes[0][:5]} {codes[0][5:]}", by=chair)
        again = transitions.check_code(code=codes[0], by=chair)
        assert (first.accepted, first.recovery, first.left, again.accepted) == (True, True, 9, False)
    assert factors.of(chair).codes_left == 9
    assert events()[2:] == [("recovery_used", {"left": 9}), ("refused", {"failures": 1, "closed": False})]


def test_u2_a_new_sheet_ends_the_former_one(chair: Actor) -> None:
    with at(START, tick=False):
        _key, old = factors.connect(chair)
        new = transitions.renew_codes(by=chair)
        assert transitions.check_code(code=old[0], by=chair).accepted is False
        assert transitions.check_code(code=new[0], by=chair).accepted
    assert ("codes_renewed", {}) in events()


@pytest.mark.parametrize("typed", ["12345", "1234567", "123456789", "12345678901", "12345a", "١٢٣٤٥٦", "двести"])
def test_u2_what_cannot_be_a_code_is_refused_and_not_counted(chair: Actor, typed: str) -> None:
    with at(START, tick=False):
        factors.connect(chair)
        with refused("U-2", field="code"):
            transitions.check_code(code=typed, by=chair)
    assert factors.of(chair).throttling_failure_count == 0


@pytest.mark.parametrize("typed", ["123 456", "123-456", " 1 2 3 4 5 6 ", "123–456", "123456"])
def test_u2_spaces_and_hyphens_in_a_code_do_not_matter(typed: str) -> None:
    assert rules.check_code_is_whole(typed) == "123456"


# Guessing


def test_u2_after_five_wrong_codes_none_is_accepted_for_a_quarter_of_an_hour(chair: Actor) -> None:
    with at(START, tick=False):
        key, codes = factors.connect(chair)
        assert try_wrong(chair, 4).closed_until is None
        assert try_wrong(chair, 1).closed_until == START + 15 * MINUTE
        before = len(events())
        checked = transitions.check_code(code=codes[0], by=chair)
        assert (checked.accepted, checked.closed_until) == (False, START + 15 * MINUTE)
        assert len(events()) == before
    assert events()[-1] == ("refused", {"failures": 5, "closed": True})
    with at(START + 15 * MINUTE - SECOND, tick=False):
        assert transitions.check_code(code=factors.shown(key), by=chair).accepted is False
    with at(START + 15 * MINUTE, tick=False):
        assert transitions.check_code(code=factors.shown(key), by=chair).accepted
    assert factors.of(chair).throttling_failure_count == 0


@pytest.mark.parametrize(
    ("failures", "closed"),
    [(4, None), (5, 15), (6, None), (9, None), (10, 30), (15, 60), (35, 960), (40, 1440), (5000, 1440)],
)
def test_u2_the_time_without_codes_doubles_up_to_a_day(failures: int, closed: int | None) -> None:
    with at(START, tick=False):
        factor = SecondFactor(throttling_failure_count=failures, throttling_failure_timestamp=START)
        assert factor.closed_until == (None if closed is None else START + closed * MINUTE)


def test_u2_the_refusal_says_that_the_time_of_the_telephone_may_be_wrong(chair: Actor) -> None:
    with at(START, tick=False):
        factors.connect(chair)
        client = Client()
        sign_in(client, chair)
        page = enter(client, WRONG).content.decode()
    assert "проверьте время на телефоне" in page


# Signing in


def test_u2_the_password_alone_gives_no_session_with_a_second_factor(chair: Actor) -> None:
    with at(START, tick=False):
        key, _codes = factors.connect(chair)
        client = Client()
        page = sign_in(client, chair, next="/members/?q=1")
        assert (page.status_code, 'autocomplete="one-time-code"' in page.content.decode()) == (200, True)
        assert (is_in(client), events("session.")) == (False, [])
        assert enter(client, WRONG).status_code == 200
        assert not is_in(client)
        answer = enter(client, factors.shown(key), next="/members/?q=1")
        assert (answer.status_code, answer.url, is_in(client)) == (302, "/members/?q=1", True)
    assert events("session.") == [("elsewhere_started", {})]


def test_u2_the_page_for_the_code_can_be_loaded_again_and_goes_on_to_the_same_page(chair: Actor) -> None:
    with at(START, tick=False):
        factors.connect(chair)
        client = Client()
        sign_in(client, chair, next="/my/")
        assert 'name="next" value="/my/"' in client.get(reverse("login-code")).content.decode()


@pytest.mark.parametrize(("later", "entered"), [(10 * MINUTE - SECOND, True), (10 * MINUTE, False)])
def test_u2_the_code_follows_the_password_within_ten_minutes(chair: Actor, later: dt.timedelta, entered: bool) -> None:
    client = Client()
    with at(START, tick=False):
        key, _codes = factors.connect(chair)
        sign_in(client, chair)
    with at(START + later, tick=False):
        answer = enter(client, factors.shown(key))
        assert (answer.status_code, is_in(client)) == (302 if entered else 200, entered)


@pytest.mark.parametrize("change", ["password", "block", "reset"])
def test_u2_a_code_is_not_accepted_after_the_account_has_changed(chair: Actor, superior: Actor, change: str) -> None:
    with at(START, tick=False):
        key, _codes = factors.connect(chair)
        client = Client()
        sign_in(client, chair)
        if change == "password":
            accounts.reissue_password(chair.account.pk, by=superior)  # type: ignore[union-attr]
        elif change == "block":
            accounts.block_account(chair.account.pk, reason="?", by=superior)  # type: ignore[union-attr]
        else:
            transitions.reset(chair.account.pk, by=superior)  # type: ignore[union-attr]
        enter(client, factors.shown(key))
        assert not is_in(client)


def test_u2_the_page_for_the_code_is_not_there_without_the_password(chair: Actor) -> None:
    with at(START, tick=False):
        key, _codes = factors.connect(chair)
        client = Client()
        page = enter(client, factors.shown(key))
        assert ('name="username"' in page.content.decode(), is_in(client)) == (True, False)
        assert factors.of(chair).last_used_at == START


def test_u2_a_recovery_code_signs_in_and_the_page_says_how_many_are_left(chair: Actor) -> None:
    with at(START, tick=False):
        _key, codes = factors.connect(chair)
        for left, wanted in ((9, False), (3, True)):
            factor = factors.of(chair)
            factor.set_recovery(codes[9 - left :])
            factor.save()
            client = Client()
            sign_in(client, chair)
            enter(client, codes[9 - left])
            page = client.get(reverse("profile")).content.decode()
            assert f"Осталось {left} запасн" in page
            assert ("Составьте новый лист" in page) is wanted


def test_u2_what_was_typed_before_the_session_ended_survives_the_code(chair: Actor) -> None:
    with at(START, tick=False):
        key, _codes = factors.connect(chair)
        client = Client()
        sent = {TICKET: ticket(chair.account, "account-new"), "surname": "Ким"}
        page = client.post(reverse("accounts:add"), sent)
        carried = page.context["carried"]
        page = sign_in(client, chair, carried=carried, next=reverse("accounts:add"))
        carried = page.context["carried"]
        page = enter(client, WRONG, carried=carried)
        enter(client, factors.shown(key), carried=page.context["carried"])
    assert Draft.objects.get(account=chair.account).key == "account-new"


def test_u2_the_page_tells_the_code_of_the_demonstration_and_no_other(chair: Actor, settings: Any) -> None:
    def told() -> bool:
        client = Client()
        return factors.shown(factors.of(chair).key) in sign_in(client, chair).content.decode()

    with at(START, tick=False):
        factors.connect(chair)
        assert not told()
        factor = factors.of(chair)
        factor.key = settings.DEMO_SECOND_FACTOR
        factor.save()
        assert told()
        settings.DEMO = False
        assert not told()


# Reset, removal, obligation


def test_u2_the_superior_resets_the_second_factor_and_sessions_end(chair: Actor, superior: Actor) -> None:
    with at(START, tick=False):
        key, _codes = factors.connect(chair)
        client = Client()
        sign_in(client, chair)
        enter(client, factors.shown(key))
    with at(START + MINUTE, tick=False):
        browser = Client()
        sign_in(browser, superior)
        address = reverse("accounts:reset_factor", args=[chair.account.pk])  # type: ignore[union-attr]
        assert browser.get(address).status_code == 200
        assert browser.post(address).url == reverse("accounts:detail", args=[chair.account.pk])  # type: ignore[union-attr]
        assert (rules.has_factor(chair.account), is_in(client)) == (False, False)
        assert sign_in(Client(), chair).status_code == 302
        with refused("U-2"):
            transitions.reset(chair.account.pk, by=superior)  # type: ignore[union-attr]
    assert events()[-1] == ("reset", {})


def test_u2_nobody_resets_their_own_second_factor_or_that_of_a_superior(chair: Actor, superior: Actor) -> None:
    with at(START, tick=False):
        factors.connect(chair)
        factors.connect(superior)
        with pytest.raises(NotAllowed):
            transitions.reset(chair.account.pk, by=chair)  # type: ignore[union-attr]
        with pytest.raises(Account.DoesNotExist):
            transitions.reset(superior.account.pk, by=chair)  # type: ignore[union-attr]
    assert SecondFactor.objects.count() == 2


REQUIRED = [
    ([], Role.CHAIR, Level.REGIONAL, False),
    (["chair"], Role.CHAIR, Level.REGIONAL, True),
    (["chair"], Role.CHAIR, Level.PRIMARY, False),
    (["chair"], Role.DEPUTY, Level.REGIONAL, False),
    (["chair"], Role.ADMINISTRATOR, Level.REGIONAL, False),
    (["administrator"], Role.ADMINISTRATOR, Level.REGIONAL, True),
    (["administrator"], Role.ADMINISTRATOR, Level.PRIMARY, True),
    (["administrator"], Role.CHAIR, Level.REGIONAL, False),
]


@pytest.mark.parametrize(("named", "role", "level", "obliged"), REQUIRED)
def test_u2_roles_above_the_keepers_and_administrators_are_obliged_by_the_setting(
    settings: Any, named: list[str], role: Role, level: Level, obliged: bool
) -> None:
    settings.SECOND_FACTOR_REQUIRED = named
    region = trees.below(trees.head(), Level.REGIONAL)
    place = region if level == Level.REGIONAL else trees.below(region, level)
    actor = trees.officer(place, role)
    assert rules.is_obliged(actor.account, actor.account.current_appointments()) is obliged  # type: ignore[union-attr, arg-type]


def test_u2_administrators_of_the_installation_are_obliged_too(settings: Any) -> None:
    account = trees.account(None, is_staff=True, is_superuser=True)
    settings.SECOND_FACTOR_REQUIRED = ["chair"]
    assert not rules.is_obliged(account, [])
    settings.SECOND_FACTOR_REQUIRED = ["administrator"]
    assert rules.is_obliged(account, [])


@pytest.mark.parametrize(
    ("staff", "superuser", "obliged"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_u2_either_mark_of_an_administrator_obliges(settings: Any, staff: bool, superuser: bool, obliged: bool) -> None:
    settings.SECOND_FACTOR_REQUIRED = ["administrator"]
    account = trees.account(None, is_staff=staff, is_superuser=superuser)
    assert rules.is_obliged(account, []) is obliged


def test_u2_a_wrong_code_says_when_codes_are_accepted_again_only_while_they_are_not() -> None:
    rules.check_accepted(rules.Checked(accepted=True))
    with refused("U-2", match="Код не подошёл"):
        rules.check_accepted(rules.Checked(accepted=False))
    with refused("U-2", match="Слишком много"):
        rules.check_accepted(rules.Checked(accepted=False, closed_until=timezone.now() + dt.timedelta(minutes=5)))


def test_u2_who_must_have_one_can_do_nothing_else_until_it_is_set_up(settings: Any, superior: Actor) -> None:
    settings.SECOND_FACTOR_REQUIRED = ["chair"]
    with at(START, tick=False):
        client = Client()
        assert sign_in(client, superior).status_code == 302
        for name in ("start", "profile", "accounts:list", "members:list", "admin:index", "second-factor-remove"):
            assert client.get(reverse(name)).url == reverse("second-factor")
        page = client.get(reverse("second-factor"))
        assert (page.status_code, "<nav" in page.content.decode()) == (200, False)
        client.post(reverse("second-factor-begin"))
        assert client.get(reverse("second-factor-set-up")).status_code == 200
        client.post(reverse("second-factor-set-up"), {"code": factors.shown(SecondFactor.objects.get().key)})
        assert client.get(reverse("start")).status_code == 200
        with refused("U-2"):
            transitions.remove(by=superior)
        settings.SECOND_FACTOR_REQUIRED = []
        assert "removed" not in dict(events())
        transitions.remove(by=superior)
    assert (SecondFactor.objects.count(), events()[-1]) == (0, ("removed", {}))


def test_u2_removing_it_oneself_ends_other_sessions_and_keeps_this_one(chair: Actor) -> None:
    with at(START, tick=False):
        client = Client()
        sign_in(client, chair)
        client.post(reverse("second-factor-begin"))
        client.post(reverse("second-factor-set-up"), {"code": factors.shown(SecondFactor.objects.get().key)})
        assert client.get(reverse("second-factor-remove")).status_code == 200
        assert client.post(reverse("second-factor-remove")).url == reverse("second-factor")
        assert (is_in(client), SecondFactor.objects.count()) == (True, 0)


# Storage


def test_u2_secret_and_recovery_codes_are_nowhere_in_plain_text_and_go_through_rotate_keys(
    chair: Actor, settings: Any
) -> None:
    with at(START, tick=False):
        key, codes = factors.connect(chair)

    def stored() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM registry_secondfactor")
            return str(cursor.fetchall())

    before = stored()
    words = [key, factors.of(chair).secret.replace(" ", ""), *codes, *factors.of(chair).recovery]
    assert [word for word in words if word in before] == []
    new = fields.Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    call_command("rotate_keys", stdout=open("/dev/null", "w"))  # noqa: SIM115
    settings.FIELD_KEYS = [new]
    assert (factors.of(chair).key, stored() != before) == (key, True)


def test_u2_the_journal_holds_no_codes(chair: Actor) -> None:
    with at(START, tick=False):
        key, codes = factors.connect(chair)
        try_wrong(chair, 1)
        transitions.check_code(code=codes[0], by=chair)
    kept = str([vars(event) for event in Event.objects.all()])
    assert [word for word in (key, codes[0], WRONG) if word in kept] == []
