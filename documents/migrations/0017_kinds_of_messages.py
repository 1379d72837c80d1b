"""Messages in the outbox have a kind and are confirmed; the columns said «word» and «told» (U-7)."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q

KINDS = [("member", "takes part"), ("revoked", "withdrawn")]
STATES = [("waiting", "waiting to be sent"), ("confirmed", "sent"), ("failed", "could not be sent")]


def _set_state(apps: Any, former: str, state: str) -> None:
    apps.get_model("documents", "OutboxEntry").objects.filter(state=former).update(state=state)


def confirm(apps: Any, _editor: Any) -> None:
    _set_state(apps, "told", "confirmed")


def undo(apps: Any, _editor: Any) -> None:
    _set_state(apps, "confirmed", "told")


class Migration(migrations.Migration):
    dependencies = [("documents", "0016_withdrawn_consents")]

    # Constraints and indexes name the columns and the state, so they are removed before the change and created again after it.
    operations = [
        migrations.RemoveConstraint("outboxentry", "outbox_versions_in_order"),
        migrations.RemoveIndex("outboxentry", "outbox_untold"),
        migrations.RemoveIndex("outboxentry", "outbox_of_organization"),
        migrations.RenameField("outboxentry", "word", "kind"),
        migrations.RenameField("outboxentry", "told_version", "confirmed_version"),
        migrations.RenameField("outboxentry", "told_at", "confirmed_at"),
        migrations.AlterField(
            "outboxentry", "kind", models.CharField(choices=KINDS, max_length=8, verbose_name="kind of message")
        ),
        migrations.AlterField(
            "outboxentry",
            "state",
            models.CharField(choices=STATES, default="waiting", max_length=10, verbose_name="state"),
        ),
        migrations.RunPython(confirm, undo),
        migrations.AddConstraint(
            "outboxentry",
            models.CheckConstraint(
                condition=Q(confirmed_version__lte=F("offered_version"), offered_version__lte=F("version")),
                name="outbox_versions_in_order",
            ),
        ),
        migrations.AddIndex(
            "outboxentry",
            models.Index(
                condition=~Q(state="confirmed"), fields=["federation", "since"], name="outbox_unconfirmed"
            ),
        ),
        migrations.AddIndex(
            "outboxentry", models.Index(fields=["organization", "-confirmed_at"], name="outbox_of_organization")
        ),
    ]
