"""The command `load_demo`: loads the demonstration unless there are federations already."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from ...demo import accounts, load


class Command(BaseCommand):
    """Loads two federations with a few thousand fictitious people and prints their accounts."""

    help = "Load the demonstration federations into an empty registry."

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration is not loaded into a production registry.")
        if load.is_loaded():
            self._print_accounts()
            return
        load.load(self.stdout.write)
        counts = load.figures()
        self.stdout.write(f"Организаций: {counts['organizations']}, членов: {counts['members']}.")
        self._print_accounts()

    def _print_accounts(self) -> None:
        self.stdout.write(f"\nУчётные записи для знакомства (пароль у всех {accounts.PASSWORD}):")
        for login, who in SHOWN:
            self.stdout.write(f"  {login:<26} {who}")
        self.stdout.write(
            "Другие роли на каждом уровне — окончание после логина председателя, например voi-local-registrar:"
        )
        with override("ru"):
            for role in accounts.BESIDE_THE_CHAIR:
                self.stdout.write(f"  …-{role:<24} {role.label}")
        self.stdout.write(f"Первый вход (разовый пароль {accounts.ONE_TIME}):")
        for login, who in FIRST:
            self.stdout.write(f"  {login:<26} {who}")


SHOWN = (
    ("voi-federal", "ВОИ: председатель центральной организации"),
    ("voi-region", "ВОИ: председатель региональной организации"),
    ("voi-local", "ВОИ: председатель местной организации, ведёт карточки"),
    ("voi-primary", "ВОИ: председатель первичной ячейки"),
    ("voi-far", "ВОИ: председатель местной организации во Владивостоке, где на семь часов больше"),
    ("union-federal", "Профсоюз: председатель общероссийской организации"),
    ("union-region", "Профсоюз: председатель региональной организации"),
    ("union-local", "Профсоюз: председатель территориальной организации"),
    ("union-primary", "Профсоюз: председатель первичной организации, ведёт карточки"),
    ("voi-code", "ВОИ: ревизор региональной организации, входит с кодом второго фактора (страница его подскажет)"),
    ("voi-admin", "ВОИ: администратор федерации, людей не видит"),
    ("union-admin", "Профсоюз: администратор федерации, людей не видит"),
    ("admin", "администратор реестра (/admin/)"),
)
FIRST = (
    ("voi-new", "ВОИ: новый председатель местной организации"),
    ("union-new", "Профсоюз: новый председатель первичной организации"),
)
