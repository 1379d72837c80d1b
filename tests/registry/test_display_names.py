"""Names of choices are the same as with Django's method, in the reader's language."""

import pytest
from django.apps import apps
from django.db import models
from django.utils import translation

from members.people.enums import ConsentState, Sex
from members.people.models import Member
from registry.fields import name_choices_once

pytestmark = pytest.mark.once


def usual(row: models.Model, name: str) -> object:
    return row._get_FIELD_display(row._meta.get_field(name))  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_all_choices_have_the_names_that_django_gives_them(language: str) -> None:
    seen = 0
    with translation.override(language):
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                # Our own methods are not replaced.
                if not field.choices or f"get_{field.name}_display" not in vars(model):
                    continue
                for value, _name in [*field.flatchoices, ("nothing", ""), (None, "")]:
                    row = model(**{field.attname: value})
                    assert getattr(row, f"get_{field.name}_display")() == usual(row, field.name)
                    seen += 1
    assert seen > 500


def test_names_follow_the_language_and_values_of_enums_are_named() -> None:
    assert "names" in vars(Member)["get_sex_display"].keywords
    member = Member(sex=Sex.FEMALE, consent_state=ConsentState.SIGNED)
    named = []
    for language in ("ru", "en"):
        with translation.override(language):
            named.append((member.get_sex_display(), member.get_consent_state_display()))
    assert named == [("женский", "подписано"), ("female", "signed")]


def test_choices_of_a_function_are_asked_each_time() -> None:
    offered = [("a", "first")]

    class Page(models.Model):  # noqa: DJ008 - of this test alone
        kind = models.CharField(max_length=9, choices=lambda: offered)

        class Meta:
            app_label = "shop"

    try:
        name_choices_once([Page])
        page = Page(kind="b")
        before, offered[:] = page.get_kind_display(), [("b", "second")]
        assert (before, page.get_kind_display()) == ("b", "second")
    finally:
        del apps.all_models["shop"]["page"]
