"""The text of a form is previewed in another tab and then saved (U-6)."""

from __future__ import annotations

from django.urls import reverse

from documents.clauses.models import FormText
from registry.enums import Role
from tests.members import places
from tests.registry import trees

from .conftest import OpenWindow
from .steps import Papers, message, ru, text_of


def test_u6_a_previewed_text_can_be_saved_and_is_not_lost(window: OpenWindow) -> None:
    """The preview opens in another tab; the save button works at once, and leaving the page asks for confirmation."""
    administrator = trees.officer(places.voi().head, Role.ADMINISTRATOR)
    page = window(administrator)
    page.goto(reverse("documents:new_form_text", args=["certificate"]))
    text = page.locator("main textarea").first
    text.fill("Справка дана {имя} по месту требования.")
    paper = Papers().of(page).taken_by(page, lambda: page.get_by_role("button", name=ru("Preview the form")).click())
    assert "Справка дана" in text_of(paper)
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name=ru("Cancel")).click()
    page.wait_for_function("true")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name=ru("Save"), exact=True).click()
    message(page, "Version %(number)s of the text is saved.", number=1)
    assert [*FormText.objects.get().clauses.values()] == ["Справка дана {имя} по месту требования."]
