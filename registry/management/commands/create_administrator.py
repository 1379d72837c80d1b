"""`manage.py create_administrator`: an account of the administration pages, the first one included."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registry.accounts.transitions.installation import create_administrator

from ...access import Actor
from .. import people


class Command(BaseCommand):
    """Its holder keeps reference lists, charter values, accounts and journals; he sees no members."""

    help = "Create an account of the administration pages and print its one-time password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="«Surname Name Patronymic»")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        person = people.person(options["name"]) | {"email": options["email"]}
        people.say_credentials(self, create_administrator(person=person, by=Actor.system("installation")))
