"""Drafts of forms are saved during typing, visible to their owner only, and deleted in time."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast, Length
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Account
from registry.drafts import transitions, views
from registry.drafts.models import Draft, DraftQuerySet
from registry.drafts.tokens import named_by, ticket
from registry.drafts.transitions import MAX_DRAFTS, delete_draft, save_draft, sweep_drafts
from registry.drafts.views import MAX_BYTES, MAX_LENGTH, DraftValues, draft_for, fill_from_draft
from registry.enums import Role
from registry.widgets import DateField
from tests.clock import at, moment
from tests.registry import trees
from tests.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
URL = "/drafts/member-new/"


@pytest.fixture
@world
def chair() -> Actor:
    return trees.officer(trees.below(trees.head()))


@pytest.fixture
def client(chair: Actor) -> Client:
    client = Client()
    client.force_login(chair.account, "django.contrib.auth.backends.ModelBackend")
    return client


def typed(client: Client, values: dict[str, Any], key: str = "member-new") -> Any:
    """Save the draft as the form's page does, with the ticket from the page."""
    owner = Account.objects.get(pk=client.session["_auth_user_id"])
    return client.post(reverse("draft", args=[key]), {**values, "draft_of": ticket(owner, key)})


def drafted(account: Account | None, key: str = "member-new") -> DraftValues | None:
    request = RequestFactory().get("/")
    request.actor = Actor(account=account, appointment=None)  # type: ignore[attr-defined]
    return draft_for(request, key)


def test_a_draft_is_saved_and_restored_unchanged(client: Client, chair: Actor) -> None:
    answer = typed(
        client, {"surname": "Орлова", "needs": ["housing", "work"], "csrfmiddlewaretoken": "x", "password": "тайна"}
    )
    kept = Draft.objects.get()
    assert answer.json() == {"saved_at": f"{timezone.localtime(kept.saved_at):%H:%M}"}
    values = drafted(chair.account)
    assert values is not None
    assert dict(values.lists()) == {"surname": ["Орлова"], "needs": ["housing", "work"]}
    assert (values.key, values.saved_at) == ("member-new", kept.saved_at)


def test_a_draft_is_encrypted_at_rest(client: Client) -> None:
    typed(client, {"surname": "Орлова-Заметная"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_draft")
        (row,) = cursor.fetchall()
    assert "Заметная" not in str(row)


def test_a_later_draft_replaces_the_earlier_one(client: Client, chair: Actor) -> None:
    typed(client, {"surname": "Орлова", "city": "Тула"})
    typed(client, {"surname": "Орлов"})
    assert Draft.objects.count() == 1
    assert dict(drafted(chair.account).lists()) == {"surname": ["Орлов"]}


def test_n_h1_a_draft_is_its_owner_s_alone(client: Client, chair: Actor) -> None:
    typed(client, {"surname": "Орлова"})
    superior = trees.officer(chair.organization.parent)
    other = Client()
    other.force_login(superior.account, "django.contrib.auth.backends.ModelBackend")
    assert drafted(superior.account) is None
    assert drafted(None) is None
    other.delete(URL)
    other.post(reverse("draft-discard", args=["member-new"]))
    assert Draft.objects.count() == 1


def test_a_draft_is_discarded_with_and_without_scripts(client: Client) -> None:
    typed(client, {"surname": "Орлова"})
    assert client.delete(URL).status_code == 204
    typed(client, {"surname": "Орлова"})
    answer = client.post(reverse("draft-discard", args=["member-new"]), {"next": "/my/"})
    assert (answer.url, Draft.objects.count()) == ("/my/", 0)
    assert client.delete(URL).status_code == 204


def test_looking_changes_nothing(client: Client) -> None:
    assert client.get(URL).status_code == 405
    assert client.get(reverse("draft-discard", args=["member-new"])).status_code == 405
    assert Draft.objects.count() == 0


def test_anonymous_visitors_have_no_drafts() -> None:
    assert Client().post(URL, {"surname": "x"}).status_code == 302
    assert Draft.objects.count() == 0


def test_a_form_that_is_too_long_is_refused_and_the_earlier_draft_stays(client: Client, chair: Actor) -> None:
    typed(client, {"surname": "Орлова"})
    answer = typed(client, {"surname": "ы" * MAX_LENGTH})
    assert (answer.status_code, list(answer.json())) == (413, ["error"])
    assert dict(drafted(chair.account).lists()) == {"surname": ["Орлова"]}


def test_more_bytes_than_a_draft_can_have_are_refused_before_the_form_is_read(
    client: Client, chair: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(client, {"surname": "Орлова"})
    begun = urlencode({"draft_of": ticket(chair.account, "member-new"), "surname": ""})
    whole = begun + "x" * (MAX_BYTES - len(begun))
    read: list[int] = []
    monkeypatch.setattr(QueryDict, "__init__", _counted(read))
    answer = client.post(URL, whole + "x", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, list(answer.json())) == (413, ["error"])
    assert max(read, default=0) == 0
    assert client.post(URL, whole, content_type="application/x-www-form-urlencoded").status_code == 413
    assert max(read) == MAX_BYTES
    monkeypatch.undo()
    assert dict(drafted(chair.account).lists()) == {"surname": ["Орлова"]}


def _counted(read: list[int]) -> Any:
    made = QueryDict.__init__

    def init(self: QueryDict, text: Any = None, *args: Any, **kwargs: Any) -> None:
        read.append(len(text or ""))
        made(self, text, *args, **kwargs)

    return init


def test_the_same_draft_again_is_only_newer(chair: Actor) -> None:
    assert chair.account is not None
    stored = Draft.objects.annotate(stored=Cast("values", TextField())).values_list("stored", "saved_at")
    with at("2040-02-20T10:00"):
        save_draft(chair.account, "member-new", {"surname": ["Орлова"]})
        before, _saved_at = stored.get()
    with at("2040-02-20T10:05"), CaptureQueriesContext(connection) as asked:
        save_draft(chair.account, "member-new", {"surname": ["Орлова"]})
    assert stored.get() == (before, moment("2040-02-20T10:05"))
    assert [one["sql"].split()[0] for one in asked.captured_queries] == ["SELECT", "UPDATE"]
    save_draft(chair.account, "member-new", {"surname": ["Ольхина"]})
    assert Draft.objects.get().values == {"surname": ["Ольхина"]}


def test_a_form_of_more_than_a_megabyte_is_not_read(client: Client) -> None:
    answer = client.post("/my/", "a=" + "x" * 999_999, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, "форма длиннее" in answer.content.decode()) == (400, True)
    answer = client.post("/my/", "a=" + "x" * 999_998, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302


def test_the_same_draft_that_was_discarded_meanwhile_is_stored_again(
    chair: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chair.account is not None
    save_draft(chair.account, "member-new", {"a": ["b"]})
    first = DraftQuerySet.first

    def meanwhile(self: DraftQuerySet) -> Draft | None:
        found = first(self)
        Draft.objects.all().delete()
        return found

    monkeypatch.setattr(DraftQuerySet, "first", meanwhile)
    save_draft(chair.account, "member-new", {"a": ["b"]})
    assert [draft.values for draft in Draft.objects.all()] == [{"a": ["b"]}]


def test_unusual_characters_are_kept(client: Client, chair: Actor) -> None:
    body = f"draft_of={ticket(chair.account, 'member-new')}&sur\0name=%D0%9E%00%D1%80&note=%ED%A0%80%0D%0Aline&empty="
    assert client.post(URL, body, content_type="application/x-www-form-urlencoded").status_code == 200
    values = drafted(chair.account)
    assert values["surname"] == "Ор"
    assert values["note"].endswith("\r\nline")
    assert values["empty"] == ""


@pytest.mark.parametrize("key", ["", "Member", "1", "a b", "../x", "x" * 81, "a-" * 20, "<b>", "ключ"])
def test_an_unknown_key_has_no_address(client: Client, key: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("draft", args=[key])
    assert client.post(f"/drafts/{key}/", {"a": "b"}).status_code == 404


@pytest.mark.parametrize("key", ["member-new", "member-12", "passport-7-inpo", "account-new", "organization-add"])
def test_keys_of_our_forms_have_addresses(client: Client, key: str) -> None:
    assert typed(client, {"a": "b"}, key).status_code == 200


def test_n_s2_only_a_form_that_was_shown_saves_its_draft(client: Client, chair: Actor) -> None:
    own, other = ticket(chair.account, "member-1"), ticket(trees.account(chair.organization), "member-new")
    for given in ({}, {"draft_of": own}, {"draft_of": other}, {"draft_of": f"{own}x"}, {"draft_of": "x"}):
        answer = client.post(URL, {"surname": "Орлова", **given})
        assert (answer.status_code, list(answer.json())) == (403, ["error"])
    assert Draft.objects.count() == 0
    with at(timezone.now() + dt.timedelta(days=30, seconds=1)):
        assert named_by(own) is None
    assert named_by(own) == (chair.account.pk, "member-1")


def test_n_s2_twenty_drafts_are_taken_in_ten_seconds_and_the_rest_is_told_when_to_come_again(
    client: Client, chair: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (20, dt.timedelta(seconds=10)) == (views.MAX_IN_SPAN, views.SPAN)
    monkeypatch.setattr(views, "MAX_IN_SPAN", 3)
    day = dt.datetime(2040, 2, 15, 12, 0, 1, tzinfo=dt.UTC)
    with at(day, tick=False):
        client.force_login(chair.account, "django.contrib.auth.backends.ModelBackend")
        assert [typed(client, {"a": str(number)}).status_code for number in range(4)] == [200, 200, 200, 429]
        with CaptureQueriesContext(connection) as queries:
            late = typed(client, {"a": "b"})
        assert (list(late.json()), late["Retry-After"]) == (["error"], "9")
        written = [one["sql"] for one in queries if one["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]
        assert [sql for sql in written if "visitcount" in sql or "draft" in sql] == []
        # Forms without a ticket count too.
        assert client.post(URL, {"surname": "Орлова"}).status_code == 429
    with at(day + dt.timedelta(seconds=8, microseconds=999_999), tick=False):
        assert (typed(client, {"a": "b"})["Retry-After"], Draft.objects.count()) == ("1", 1)
    with at(day + dt.timedelta(seconds=9), tick=False):
        assert typed(client, {"a": "b"}).status_code == 200


def test_n_s2_all_drafts_of_an_account_have_a_size(chair: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    save_draft(chair.account, "member-0", {"a": ["b" * 1000]})
    (size,) = Draft.objects.values_list(Length("values"), flat=True)
    for most, kept in ((3 * size, [1, 2, 3]), (3 * size - 1, [2, 3])):
        monkeypatch.setattr(transitions, "MAX_STORED", most)
        Draft.objects.all().delete()
        for number in range(4):
            save_draft(chair.account, f"member-{number}", {"a": ["b" * 1000]})
        assert [row.key for row in Draft.objects.order_by("saved_at")] == [f"member-{number}" for number in kept]


def test_the_newest_draft_replaces_the_oldest_one(chair: Actor) -> None:
    other = trees.account(chair.organization)
    save_draft(other, "member-1", {"a": ["b"]})
    for number in range(MAX_DRAFTS + 2):
        save_draft(chair.account, f"member-{number}", {"a": ["b"]})
    save_draft(other, "member-2", {"a": ["b"]})
    # Drafts of other people, older or newer, are neither counted nor deleted.
    assert [Draft.objects.filter(account=account).count() for account in (chair.account, other)] == [MAX_DRAFTS, 2]
    assert (drafted(chair.account, "member-1"), drafted(chair.account, "member-2") is None) == (None, False)


def test_drafts_are_deleted_after_a_month(chair: Actor) -> None:
    save_draft(chair.account, "member-1", {"a": ["b"]})
    save_draft(chair.account, "member-2", {"a": ["b"]})
    Draft.objects.filter(key="member-1").update(saved_at=timezone.now() - dt.timedelta(days=31))
    assert drafted(chair.account, "member-1") is None
    assert sweep_drafts() == 1
    assert list(Draft.objects.values_list("key", flat=True)) == ["member-2"]


def test_saving_a_form_deletes_its_draft(chair: Actor) -> None:
    save_draft(chair.account, "member-1", {"a": ["b"]})
    delete_draft(chair.account, "member-1")
    delete_draft(chair.account, "member-1")
    delete_draft(None, "member-1")
    assert Draft.objects.count() == 0


class Sample(forms.Form):
    name = forms.CharField(initial="as it was")
    born = DateField()
    agreed = forms.BooleanField(required=False, initial=True)
    many = forms.MultipleChoiceField(choices=[("a", "a"), ("b", "b")], widget=forms.CheckboxSelectMultiple)
    other = forms.CharField(initial="untouched")


def test_a_draft_fills_a_form_without_errors(chair: Actor) -> None:
    save_draft(chair.account, "member-1", {"name": [""], "born": ["31.02."], "many": ["b"]})
    form = Sample()
    fill_from_draft(form, drafted(chair.account, "member-1"))
    page = str(form)
    assert form.errors == {}
    assert [form[name].value() for name in ("name", "born", "agreed", "many", "other")] == [
        "", "31.02.", False, ["b"], "untouched",
    ]  # fmt: skip
    assert 'value="31.02."' in page
    fill_from_draft(form, None)
    assert form["name"].value() == ""


def test_the_form_of_a_new_account_shows_its_draft_and_deletes_it_when_saved(chair: Actor) -> None:
    superior = trees.officer(chair.organization.parent)
    client = Client()
    client.force_login(superior.account, "django.contrib.auth.backends.ModelBackend")
    url = f"{reverse('accounts:add')}?organization={chair.organization.pk}"
    values = {"surname": "Черновикова", "given_name": "Анна", "role": Role.REGISTRAR}
    typed(client, values, "account-new")
    page = client.get(url).content.decode()
    assert 'value="Черновикова"' in page
    assert "Это ваш черновик" in page
    assert client.post(url, {**values, "starts_on": f"{timezone.localdate():%d.%m.%Y}"}).status_code == 200
    assert Draft.objects.count() == 0
