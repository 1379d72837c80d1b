"""The command `create_federation`: creates a federation with its head organisation, administrator and first chair."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from dues.rates.transitions import load_rates
from registry.accounts.transitions.accounts import create_account
from registry.organizations.models import Federation
from registry.organizations.transitions.founding import found_federation

from ... import charters
from ...access import Actor
from ...enums import Role
from ...errors import RuleViolation
from .. import people


class Command(BaseCommand):
    """Works in one transaction; the administrator founds the rest of the tree in the browser.

    A chair confirms what the administrator grants, so the first chair is created here too (N-H2).
    """

    help = "Create a federation with its head organisation and the accounts of its administrator and first chair."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="short Latin name of the federation, such as «society»")
        parser.add_argument("--charter", required=True, choices=charters.keys())
        parser.add_argument("--name", required=True, help="full name of the federal organisation")
        parser.add_argument("--short-name", default="", help="default: the full name")
        parser.add_argument("--administrator", required=True, help="«Surname Name Patronymic»")
        parser.add_argument("--email", default="", help="of the administrator")
        parser.add_argument(
            "--chair",
            default="",
            help="«Surname Name Patronymic» of the first chair, who confirms what the administrator grants; without "
            "one a second administrator does",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        administrator = people.person(options["administrator"]) | {"email": options["email"]}
        chair = people.person(options["chair"]) if options["chair"] else None
        if chair is not None and {**chair, "email": ""} == {**administrator, "email": ""}:
            raise CommandError("Name two people: the chair confirms what the administrator grants.")
        if Federation.objects.filter(code=options["code"]).exists():
            raise CommandError(f"There is a federation {options['code']} already.")
        by = Actor.system("installation")
        try:
            with transaction.atomic():
                head = found_federation(
                    code=options["code"],
                    name=options["short_name"] or options["name"],
                    charter_key=options["charter"],
                    full_name=options["name"],
                    short_name=options["short_name"] or options["name"],
                    by=by,
                )
                load_rates(head.federation, by=by)
                officers = [(administrator, Role.ADMINISTRATOR), *([(chair, Role.CHAIR)] if chair else [])]
                credentials = [
                    create_account(
                        organization_id=head.pk,
                        person=person,
                        role=role,
                        starts_on=timezone.localdate(),
                        by=by,
                    )
                    for person, role in officers
                ]
        except RuleViolation as refusal:
            raise CommandError(str(refusal.message)) from None
        self.stdout.write(f"{head.full_name}: federation {options['code']}, organisation {head.code}.")
        for given in credentials:
            people.print_credentials(self, given)
