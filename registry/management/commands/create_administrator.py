"""The command `create_administrator`: creates an account for the Django admin, including the first one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from registry.accounts.transitions.installation import create_administrator

from ...access import Actor
from .. import people


class Command(BaseCommand):
    """Creates an account that manages reference lists, charter values, accounts and journals but sees no members."""

    help = "Create an account of the administration pages and print its one-time password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="«Surname Name Patronymic»")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        person = people.person(options["name"]) | {"email": options["email"]}
        people.print_credentials(self, create_administrator(person=person, by=Actor.system("installation")))
