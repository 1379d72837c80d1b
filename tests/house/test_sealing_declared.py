"""Every model that refers to a person declares the effect of sealing and destroying on it (V-B10, V-B14)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from documents.printing.transitions import record_prints
from members.book.models import BookLine, Registration
from members.movement.contents import CONTENT, OTHER_PLACES, Content, Erased, Sealed, kept_models, keyed
from members.movement.transitions import erasing
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from members.people.transitions import destroying
from members.people.transitions.marks import add_mark
from registry.enums import DataClass
from registry.fields import EncryptedTextField
from tests.members import places

from .cast import picture


def test_v_b14_every_model_with_a_key_to_a_member_is_declared_once() -> None:
    assert sorted(CONTENT) == sorted(model._meta.label for model in keyed())
    assert sorted(label for label in OTHER_PLACES if label in CONTENT or not apps.is_installed(_app(label))) == []
    assert [apps.get_model(label)._meta.label for label in OTHER_PLACES] == list(OTHER_PLACES)


def _app(label: str) -> str:
    return apps.get_app_config(label.partition(".")[0]).name


def test_v_b14_destroying_keeps_what_is_declared_and_nothing_else() -> None:
    kept = {label for label, content in CONTENT.items() if content.erased is Erased.DETACHED}
    assert {model._meta.label for model in destroying.KEPT} == kept == {model._meta.label for model in kept_models()}


def test_v_b14_fields_that_are_blanked_exist_and_only_kept_rows_have_them() -> None:
    wrong = [
        f"{label}.{name}"
        for label, content in CONTENT.items()
        for name in content.blanked
        if content.erased is not Erased.DETACHED or not apps.get_model(label)._meta.get_field(name)
    ]
    assert wrong == []


def test_v_b14_what_is_encrypted_belongs_to_a_declared_model() -> None:
    """Data of a special class are never stored in a model that is not sealed."""
    holders = {
        getattr(model, "instance_type", model)._meta.label
        for model in apps.get_models()
        if any(isinstance(field, EncryptedTextField) for field in model._meta.fields)
    }
    assert holders - set(CONTENT) - set(OTHER_PLACES) == set()


@pytest.fixture
def gone(db: None) -> tuple[places.Place, Member, dict[str, int]]:
    """Return a place, a deregistered member with rows in many tables, and the rows that the chair saw before."""
    place = places.voi()
    member = place.put()
    add_mark(
        member.pk, kind="trip", text="Командировка", on=timezone.localdate() - dt.timedelta(days=9), by=place.chair
    )
    mark_signed(member.pk, signed_on=timezone.localdate(), scan=picture(), by_hand=True, by=place.chair)
    record_prints("member_card", [member.pk], data_classes=[DataClass.GENERAL], by=place.chair)
    seen = {label: count(label, member, place) for label in CONTENT if scoped(label)}
    deregister(member.pk, reason="death", on=timezone.localdate(), paper="Свидетельство", by=place.chair)
    return place, member, seen


def scoped(label: str) -> bool:
    """Return whether the model has its own scope and refers to the member directly."""
    model = apps.get_model(label)
    named = {field.name for field in model._meta.fields}
    return hasattr(model._default_manager, "visible_to") and ("member" in named or model is Member)


def count(label: str, member: Member, place: places.Place) -> int:
    """Return the number of rows about the member that the chair can see."""
    model: Any = apps.get_model(label)
    return model.objects.visible_to(place.chair).filter(**{"pk" if model is Member else "member": member.pk}).count()


def test_v_b10_what_is_declared_closed_is_read_by_nobody_of_the_old_organisation(
    gone: tuple[places.Place, Member, dict[str, int]],
) -> None:
    place, member, seen = gone
    closed = [label for label, content in CONTENT.items() if scoped(label) and content.sealed is Sealed.CLOSED]
    assert {label: count(label, member, place) for label in closed} == dict.fromkeys(closed, 0)
    assert {label for label, number in seen.items() if number} >= {
        "members.Member", "members.CardMark", "documents.Consent", "members.Registration", "documents.PrintRecord",
    }  # fmt: skip


def test_v_b10_the_line_of_the_book_stays_with_the_organisation(
    gone: tuple[places.Place, Member, dict[str, int]],
) -> None:
    place, member, _seen = gone
    assert BookLine.objects.visible_to(place.chair).filter(member=member).count() == 1
    assert Registration.objects.filter(member=member).count() == 1


def test_v_b14_after_destroying_no_row_leads_to_the_person_and_kept_ones_say_nothing(
    gone: tuple[places.Place, Member, dict[str, int]],
) -> None:
    place, member, _seen = gone
    name = member.surname
    Member.objects.filter(pk=member.pk).update(erase_after=timezone.localdate())
    line = BookLine.objects.get(member=member)
    erasing.erase(member.pk, by=place.chair)
    left = {
        model._meta.label
        for model, key in destroying.traces(Member)
        if model._default_manager.filter(**{key: member.pk}).exists()
    }
    assert left == set()
    stays: models.Model = BookLine.objects.get(pk=line.pk)
    content: Content = CONTENT["members.BookLine"]
    assert [name in str(getattr(stays, field) or "") for field in content.blanked] == [False] * len(content.blanked)
