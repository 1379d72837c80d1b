"""The clean beginning: every table of the app as the first release has it."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
        ("registry", "0001_initial"),
        ("registry", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("processing", "processing of personal data")],
                        default="processing",
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("wording", models.JSONField(default=dict, verbose_name="wording")),
                (
                    "federation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consent_texts",
                        to="registry.federation",
                        verbose_name="federation",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent text",
                "verbose_name_plural": "consent texts",
                "ordering": ["federation", "purpose", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("federation", "purpose", "version"), name="consent_text_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("processing", "processing of personal data")],
                        default="processing",
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("none", "not printed"),
                            ("printed", "printed, not signed"),
                            ("signed", "signed"),
                            ("withdrawn", "withdrawn"),
                        ("expired", "of the former organisation"),
                        ],
                        default="printed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("printed_at", models.DateTimeField(blank=True, null=True, verbose_name="printed at")),
                ("signed_on", models.DateField(blank=True, null=True, verbose_name="signed on")),
                ("ticked_at", models.DateTimeField(blank=True, null=True, verbose_name="ticked at")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="withdrawn on")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "scan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="scan",
                    ),
                ),
                (
                    "ticked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ticked by",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="documents.consenttext",
                        verbose_name="version of the text",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["printed", "signed"])),
                        fields=("member", "purpose"),
                        name="consent_one_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_on__isnull", False), ("state", "signed"), ("ticked_at__isnull", False)),
                            models.Q(("signed_on__isnull", True), ("state", "printed"), ("ticked_at__isnull", True)),
                            ("state__in", ["withdrawn", "expired", "none"]),
                            _connector="OR",
                        ),
                        name="consent_tick_needs_signature",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalConsent",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("processing", "processing of personal data")],
                        default="processing",
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("none", "not printed"),
                            ("printed", "printed, not signed"),
                            ("signed", "signed"),
                            ("withdrawn", "withdrawn"),
                        ("expired", "of the former organisation"),
                        ],
                        default="printed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("printed_at", models.DateTimeField(blank=True, null=True, verbose_name="printed at")),
                ("signed_on", models.DateField(blank=True, null=True, verbose_name="signed on")),
                ("ticked_at", models.DateTimeField(blank=True, null=True, verbose_name="ticked at")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="withdrawn on")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "scan",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="scan",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="documents.consenttext",
                        verbose_name="version of the text",
                    ),
                ),
                (
                    "ticked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ticked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical consent",
                "verbose_name_plural": "historical consents",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalConsentText",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("processing", "processing of personal data")],
                        default="processing",
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("wording", models.JSONField(default=dict, verbose_name="wording")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "federation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.federation",
                        verbose_name="federation",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical consent text",
                "verbose_name_plural": "historical consent texts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PrintRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=40, verbose_name="form")),
                ("printed_at", models.DateTimeField(verbose_name="printed at")),
                (
                    "card_version",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="version of the card"),
                ),
                ("lines", models.JSONField(blank=True, default=dict)),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="registry.job",
                        verbose_name="job",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prints",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "printed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="printed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "print record",
                "verbose_name_plural": "print records",
                "ordering": ["-printed_at"],
                "indexes": [models.Index(fields=["member", "form", "-printed_at"], name="print_of_member")],
            },
        ),
    ]
