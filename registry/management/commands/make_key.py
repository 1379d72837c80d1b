"""The command `make_key`: prints a new key for FIELD_KEYS or EVIDENCE_KEYS, or with `--secret` for SECRET_KEY."""

import secrets
from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Prints one line for the environment file."""

    help = "Print a new key for FIELD_KEYS or EVIDENCE_KEYS; --secret: a new SECRET_KEY."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--secret", action="store_true", help="a text for SECRET_KEY instead")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(secrets.token_urlsafe(50) if options["secret"] else Fernet.generate_key().decode())
