"""Every form is sent invalid input: nothing fails, nothing is revealed, the input is kept.

Run by `test_url_scope`, which uses the same world: creating it takes as long as a thousand requests.
"""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.urls import reverse

from members.admission.models import Application
from members.meetings.models import AgendaItem
from members.people.models import Member
from registry.access import Actor
from registry.accounts.models import Account
from registry.files.models import StoredFile
from registry.organizations.models import BodySeat, GoverningBody, Organization

from .cast import OWNER, PLANTED, Cast, body, picture
from .routes import ROUTES, Route

SCRIPT = "<script>alert(1)</script>"
HUGE = "9" * 30
#: Texts sent in every field of a form at once, by name.
TEXTS = {
    "nul": f"{SCRIPT}\x00Иван",
    "long": SCRIPT + "Я" * 10_000,
    "huge": HUGE,
    "more digits than a number has": "9" * 5_000,
    "the first day": "01.01.0001",
    "the last day": "31.12.9999",
}
DAYS = {"the first day", "the last day"}
#: Forms that end the session or change something other than the form's records.
APART = {"logout", "login"}
FORMS = {name: route for name, route in ROUTES.items() if route.post[0] in "23" and name not in APART}


class Fields(HTMLParser):
    """Names of the fields that a page offers; fields with ids are listed separately."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.ids: dict[str, list[str]] = {}
        self.files: set[str] = set()
        #: Whether the form has a field for a date.
        self.day = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, kind = found.get("name"), found.get("type") or "text"
        if (
            not name
            or name in {"csrfmiddlewaretoken", "next", "language", "username"}
            or tag not in {"input", "select", "textarea"}
        ):
            return
        self.day |= (found.get("data-mask") or "").startswith("date")
        if kind == "file":
            self.files.add(name)
        elif (
            tag == "select"
            or kind in {"checkbox", "radio"}
            or (kind == "hidden" and (found.get("value") or "").isdigit())
        ):
            self.ids.setdefault(name, []).append(found.get("value") or "")
        elif kind not in {"hidden", "submit", "button", "password", "search"}:
            self.texts[name] = found.get("value") or ""


@cache
def fields(cast: Cast, name: str) -> Fields:
    """Return the fields that the owner's page offers."""
    found, page = Fields(), cast.looked(name)
    if page.status == 200 and page.is_page:
        found.feed(body_of_main(page.text))
    return found


def body_of_main(text: str) -> str:
    """Return the page without its header, because the forms there belong to other addresses."""
    return text.partition("<main")[2] or text


def post(cast: Cast, name: str, route: Route, data: dict[str, Any]) -> tuple[int, str]:
    """Send the owner's POST, roll back its changes and return status and text."""
    point = transaction.savepoint()
    answer = cast.client(route.owner, OWNER).post(reverse(name, args=cast.values(route.rows)), data)
    text = body(answer)
    stored = Member.objects.filter(surname__contains="\x00").exists() if "\x00" in str(data) else False
    transaction.savepoint_rollback(point)
    assert not stored
    return answer.status_code, text


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_no_form_fails_or_echoes_markup_whatever_is_typed(cast: Cast, name: str) -> None:
    route = FORMS[name]
    offered = fields(cast, name)
    wrong = {}
    # A form without fields gives the same response however often it is sent.
    texts = TEXTS if offered.texts or offered.ids else {"markup": SCRIPT}
    if not offered.day:
        # Without a date field, these values are just short texts.
        texts = {kind: text for kind, text in texts.items() if kind not in DAYS}
    if connection.vendor != "sqlite":
        # The response to long texts does not depend on the database; NUL, large numbers and dates do.
        texts = {kind: text for kind, text in texts.items() if kind in {"nul", "huge", "the last day"}}
    for kind, text in texts.items():
        data: dict[str, Any] = dict.fromkeys([*offered.texts, *offered.ids], text) or {"q": text, "ids": text}
        status, answer = post(cast, name, route, data)
        if status >= 500 or SCRIPT in answer:
            wrong[kind] = status
    assert wrong == {}


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.usefixtures("not_laid_out")
@pytest.mark.parametrize("name", [name for name, route in FORMS.items() if route.get.startswith("200")])
def test_a_refused_form_keeps_the_input(cast: Cast, name: str) -> None:
    route = FORMS[name]
    offered = fields(cast, name)
    typed = {field: f"слово{number}" for number, field in enumerate(offered.texts)}
    status, answer = post(cast, name, route, {**offered.ids, **typed})
    if status != 200 or not typed or not re.search(r"aria-invalid|class=\"[^\"]*error", answer):
        return
    kept = {field for field, word in typed.items() if word in answer}
    assert set(typed) - kept == set()


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.usefixtures("not_laid_out")
@pytest.mark.parametrize("name", FORMS)
def test_n_h1_ids_of_another_federation_are_refused_in_every_field(cast: Cast, name: str) -> None:
    route = FORMS[name]
    offered, rows = fields(cast, name), cast.world.rows
    ours = route.owner.startswith("voi")
    foreign = rows["teacher"] if ours else rows["member"]
    secrets = PLANTED["union" if ours else "voi"]
    names = set(offered.ids) | {"ids", "selected", "member", "organization", "cell", "target", "account"}
    ids = [foreign.photo_id or StoredFile.objects.latest("created_at").pk, foreign.organization_id, foreign.pk]
    # Fields that the page does not offer get all values at once: a view takes all of them, or the last one.
    for chosen in [[pk] for pk in ids] if offered.ids else [ids]:
        before = Member.objects.values_list("version", "organization", "unit").get(pk=foreign.pk)
        point = transaction.savepoint()
        client = cast.client(route.owner, OWNER)
        answer = client.post(reverse(name, args=cast.values(route.rows)), dict.fromkeys(names, chosen))
        text = body(answer)
        after = Member.objects.values_list("version", "organization", "unit").get(pk=foreign.pk)
        transaction.savepoint_rollback(point)
        assert answer.status_code < 500
        assert before == after
        assert [secret for secret in secrets if secret in text] == []


OF_FEDERATION: dict[type[Model], str] = {
    Account: "home__federation",
    BodySeat: "body__organization__federation",
    Organization: "federation",
}


#: Forms in which the user selects some of their own records.
CHOOSING = (
    "meetings:agenda", "meetings:attendance", "meetings:plan", "documents:mark_many", "members:assign_cell",
    "organizations:seat_add",
)  # fmt: skip


@cache
def neighbours(cast: Cast, owner: str) -> dict[type[Model], Any]:
    """Return a record of each kind that the owner cannot see but that belongs to the same federation."""
    account = cast.accounts[owner, OWNER]
    assert account is not None
    actor = Actor(account=account, appointment=account.appointments.current().first())
    found = {}
    for model in (Member, Application, AgendaItem, GoverningBody, BodySeat, Account, Organization):
        rows, path = model._default_manager.all(), OF_FEDERATION.get(model, "organization__federation")  # type: ignore[attr-defined]
        seen = rows.visible_to(actor).values("pk") if hasattr(rows, "visible_to") else []
        hidden = rows.filter(**{path: account.home.federation_id}).exclude(pk__in=seen).order_by("-pk").first()
        if hidden is not None:
            found[model] = hidden.pk
    return found


def standing(rows: dict[type[Model], Any]) -> dict[str, Any]:
    """Return the values of the records, and the number of other records that refer to each."""
    told: dict[str, Any] = {}
    for model, pk in rows.items():
        told[model.__name__] = model._default_manager.filter(pk=pk).values().first()
        # Others may refer to an organisation: as a person's former organisation, or as the one they want to join.
        for link in model._meta.related_objects if model is not Organization else ():
            if not link.many_to_many:
                named = link.related_model._default_manager.filter(**{link.field.name: pk})
                told[f"{model.__name__}.{link.name}"] = named.count()
    return told


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("name", CHOOSING)
def test_n_h1_ids_of_a_neighbour_are_refused_in_every_field(cast: Cast, name: str) -> None:
    """The owner's own form is valid except for one field at a time."""
    route = FORMS[name]
    offered = fields(cast, name)
    rows = neighbours(cast, route.owner)
    names = {field for field, values in offered.ids.items() if any(map(str.isdigit, values))} - {"version"} or {"ids"}
    right = {**offered.texts, **{field: values[-1] for field, values in offered.ids.items()}}
    point = transaction.savepoint()
    Member.objects.filter(pk=rows.get(Member)).update(surname="Чужеродова")
    Account.objects.filter(pk=rows.get(Account)).update(surname="Чужеродова")
    before = standing(rows)
    for field in names:
        inner = transaction.savepoint()
        for pk in {str(pk) for pk in rows.values()}:
            client = cast.client(route.owner, OWNER)
            answer = client.post(reverse(name, args=cast.values(route.rows)) + route.query, {**right, field: pk})
            assert (field, pk, answer.status_code < 500, "чужеродова" in body(answer)) == (field, pk, True, False)
        assert standing(rows) == before
        transaction.savepoint_rollback(inner)
    transaction.savepoint_rollback(point)


@cache
def bomb() -> bytes:
    """Return a workbook whose only sheet unpacks to 200 megabytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    return data.getvalue()


def macro() -> bytes:
    """Return a workbook that contains a program."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return data.getvalue()


#: An OLE container, the format of protected workbooks.
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1528
FILES = {
    "bomb": ("list.xlsx", bomb),
    "macro": ("list.xlsm", macro),
    "protected": ("list.xlsx", lambda: LOCKED),
    "no picture": ("photo.jpg", lambda: b"GIF89a<script>alert(1)</script>"),
    "cut picture": ("photo.png", lambda: picture()[:60]),
    "empty": ("scan.pdf", lambda: b""),
    "not a paper": ("scan.pdf", lambda: b"%PDF-1.4 nothing"),
}
UPLOADS = {
    "members:change_photo": "photo", "imports:upload": "file", "applications:attach": "file",
    "applications:attach_to_member": "file", "documents:add_scan": "scan", "documents:mark_consent": "scan",
    "organizations:load_list": "file",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("name", UPLOADS)
def test_a_disguised_file_is_refused_and_not_stored(cast: Cast, name: str, kind: str) -> None:
    route = FORMS[name]
    offered = fields(cast, name)
    assert UPLOADS[name] in offered.files
    title, make = FILES[kind]
    if name == "imports:upload" and kind == "no picture":
        return  # a text of letters only is read as a list with one column
    before = StoredFile.objects.count()
    point = transaction.savepoint()
    answer = cast.client(route.owner, OWNER).post(
        reverse(name, args=cast.values(route.rows)), {UPLOADS[name]: SimpleUploadedFile(title, make())}
    )
    text, after = body(answer), StoredFile.objects.count()
    transaction.savepoint_rollback(point)
    assert (answer.status_code, after, "<script>alert" in text) == (200, before, False)
    assert re.search(r"error|aria-invalid", text)


@pytest.mark.once
@pytest.mark.django_db
def test_v_c5_posts_from_foreign_pages_are_refused(cast: Cast) -> None:
    """Every changing request needs the CSRF token of our own page, even from an officer with all rights."""
    taken = {}
    for name, route in ROUTES.items():
        if route.post.startswith("405"):
            continue
        client = cast.client(route.owner, OWNER)
        client.handler.enforce_csrf_checks = True  # type: ignore[attr-defined]
        answer = client.post(reverse(name, args=cast.values(route.rows)))
        if answer.status_code != 403:
            taken[name] = answer.status_code
    assert taken == {}
