"""The command `charge_year`: charges the annual fee to members not charged yet; repeating it is safe."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dues.ledger.queries.figures import uncharged_organizations
from dues.ledger.transitions import charge_new_year
from registry.access import Actor
from registry.errors import RuleViolation


class Command(BaseCommand):
    """Charges each organisation in its own transaction, so an interrupted run can be continued."""

    help = "Charge the annual fee of a year to every registered member who is not charged for it yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", nargs="?", type=int, help="default: this year")
        parser.add_argument("--organization", default="", help="code of the one organisation that keeps the cards")

    def handle(self, *args: Any, **options: Any) -> None:
        year = options["year"] or timezone.localdate().year
        by = Actor.system("charge_year")
        charged = 0
        try:
            for pk in uncharged_organizations(year, code=options["organization"]):
                charged += charge_new_year(pk, year, by=by)
        except RuleViolation as refusal:
            raise CommandError(str(refusal.message)) from None
        self.stdout.write(f"Charged for {year}: {charged}.")
