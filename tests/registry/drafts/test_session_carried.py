"""Input in a form whose session has ended is returned to its owner only, and is stored nowhere (U-2)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Account
from registry.drafts.models import Draft
from registry.drafts.tokens import ticket
from registry.drafts.transitions import save_draft
from tests.members import places

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FORM = "/members/add/"
PASSWORD = "correct horse battery"
TYPED = {"surname": "Заметная", "given_name": "Анна", "helps": ["a", "b"]}


@pytest.fixture
def place() -> places.Place:
    return places.union()


@pytest.fixture
def chair(place: places.Place) -> Actor:
    return place.chair


@pytest.fixture
def drafts_form(chair: Actor) -> dict[str, str]:
    """Return the hidden field of the form that identifies the owner's draft."""
    client = Client()
    client.force_login(chair.account, "django.contrib.auth.backends.ModelBackend")
    found = re.search(r'name="draft_of" value="([^"]+)"', client.get(FORM).content.decode())
    assert found
    return {"draft_of": found[1]}


def carried(answer: object) -> dict[str, str]:
    """Return the hidden fields with which the sign-in page passes on the input."""
    page = answer.content.decode()  # type: ignore[attr-defined]
    return {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("next", "carried")}  # type: ignore[index]


def sign_in(client: Client, account: Account | None, brought: dict[str, str], password: str = PASSWORD) -> object:
    login = account.login if account else ""
    return client.post(reverse("login"), {"username": login, "password": password, **brought})


def test_u_2_input_sent_after_the_session_ended_is_in_the_form_after_signing_in(
    chair: Actor, drafts_form: dict[str, str]
) -> None:
    save_draft(chair.account, "members-add-1", {"surname": ["Прежняя"]})  # type: ignore[arg-type]
    client = Client()
    answer = client.post(FORM, {**TYPED, **drafts_form, "csrfmiddlewaretoken": "x"})
    assert (answer.status_code, answer["Cache-Control"]) == (401, "no-store, private")
    # The server stores nothing of it, and the page does not show it.
    assert (Draft.objects.count(), "Заметная" in answer.content.decode()) == (1, False)
    brought = carried(answer)
    assert brought["next"] == FORM
    wrong = sign_in(client, chair.account, brought, "wrong")
    assert carried(wrong) == brought
    right = sign_in(client, chair.account, carried(wrong))
    assert right.url == FORM  # type: ignore[attr-defined]
    key = f"members-add-{chair.organization.pk}"  # type: ignore[union-attr]
    kept = Draft.objects.get(account=chair.account, key=key)
    assert kept.values == {name: given if isinstance(given, list) else [given] for name, given in TYPED.items()}
    page = client.get(FORM).content.decode()
    assert ("Введённое снова стоит в форме" in page, 'value="Заметная"' in page) == (True, True)


def test_n_h1_another_account_does_not_get_the_input(place: places.Place, drafts_form: dict[str, str]) -> None:
    other = place.region_chair
    client = Client()
    brought = carried(client.post(FORM, {**TYPED, **drafts_form}))
    sign_in(client, other.account, brought)
    assert client.session["_auth_user_id"] == str(other.account.pk)  # type: ignore[union-attr]
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("word", ["", "x", "x:y:z", "alien"])
def test_u_2_a_form_without_a_valid_ticket_leads_to_signing_in(chair: Actor, word: str) -> None:
    given = ticket(chair.account, "members-add-1")[:-2] + "xx" if word == "alien" else word  # type: ignore[arg-type]
    answer = Client().post(FORM, {**TYPED, "draft_of": given}, headers={"referer": f"http://testserver{FORM}"})
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"{reverse('login')}?next={FORM}")
    page = Client().post(reverse("login"), {"username": "x", "password": "y", "carried": "strange"})
    assert (page.status_code, "carried" in page.content.decode()) == (200, False)


def test_u_2_a_form_without_its_cookie_is_refused_and_the_input_is_carried(
    chair: Actor, drafts_form: dict[str, str]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(chair.account, "django.contrib.auth.backends.ModelBackend")
    answer = client.post(FORM, {**TYPED, **drafts_form})
    # Still signed in: a button leads back, and nothing is done before it is pressed.
    assert (answer.status_code, 'name="password"' in answer.content.decode(), Draft.objects.count()) == (401, False, 0)
    token = client.cookies["csrftoken"].value
    back = client.post(reverse("login"), {**carried(answer), "csrfmiddlewaretoken": token})
    assert (back.url, Draft.objects.get().values["surname"]) == (FORM, ["Заметная"])  # type: ignore[attr-defined]


def test_u_2_carried_input_expires_after_a_day(
    chair: Actor, drafts_form: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    brought = carried(client.post(FORM, {**TYPED, **drafts_form}))
    later = (timezone.now() + dt.timedelta(days=1, minutes=1)).timestamp()
    with monkeypatch.context() as patch:
        patch.setattr("cryptography.fernet.time.time", lambda: later)
        sign_in(client, chair.account, brought)
    assert Draft.objects.count() == 0
