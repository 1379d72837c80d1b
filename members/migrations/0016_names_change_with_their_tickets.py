"""Marks of changed names know the ticket that has the former name: without one nothing is replaced (V-B5)."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps: Any, editor: Any) -> None:
    """So far only members with a ticket got such a mark."""
    member = apps.get_model("members", "Member").objects.filter(pk=OuterRef("member"))
    marks = apps.get_model("members", "CardMark").objects.filter(kind="name", former_number="")
    marks.update(former_number=Subquery(member.values("ticket_number")[:1]))


def empty(apps: Any, editor: Any) -> None:
    apps.get_model("members", "CardMark").objects.filter(kind="name").update(former_number="")


class Migration(migrations.Migration):
    dependencies = [("members", "0015_books_are_searched_by_former_names")]

    operations = [migrations.RunPython(fill, empty)]
