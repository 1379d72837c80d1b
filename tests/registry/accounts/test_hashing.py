"""Only a few passwords are hashed at a time, and a sign-in without a turn is refused at once (U-2)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.test import Client

from registry.access import Actor
from registry.accounts import hashing
from registry.accounts.hashing import InTurn, PasswordHasher, one_of
from registry.accounts.models import Account
from registry.accounts.proofs import PROVEN_KEY
from registry.accounts.transitions import accounts, sessions
from registry.errors import ServerBusy
from registry.journal.models import Event
from tests.refusals import refused
from tests.registry import trees

PASSWORD = "сойка клён верстак 51"
BUSY = "Сервер сейчас занят"
PLACES = 3


@contextmanager
def held(line: InTurn, count: int) -> Iterator[threading.Event]:
    """Keep this many hashes running until the end of the block, or until the event is set."""
    over, begun = threading.Event(), threading.Semaphore(0)

    def hashed() -> bool:
        begun.release()
        return over.wait()

    with ThreadPoolExecutor(count) as people:
        asked = [people.submit(line.make, hashed) for _one in range(count)]
        try:
            for _one in range(min(count, hashing.AT_ONCE)):
                assert begun.acquire(timeout=30)
            for _look in range(3000):
                if len(line._waiting) == max(0, count - hashing.AT_ONCE):
                    break
                time.sleep(0.01)
            yield over
        finally:
            over.set()
        assert [one.result() for one in asked] == [True] * count


def line(seconds: float = 0.05) -> InTurn:
    return InTurn(PLACES, seconds=seconds)


@pytest.mark.once
def test_u2_two_hashes_are_made_at_a_time_and_a_third_waits() -> None:
    turns, together, most = line(seconds=30), 0, 0
    lock = threading.Lock()

    def hashed(value: int) -> int:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        time.sleep(0.05)
        with lock:
            together -= 1
        return value

    with ThreadPoolExecutor(3) as people:
        assert list(people.map(lambda value: turns.make(hashed, value), range(3))) == [0, 1, 2]
    assert most == hashing.AT_ONCE


@pytest.mark.once
def test_u2_a_hash_that_does_not_begin_in_time_is_given_up_and_leaves_its_place() -> None:
    turns, made = line(), []
    with held(turns, 2):
        for _again in range(5):
            with pytest.raises(ServerBusy):
                turns.make(made.append, 1)
    assert turns.make(made.append, 2) is None
    assert made == [2]


@pytest.mark.once
def test_u2_a_hash_that_has_begun_is_waited_for() -> None:
    turns = line(seconds=0.01)
    assert turns.make(lambda: time.sleep(0.1) or "made") == "made"


@pytest.mark.once
def test_u2_who_finds_no_place_does_not_wait_at_all() -> None:
    turns = line(seconds=30)
    with held(turns, 3):
        begun = time.monotonic()
        with pytest.raises(ServerBusy):
            turns.make(int)
        assert time.monotonic() - begun < 5


@pytest.mark.once
def test_u2_an_error_of_the_hash_is_told_and_leaves_its_place() -> None:
    turns = line()
    for _again in range(5):
        with pytest.raises(ZeroDivisionError):
            turns.make(lambda: 1 // 0)
    assert turns.make(int) == 0


@pytest.mark.once
def test_u2_threads_that_hash_give_way_to_pages() -> None:
    niceness = line().make(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    assert niceness == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)


@pytest.mark.once
def test_u2_a_copied_process_has_threads_of_its_own() -> None:
    assert hashing._in_turn().make(int) == 0
    child = os.fork()
    if not child:
        os._exit(hashing._in_turn().make(int, "7"))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.mark.once
def test_u2_the_hash_is_argon2_as_strong_as_django_makes_it(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["registry.accounts.hashing.PasswordHasher"]
    made = make_password(PASSWORD)
    ours = PasswordHasher().decode(made)
    theirs = Argon2PasswordHasher().decode(Argon2PasswordHasher().encode("a", "b" * 8))
    parameters = ("variety", "version", "memory_cost", "time_cost", "parallelism")
    assert [ours[name] for name in parameters] == [theirs[name] for name in parameters]
    assert (check_password(PASSWORD, made), check_password("другой пароль", made)) == (True, False)
    assert Argon2PasswordHasher().verify(PASSWORD, made)


@pytest.mark.once
def test_u2_an_address_has_two_places_and_another_one_has_its_own() -> None:
    with one_of("203.0.113.9"), one_of("203.0.113.9"):
        with pytest.raises(ServerBusy), one_of("203.0.113.9"):
            pass
        with one_of("198.51.100.7"):
            pass
    with one_of("203.0.113.9"), one_of("203.0.113.9"):
        pass
    assert not hashing._from


def tried(line: InTurn, count: int, made: list[int]) -> None:
    """Make a hash for an address with this many wrong passwords."""
    token = hashing._TRIED.set(count)
    try:
        line.make(made.append, count)
    finally:
        hashing._TRIED.reset(token)


@contextmanager
def waits(line: InTurn, count: int, made: list[int]) -> Iterator[Future[None]]:
    """Start a request that waits for its turn, for an address with this many wrong passwords."""
    before = line._asked
    with ThreadPoolExecutor(1) as people:
        asked = people.submit(tried, line, count, made)
        for _look in range(3000):
            if line._asked > before:
                break
            time.sleep(0.01)
        yield asked


@pytest.mark.once
def test_u2_of_those_who_wait_the_one_of_whose_address_less_was_tried_goes_first() -> None:
    turns, made = InTurn(5, at_once=1, seconds=30), list[int]()
    with ExitStack() as there:
        over = there.enter_context(held(turns, 1))
        for count in (3, 1, 2, 1):
            there.enter_context(waits(turns, count, made))
        over.set()
    assert made == [1, 1, 2, 3]


@pytest.mark.once
@pytest.mark.parametrize(("there", "here", "goes"), [(2, 1, True), (1, 1, False), (1, 2, False)])
def test_u2_where_no_place_is_left_the_address_with_less_tries_takes_it(there: int, here: int, goes: bool) -> None:
    turns, made = InTurn(PLACES, seconds=30), list[int]()
    with held(turns, 2) as over, waits(turns, there, made) as other:
        if goes:
            with waits(turns, here, made):
                with pytest.raises(ServerBusy):
                    other.result(timeout=10)
                over.set()
        else:
            with pytest.raises(ServerBusy):
                tried(turns, here, made)
            over.set()
            other.result(timeout=10)
    assert made == [here if goes else there]


@pytest.mark.once
def test_u2_wrong_passwords_alone_count_against_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_tried", hashing.Tried())
    for wrong in (True, False, True):
        with one_of("203.0.113.9") as attempt:
            attempt.wrong = wrong
    with pytest.raises(ServerBusy), one_of("203.0.113.9"):
        raise ServerBusy
    with one_of("203.0.113.9"):
        assert hashing._TRIED.get() == 2
    with one_of("198.51.100.7"):
        assert hashing._TRIED.get() == 0
    assert hashing._TRIED.get() == 0


@pytest.mark.once
def test_u2_tries_are_forgotten_after_ten_to_twenty_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000.0
    monkeypatch.setattr(hashing.time, "monotonic", lambda: now)
    counted = hashing.Tried()
    counted.add("a")
    for later, of_a in ((599, 1), (600, 1), (1_199, 1), (1_200, 0)):
        now = 1_000.0 + later
        assert counted.of("a") == of_a, later
    counted.add("a")
    now += 1_200
    assert counted.of("a") == 0


@pytest.mark.once
def test_u2_the_addresses_that_are_remembered_are_bounded() -> None:
    counted = hashing.Tried(most=3)
    for number in range(10):
        counted.add(f"{number}")
    assert len(counted._now) + len(counted._before) <= 6
    assert counted.of("9") == 1


@pytest.mark.django_db
def test_u2_behind_proxies_the_address_of_the_visitor_has_the_tries(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "_tried", hashing.Tried())
    settings.PROXY_COUNT = 1
    account = somebody()

    def sign_in(said: str, password: str) -> int:
        client = Client(REMOTE_ADDR="127.0.0.1")
        sent = {"username": account.login, "password": password}
        return client.post("/sign-in/", sent, headers={"X-Forwarded-For": said}).status_code

    # Addresses further to the left come from the visitor; a network of IPv6 counts as one address.
    assert [sign_in(said, "мимо") for said in ("9.9.9.9, 203.0.113.9", "2001:db8:1:2::7", "2001:db8:1:2::8")] == [
        200
    ] * 3
    assert sign_in("198.51.100.7", PASSWORD) == 302
    known = ("203.0.113.9", "9.9.9.9", "2001:db8:1:2::/64", "198.51.100.7", "127.0.0.1")
    assert [hashing._tried.of(one) for one in known] == [1, 0, 2, 0, 0]


@pytest.fixture
def argon2(settings: Any) -> None:
    """Use the password hasher of real installations."""
    settings.PASSWORD_HASHERS = ["registry.accounts.hashing.PasswordHasher"]


@contextmanager
def full() -> Iterator[None]:
    """Use a server that has no turn for any hash."""
    line = InTurn(1)
    line._made = 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_in_turn", lambda: line)
        yield


def somebody() -> Account:
    account = trees.officer(trees.below(trees.head("voi"), "regional", "Тульская РО")).account
    assert account is not None
    account.password = Argon2PasswordHasher().encode(PASSWORD, "b" * 8)
    account.save()
    return account


def held_by(answer: Any) -> tuple[int, str | None, bool]:
    return answer.status_code, answer.headers.get("Retry-After"), BUSY in answer.content.decode()


@pytest.mark.django_db
def test_u2_a_sign_in_without_a_turn_keeps_the_login_and_counts_for_nothing(argon2: None) -> None:
    account = somebody()
    client = Client(REMOTE_ADDR="203.0.113.9")
    for login in (account.login, "nobody.at.all"):
        with full():
            answer = client.post("/sign-in/", {"username": login, "password": PASSWORD, "next": "/jobs/"})
        assert held_by(answer) == (503, "5", True)
        assert f'value="{login}"' in answer.content.decode()
        assert 'value="/jobs/"' in answer.content.decode()
        assert PASSWORD not in answer.content.decode()
    assert sessions.failed_from("203.0.113.9") == 0
    assert not Event.objects.filter(action="session.refused").exists()


@pytest.mark.django_db
def test_u2_a_third_sign_in_of_one_address_has_no_turn_while_two_are_looked_at() -> None:
    account = somebody()
    sent = {"username": account.login, "password": PASSWORD}
    with one_of("203.0.113.9"), one_of("203.0.113.9"):
        assert held_by(Client(REMOTE_ADDR="203.0.113.9").post("/sign-in/", sent)) == (503, "5", True)
        assert Client(REMOTE_ADDR="198.51.100.7").post("/sign-in/", sent).status_code == 302
    assert Client(REMOTE_ADDR="203.0.113.9").post("/sign-in/", sent).status_code == 302


@pytest.mark.django_db
def test_u2_a_closed_address_is_refused_before_any_hash(argon2: None) -> None:
    for _again in range(50):
        sessions.note_failed_from("203.0.113.9")
    with full():
        answer = Client(REMOTE_ADDR="203.0.113.9").post("/sign-in/", {"username": "a", "password": PASSWORD})
    assert answer.status_code == 429


@pytest.mark.django_db
def test_u2_pages_with_the_present_password_say_that_there_is_no_turn_and_count_no_guess(argon2: None) -> None:
    account = somebody()
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    new = {"password": "верный конь батарея", "again": "верный конь батарея"}
    with full():
        assert held_by(client.post("/my/password/", new | {"present": PASSWORD})) == (503, "5", True)
    account.must_change_password = True
    account.save()
    with full():
        assert held_by(client.post("/first-password/", new)) == (503, "5", True)
    assert sessions.proofs(account) == 0


@pytest.mark.django_db
def test_u2_a_dangerous_act_without_a_turn_is_asked_again_with_its_fields(argon2: None) -> None:
    account = somebody()
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    other = trees.officer(trees.below(account.home, "local", "Заречная МО")).account
    assert other is not None
    session = client.session
    del session[PROVEN_KEY]
    session.save()
    sent = {"again-for": "post", "again-password": PASSWORD, "reason": "Долго не отвечает"}
    with full():
        answer = client.post(f"/accounts/{other.pk}/reissue/", sent)
    assert held_by(answer) == (503, "5", True)
    assert "Долго не отвечает" in answer.content.decode()
    assert sessions.proofs(account) == 0


@pytest.mark.django_db
def test_u2_an_act_that_makes_a_password_is_answered_with_a_page_that_says_what_to_do(
    argon2: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.middleware.ask_again", lambda *_asked: None)
    account = somebody()
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    below = trees.officer(trees.below(account.home, "local", "Заречная МО")).account
    assert below is not None
    with full():
        answer = client.post(f"/accounts/{below.pk}/reissue/", {"seen": ""})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
    assert "проверяет и создаёт много паролей" in answer.content.decode()
    below.refresh_from_db()
    assert below.password_given_at is None


@pytest.mark.django_db
def test_u2_a_password_that_was_changed_meanwhile_is_compared_again() -> None:
    account = somebody()
    stale = Account.objects.get(pk=account.pk)
    account.set_password("верный конь батарея")
    account.save()
    with refused("U-2", field="password"):
        accounts.change_own_password(password="верный конь батарея", by=Actor.of(stale))
