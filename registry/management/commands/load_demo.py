"""`manage.py load_demo`: the demonstration federations, unless there are federations already."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.demo import accounts, load


class Command(BaseCommand):
    """Loads two federations with a few thousand invented people and prints their accounts."""

    help = "Load the demonstration federations into an empty registry."

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration is not loaded into a production registry.")
        if load.is_loaded():
            self._say_accounts()
            return
        load.load(self.stdout.write)
        counts = load.figures()
        self.stdout.write(f"Организаций: {counts['organizations']}, членов: {counts['members']}.")
        self._say_accounts()

    def _say_accounts(self) -> None:
        self.stdout.write(f"\nУчётные записи для знакомства (пароль у всех {accounts.PASSWORD}):")
        for login, who in SHOWN:
            self.stdout.write(f"  {login:<26} {who}")
        self.stdout.write(f"Первый вход (разовый пароль {accounts.ONE_TIME}):")
        for login, who in FIRST:
            self.stdout.write(f"  {login:<26} {who}")


SHOWN = (
    ("voi-federal", "ВОИ: председатель центральной организации"),
    ("voi-region", "ВОИ: председатель региональной организации"),
    ("voi-local", "ВОИ: председатель местной организации, ведёт карточки"),
    ("voi-local-registrar", "ВОИ: специалист по учёту"),
    ("voi-local-reviewer", "ВОИ: контролёр, только чтение"),
    ("voi-local-collector", "ВОИ: ответственный за сбор взносов"),
    ("voi-primary", "ВОИ: председатель первичной ячейки"),
    ("union-federal", "Профсоюз: председатель"),
    ("union-region", "Профсоюз: председатель региональной организации"),
    ("union-local", "Профсоюз: председатель территориальной организации"),
    ("union-primary", "Профсоюз: председатель первичной организации, ведёт карточки"),
    ("union-admin", "Профсоюз: администратор федерации"),
    ("admin", "администратор установки (/admin/)"),
)
FIRST = (
    ("voi-new", "ВОИ: новый председатель местной организации"),
    ("union-new", "Профсоюз: новый председатель первичной организации"),
)
