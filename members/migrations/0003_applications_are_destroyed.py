"""Refused and withdrawn applications have the day from which they may be destroyed; those there are get theirs."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from registry.days import after_months

#: Both charters keep papers of admission three years, and an appeal has its month.
KEPT, APPEAL = 36, 1


def give_terms(apps: Any, schema_editor: Any) -> None:
    application = apps.get_model("members", "Application")
    history = apps.get_model("members", "HistoricalApplication")
    for refused in application.objects.filter(state="refused").only("notified_on", "decided_on").iterator():
        day = after_months(refused.notified_on or refused.decided_on, APPEAL + KEPT)
        application.objects.filter(pk=refused.pk).update(erase_after=day)
    for withdrawn in application.objects.filter(state="withdrawn").only("filed_on").iterator():
        last = history.objects.filter(id=withdrawn.pk).order_by("-history_date").values_list("history_date", flat=True)
        since = last[0].date() if last else withdrawn.filed_on
        application.objects.filter(pk=withdrawn.pk).update(erase_after=after_months(since, KEPT))


class Migration(migrations.Migration):
    dependencies = [("members", "0002_search_index"), ("registry", "0002_journal_by_time")]

    operations = [
        migrations.AddField("application", "erase_after", models.DateField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "historicalapplication", "erase_after", models.DateField(blank=True, editable=False, null=True)
        ),
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                condition=Q(erase_after__isnull=True) | Q(state__in=["refused", "withdrawn"]),
                name="application_erased_when_over",
            ),
        ),
        migrations.AddField(
            "destructionrecord",
            "subject",
            models.CharField(
                choices=[("card", "card"), ("application", "application")],
                default="card",
                max_length=11,
                verbose_name="destroyed",
            ),
        ),
        migrations.AlterField(
            "destructionrecord",
            "member_number",
            models.PositiveBigIntegerField(verbose_name="number of the card or of the application"),
        ),
        migrations.RunPython(give_terms, migrations.RunPython.noop),
    ]
