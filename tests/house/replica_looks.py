"""Prints which database is read when, and the effect of a failing replica; run in an installation with a replica."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
import psycopg
from django.conf import settings
from django.core.checks import run_checks
from django.db import connections, transaction
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse
from django.utils import timezone

from tests.postgres import NAME


class Looks:
    """The browser of an officer, and a superuser's connection to the replica."""

    def __init__(self, root: str, port: str) -> None:
        from registry.enums import Level
        from tests.registry import trees

        self.keeper = trees.below(trees.head("voi"), Level.LOCAL, "Заречная МО ВОИ")
        trees.members(self.keeper, 3)
        self.chair = trees.officer(self.keeper)
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(self.chair.account)  # type: ignore[arg-type]
        self.page = reverse("statistics:composition", args=[self.keeper.pk])
        self.replica = psycopg.connect(host=root, port=port, user=NAME, dbname="postgres", autocommit=True)

    def register(self) -> None:
        """Register one more member as another actor."""
        from tests.registry import trees

        trees.members(self.keeper, 1)

    def seen(self, page: str = "") -> tuple[int, str, str]:
        """Return the status of the page, the number of members on it and the server that was read."""
        with counted("replica") as asked:
            answer = self.client.get(page or self.page)
        number = re.search(r"\d+", answer.context["report"].tiles[0][1].text) if not page else None
        return answer.status_code, number[0] if number else "", "replica" if asked[0] else "primary"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Pause the replica: it receives all changes but shows none of them."""
        self.replica.execute("SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            self.resume()

    def resume(self) -> None:
        """Let the replica apply changes again."""
        self.replica.execute("SELECT pg_wal_replay_resume()")

    def level(self) -> None:
        """Wait until the replica has applied everything and this process knows it."""
        from registry import replicas

        at = replicas.position()
        for _attempt in range(100):
            found = replicas.standing(now=True)
            if found is not None and found.is_used and found.replayed >= at:
                return
            time.sleep(0.1)
        raise TimeoutError


@contextmanager
def counted(alias: str) -> Iterator[list[int]]:
    """Count the statements sent to the database in the block, except those about the replica's position."""
    number = [0]

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        number[0] += "pg_last_wal_replay_lsn" not in sql
        return execute(sql, params, many, context)

    with connections[alias].execute_wrapper(count):
        yield number


def looks(root: str, port: str, primary_port: str) -> dict[str, Any]:
    """Return the observations by the name of the situation."""
    from members.people.models import Member
    from registry import replicas
    from registry.enums import Level
    from registry.jobs.models import Job
    from registry.upkeep import doctor
    from tests.registry import trees

    look, told = Looks(root, port), {}
    look.level()
    told["level"] = look.seen()
    told["a page that changes"] = look.seen(reverse("organizations:detail", args=[look.keeper.pk]))

    with look.held():
        look.register()
        told["held, somebody else changed"] = look.seen()
        look.client.post("/my/display/", {"size": "large"})
        told["held, the person changed"] = look.seen()
    look.level()
    told["level again"] = look.seen()
    ended = Job.objects.create(kind="members.import", params={}, account=look.chair.account, created_at=timezone.now())
    for seconds in (0, settings.REPLICA_MAX_LAG + replicas.ASK_SECONDS + 1):
        Job.objects.filter(pk=ended.pk).update(finished_at=timezone.now() - dt.timedelta(seconds=seconds))
        told[f"a job of the person ended {'now' if not seconds else 'before'}"] = look.seen()[2]
    with look.held():
        cell = trees.below(look.keeper, Level.PRIMARY, "Первая первичка")
        told["held, an organisation that is new"] = look.seen(reverse("statistics:composition", args=[cell.pk]))[::2]
    look.level()

    def people() -> int:
        return Member.objects.filter(unit=look.keeper).count()

    with look.held():
        look.register()
        later = threading.Timer(1.0, look.resume)
        later.start()
        begun = time.monotonic()
        with counted("replica") as asked:
            found = replicas.read(people, after=replicas.position(), wait=10)
        told["a job waits"] = [found, asked[0] > 0, 0.8 < time.monotonic() - begun < 8]
        later.join()
    with look.held():
        look.register()
        with counted("replica") as asked:
            told["a job does not wait for ever"] = [
                replicas.read(people, after=replicas.position(), wait=0.5),
                asked[0],
            ]
    look.level()

    with counted("replica") as asked:
        with transaction.atomic():
            inside = replicas.read(replicas.alias)

        def change() -> str:
            with transaction.atomic():
                Member.objects.filter(unit=look.keeper).select_for_update().first()
                return replicas.alias()

        told["in a transaction"] = [inside, replicas.read(change), asked[0]]

    def write() -> None:
        first = Member.objects.filter(unit=look.keeper).order_by("pk").first()
        assert first is not None
        assert first._state.db == "replica"
        first.save()

    replicas.read(write)
    told["a record of the replica is saved"] = "in the primary"

    settings.REPLICA_MAX_LAG = 0.5
    with look.held():
        look.register()
        time.sleep(0.8)
        found = replicas.standing(now=True)
        assert found is not None
        told["behind"] = [found.is_used, found.lag is not None and 0.5 < found.lag < 60, look.seen()[2]]
        told["behind, doctor"] = [one.words for one in doctor.run_preflight("replica")]
        told["behind, readyz"] = ready(look)
        told["behind, metrics"] = metrics(look)
    settings.REPLICA_MAX_LAG = 60
    look.level()
    told["level, readyz"] = ready(look)
    told["level, metrics"] = metrics(look)
    told["level, doctor"] = [one.words for one in doctor.run_preflight("replica")]

    # First its open connections are terminated, then the server is gone.
    look.replica.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    told["cut"] = [*look.seen(), replicas.standing().fault]  # type: ignore[union-attr]
    replicas._known.holds_until = 0
    told["after the cut"] = look.seen()
    own = connections["replica"].settings_dict
    right = own["PORT"]
    for words, wrong in {"gone": "1", "the primary": primary_port}.items():
        connections["replica"].close()
        own["PORT"] = wrong
        found = replicas.standing(now=True)
        assert found is not None
        told[words] = [found.fault, found.foreign, *look.seen(), ready(look)]
        told[f"{words}, check"] = [one.id for one in run_checks(tags=["database"], databases=["default"])]
        told[f"{words}, doctor"] = [[one.words, one.stops] for one in doctor.run_preflight("replica")]
        connections["replica"].close()
        own["PORT"] = right
    own["NAME"] = "template1"
    told["another database"] = replicas.standing(now=True).fault  # type: ignore[union-attr]
    connections["replica"].close()
    own["NAME"] = "postgres"
    look.level()
    told["there again"] = look.seen()
    return told


def ready(look: Looks) -> list[Any]:
    """Return what `/readyz` reports to the balancer."""
    answer = look.client.get("/readyz").json()
    return [answer["ok"], answer["replica"], answer["replica_lag"] == 0]


def metrics(look: Looks) -> list[str]:
    """Return what `/metrics` reports about the replica."""
    text = look.client.get("/metrics").content.decode()
    found = dict(re.findall(r"^registry_replica_(\w+) (\S+)$", text, re.M))
    return [found["used"], "level" if float(found["lag_seconds"]) == 0 else "behind"]


if __name__ == "__main__":
    django.setup()
    setup_test_environment()
    sys.stdout.write(json.dumps(looks(*sys.argv[1:])) + "\n")
