"""The command `charge_year`: charges the annual fee to members not charged yet; repeating it is safe."""

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dues.ledger.queries.figures import uncharged_organizations
from dues.ledger.transitions import charge_new_year
from registry.access import Actor
from registry.errors import RuleViolation
from registry.organizations.enums import TimeZone


class Command(BaseCommand):
    """Charges each organisation in its own transaction, so an interrupted run can be continued."""

    help = "Charge the annual fee of a year to every registered member who is not charged for it yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", nargs="?", type=int, help="default: this year")
        parser.add_argument("--organization", default="", help="code of the one organisation that keeps the cards")

    def handle(self, *args: Any, **options: Any) -> None:
        by = Actor.system("charge_year")
        charged = Counter[int]()
        try:
            # By time zones, because on the last evening of a year the next one has already begun in some of them.
            for zone in ("", *TimeZone.values):
                there = timezone.localdate(timezone=ZoneInfo(zone or settings.TIME_ZONE))
                year = options["year"] or there.year
                for pk in uncharged_organizations(year, code=options["organization"], zone=zone):
                    charged[year] += charge_new_year(pk, year, by=by)
        except RuleViolation as refusal:
            raise CommandError(str(refusal.message)) from None
        year = options["year"] or timezone.localdate().year
        for one in sorted({year, *charged}):
            self.stdout.write(f"Charged for {one}: {charged[one]}.")
