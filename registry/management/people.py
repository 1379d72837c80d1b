"""Names and credentials of people on the command line."""

from django.core.management.base import BaseCommand, CommandError

from registry.accounts.transitions.accounts import Credentials

from ..text import clean


def person(name: str) -> dict[str, str]:
    """Return «Surname Name Patronymic» as fields of an account. Raises `CommandError` for fewer than two words."""
    parts = clean(name, 300).split()
    if len(parts) < 2 or any(len(part) > 100 for part in parts):
        raise CommandError("Write the person as «Surname Name Patronymic».")
    return {"surname": parts[0], "given_name": parts[1], "patronymic": " ".join(parts[2:])[:100]}


def print_credentials(command: BaseCommand, credentials: Credentials) -> None:
    """Print login and one-time password, which cannot be shown again."""
    command.stdout.write(f"{credentials.account.full_name}")
    command.stdout.write(f"  login              {credentials.account.login}")
    command.stdout.write(f"  one-time password  {credentials.password}")
    command.stdout.write("The password is changed at the first sign-in; it cannot be shown again.")
