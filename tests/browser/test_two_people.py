"""Two people change the same card: the second one sees both versions and chooses field by field (V-B2)."""

from __future__ import annotations

from members.people.models import Member
from registry.enums import Role
from tests.members import places
from tests.registry import trees

from .conftest import OpenWindow, Watch
from .steps import fill, message, press


def test_v_b2_the_second_of_two_sees_both_versions_and_chooses(window: OpenWindow, watch: Watch) -> None:
    place = places.union()
    member = place.put()
    first, second = window(place.chair), window(trees.officer(place.keeper, Role.REGISTRAR, "Сомов"))
    for page in (first, second):
        page.goto(f"/members/{member.pk}/edit/")
    fill(first, position="директор", workplace="Лицей № 2")
    press(first, "Save")
    message(first, "The card is saved.")

    watch.expected.add(409)
    fill(second, position="завуч", patronymic="Андреевна")
    press(second, "Save")
    rows = second.locator("table.conflict tbody tr")
    shown = [" ".join(row.inner_text().split()) for row in rows.all()]
    assert len([row for row in shown if "директор" in row and "завуч" in row]) == 1
    press(second, "Save what is chosen")
    message(second, "Choose one of the versions in every field")
    rows.filter(has_text="директор").locator("[value=mine]").check()
    press(second, "Save what is chosen")
    message(second, "The card is saved.")
    saved = Member.objects.get(pk=member.pk)
    assert (saved.position, saved.workplace, saved.patronymic) == ("завуч", "Лицей № 2", "Андреевна")


def test_v_b2_where_two_changed_different_fields_both_changes_are_marked_already(
    window: OpenWindow, watch: Watch
) -> None:
    place = places.union()
    member = place.put()
    first, second = window(place.chair), window(trees.officer(place.keeper, Role.REGISTRAR, "Сомов"))
    for page in (first, second):
        page.goto(f"/members/{member.pk}/edit/")
    fill(first, position="директор")
    press(first, "Save")
    watch.expected.add(409)
    fill(second, workplace="Лицей № 2")
    press(second, "Save")
    marked = [box.get_attribute("value") for box in second.locator("table.conflict :checked").all()]
    assert sorted(map(str, marked)) == ["mine", "theirs"]
    press(second, "Save what is chosen")
    message(second, "The card is saved.")
    saved = Member.objects.get(pk=member.pk)
    assert (saved.position, saved.workplace) == ("директор", "Лицей № 2")
