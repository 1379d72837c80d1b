"""Every table of the app at once, for new installations; older ones have the migrations that it replaces."""

import django.db.models.deletion
import django.db.models.expressions
import registry.fields
import registry.operations
import simple_history.models
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("documents", "0001_initial"),
        ("documents", "0002_printing_by_time"),
        ("documents", "0003_what_a_print_is_about"),
        ("documents", "0004_plain_labels"),
        ("documents", "0005_notices_of_a_meeting_are_one_paper"),
        ("documents", "0006_texts_of_the_charter"),
        ("documents", "0007_copies_of_signed_consents"),
        ("documents", "0008_blanks_of_strict_accountability"),
        ("documents", "0009_consents_have_purposes"),
        ("documents", "0010_electronic_cards"),
        ("documents", "0011_outbox_of_the_bonus_programme"),
        ("documents", "0012_verification_codes_of_prints"),
        ("documents", "0013_printers_and_their_shifts"),
        ("documents", "0014_words_of_card_requests"),
        ("documents", "0015_leaflets_by_email"),
        ("documents", "0016_withdrawn_consents"),
        ("documents", "0017_kinds_of_messages"),
        ("documents", "0018_files_for_the_bonus_programme"),
        ("documents", "0019_texts_of_forms"),
        ("documents", "0020_labels_in_plain_words"),
        ("documents", "0021_requests_about_personal_data"),
        ("documents", "0022_data_destroyed_after_withdrawals"),
        ("documents", "0023_who_consolidates_orders_of_cards"),
        ("documents", "0024_leaflets_taken_later"),
    ]

    initial = True

    dependencies = [
        ("members", "0001_squashed_0032_cards_of_undone_lists_are_destroyed"),
        ("registry", "0001_squashed_0014_figures_named_plainly"),
    ]

    operations = [
        registry.operations.CreateModels(
            operations=[
                migrations.CreateModel(
                    name="ConsentText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("processing", "processing of personal data"),
                                    ("transfer", "transfer to the bonus programme and the producer of cards"),
                                    ("publication", "publication"),
                                ],
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
                        (
                            "of_charter",
                            models.BooleanField(default=False, editable=False, verbose_name="wording of the charter"),
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
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("processing", "processing of personal data"),
                                    ("transfer", "transfer to the bonus programme and the producer of cards"),
                                    ("publication", "publication"),
                                ],
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
                        ("ticked_at", models.DateTimeField(blank=True, null=True, verbose_name="marked at")),
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
                                verbose_name="marked by",
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
                        ("paper", registry.fields.EncryptedJSONField(blank=True, default=dict, editable=False)),
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
                                    models.Q(
                                        ("signed_on__isnull", False), ("state", "signed"), ("ticked_at__isnull", False)
                                    ),
                                    models.Q(
                                        ("signed_on__isnull", True), ("state", "printed"), ("ticked_at__isnull", True)
                                    ),
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
                                choices=[
                                    ("processing", "processing of personal data"),
                                    ("transfer", "transfer to the bonus programme and the producer of cards"),
                                    ("publication", "publication"),
                                ],
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
                        ("ticked_at", models.DateTimeField(blank=True, null=True, verbose_name="marked at")),
                        ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="withdrawn on")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                                verbose_name="marked by",
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
                                choices=[
                                    ("processing", "processing of personal data"),
                                    ("transfer", "transfer to the bonus programme and the producer of cards"),
                                    ("publication", "publication"),
                                ],
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
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
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
                        (
                            "of_charter",
                            models.BooleanField(default=False, editable=False, verbose_name="wording of the charter"),
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
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                        (
                            "about",
                            models.CharField(blank=True, default="", max_length=40, verbose_name="what it is about"),
                        ),
                        ("about_id", models.PositiveBigIntegerField(editable=False, null=True)),
                        (
                            "code",
                            models.CharField(
                                editable=False, max_length=16, null=True, unique=True, verbose_name="verification code"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "print record",
                        "verbose_name_plural": "print records",
                        "ordering": ["-printed_at"],
                        "indexes": [
                            models.Index(fields=["member", "form", "-printed_at"], name="print_of_member"),
                            models.Index(fields=["-printed_at", "-id"], name="print_by_time"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Blank",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("ticket", "membership ticket"), ("card", "paper member card")],
                                max_length=10,
                                verbose_name="kind of blank",
                            ),
                        ),
                        ("series", models.CharField(blank=True, max_length=10, verbose_name="series")),
                        ("number", models.PositiveBigIntegerField(verbose_name="number")),
                        ("width", models.PositiveSmallIntegerField(verbose_name="digits")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("stock", "in stock"),
                                    ("on_the_way", "handed down, not confirmed"),
                                    ("issued", "issued"),
                                    ("returned", "returned by the member"),
                                    ("spoiled", "spoiled"),
                                    ("lost", "lost"),
                                    ("cancelled", "cancelled"),
                                    ("destroyed", "destroyed"),
                                ],
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "federation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.federation"
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="blanks",
                                to="members.member",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="blanks",
                                to="registry.organization",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "blank",
                        "verbose_name_plural": "blanks",
                        "ordering": ["kind", "series", "number"],
                        "indexes": [
                            models.Index(
                                fields=["organization", "kind", "state", "series", "number"], name="blank_by_state"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("federation", "kind", "series", "number"), name="blank_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["on_the_way", "stock"]), _negated=True),
                                name="blank_left_the_stock",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "issued")),
                                fields=("member", "kind"),
                                name="blank_one_valid_of_a_member",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BlankPaper",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("opening", "opening act"),
                                    ("receipt", "receipt of blanks"),
                                    ("hand_down", "act of handing down"),
                                    ("issue", "issue sheet"),
                                    ("spoiled", "act of spoiled blanks"),
                                    ("lost", "act of lost blanks"),
                                    ("return", "return by the member"),
                                    ("cancellation", "act of cancellation"),
                                    ("stock_taking", "act of stock-taking"),
                                    ("destruction", "act of destruction"),
                                ],
                                max_length=15,
                                verbose_name="paper",
                            ),
                        ),
                        (
                            "blank",
                            models.CharField(
                                choices=[("ticket", "membership ticket"), ("card", "paper member card")],
                                max_length=10,
                                verbose_name="kind of blank",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "being prepared"),
                                    ("sent", "handed down, to be confirmed"),
                                    ("posted", "posted"),
                                    ("dropped", "dropped"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number", models.CharField(blank=True, max_length=30, verbose_name="paper №")),
                        ("made_on", models.DateField(verbose_name="date of the paper")),
                        ("source", models.CharField(blank=True, max_length=200, verbose_name="received from")),
                        ("confirmed_on", models.DateField(blank=True, null=True, verbose_name="confirmed on")),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                        ("signed_by", models.JSONField(default=list, verbose_name="signed by")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="blank_papers",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "receiver",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="blank_papers_received",
                                to="registry.organization",
                                verbose_name="handed down to",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "paper of blanks",
                        "verbose_name_plural": "papers of blanks",
                        "ordering": ["-made_on", "-pk"],
                        "indexes": [
                            models.Index(fields=["organization", "blank", "-made_on"], name="blank_paper_by_day"),
                            models.Index(fields=["receiver", "state"], name="blank_paper_to_confirm"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("receiver__isnull", False),
                                    models.Q(("kind", "hand_down"), _negated=True),
                                    _connector="OR",
                                ),
                                name="blank_paper_has_receiver",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BlankMovement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("ticket", "membership ticket"), ("card", "paper member card")],
                                max_length=10,
                                verbose_name="kind of blank",
                            ),
                        ),
                        ("series", models.CharField(blank=True, max_length=10, verbose_name="series")),
                        ("first", models.PositiveBigIntegerField(verbose_name="first number")),
                        ("last", models.PositiveBigIntegerField(verbose_name="last number")),
                        ("width", models.PositiveSmallIntegerField(verbose_name="digits")),
                        ("position", models.PositiveIntegerField()),
                        (
                            "from_place",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("stock", "in stock"),
                                    ("on_the_way", "handed down, not confirmed"),
                                    ("issued", "issued"),
                                    ("returned", "returned by the member"),
                                    ("spoiled", "spoiled"),
                                    ("lost", "lost"),
                                    ("cancelled", "cancelled"),
                                    ("destroyed", "destroyed"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "to_place",
                            models.CharField(
                                choices=[
                                    ("stock", "in stock"),
                                    ("on_the_way", "handed down, not confirmed"),
                                    ("issued", "issued"),
                                    ("returned", "returned by the member"),
                                    ("spoiled", "spoiled"),
                                    ("lost", "lost"),
                                    ("cancelled", "cancelled"),
                                    ("destroyed", "destroyed"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("made_on", models.DateField(verbose_name="date")),
                        ("made_at", models.DateTimeField()),
                        (
                            "federation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.federation"
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.organization",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "taker",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.organization",
                            ),
                        ),
                        (
                            "paper",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="documents.blankpaper",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "movement of blanks",
                        "verbose_name_plural": "movements of blanks",
                        "ordering": ["made_on", "pk"],
                        "indexes": [
                            models.Index(fields=["giver", "kind", "made_on"], name="blank_movement_out"),
                            models.Index(fields=["taker", "kind", "made_on"], name="blank_movement_in"),
                            models.Index(
                                fields=["federation", "kind", "series", "first"], name="blank_movement_number"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("paper", "position"), name="blank_movement_once"),
                            models.CheckConstraint(
                                condition=models.Q(("first__lte", models.F("last"))), name="blank_movement_in_order"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("from_place", ""), ("giver__isnull", True)),
                                    models.Q(("giver__isnull", False), models.Q(("from_place", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="blank_movement_comes_from_somewhere",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BlankRange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("ticket", "membership ticket"), ("card", "paper member card")],
                                max_length=10,
                                verbose_name="kind of blank",
                            ),
                        ),
                        ("series", models.CharField(blank=True, max_length=10, verbose_name="series")),
                        ("first", models.PositiveBigIntegerField(verbose_name="first number")),
                        ("last", models.PositiveBigIntegerField(verbose_name="last number")),
                        ("width", models.PositiveSmallIntegerField(verbose_name="digits")),
                        (
                            "federation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.federation"
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="blank_ranges",
                                to="registry.organization",
                            ),
                        ),
                        (
                            "paper",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ranges_on_the_way",
                                to="documents.blankpaper",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "range of blanks",
                        "verbose_name_plural": "ranges of blanks",
                        "ordering": ["kind", "series", "first"],
                        "indexes": [
                            models.Index(fields=["organization", "kind", "series", "first"], name="blank_range_stock")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("first__lte", models.F("last"))), name="blank_range_in_order"
                            ),
                            models.UniqueConstraint(
                                fields=("federation", "kind", "series", "first"), name="blank_range_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BlankStock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("ticket", "membership ticket"), ("card", "paper member card")],
                                max_length=10,
                                verbose_name="kind of blank",
                            ),
                        ),
                        ("received", models.PositiveIntegerField(default=0, verbose_name="received")),
                        ("in_stock", models.PositiveIntegerField(default=0, verbose_name="in stock")),
                        (
                            "on_the_way",
                            models.PositiveIntegerField(default=0, verbose_name="handed down, not confirmed"),
                        ),
                        ("handed_down", models.PositiveIntegerField(default=0, verbose_name="handed down")),
                        ("issued", models.PositiveIntegerField(default=0, verbose_name="issued")),
                        ("returned", models.PositiveIntegerField(default=0, verbose_name="returned by the member")),
                        ("spoiled", models.PositiveIntegerField(default=0, verbose_name="spoiled")),
                        ("lost", models.PositiveIntegerField(default=0, verbose_name="lost")),
                        ("cancelled", models.PositiveIntegerField(default=0, verbose_name="cancelled")),
                        ("destroyed", models.PositiveIntegerField(default=0, verbose_name="destroyed")),
                        (
                            "keeper",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="keeper of blanks",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="blank_stocks",
                                to="registry.organization",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "balance of blanks",
                        "verbose_name_plural": "balances of blanks",
                        "ordering": ["organization", "kind"],
                        "constraints": [
                            models.UniqueConstraint(fields=("organization", "kind"), name="blank_stock_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "received",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                django.db.models.expressions.CombinedExpression(
                                                                    django.db.models.expressions.CombinedExpression(
                                                                        models.F("in_stock"),
                                                                        "+",
                                                                        models.F("on_the_way"),
                                                                    ),
                                                                    "+",
                                                                    models.F("handed_down"),
                                                                ),
                                                                "+",
                                                                models.F("issued"),
                                                            ),
                                                            "+",
                                                            models.F("returned"),
                                                        ),
                                                        "+",
                                                        models.F("spoiled"),
                                                    ),
                                                    "+",
                                                    models.F("lost"),
                                                ),
                                                "+",
                                                models.F("cancelled"),
                                            ),
                                            "+",
                                            models.F("destroyed"),
                                        ),
                                    )
                                ),
                                name="blank_balance",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalBlank",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("ticket", "membership ticket"), ("card", "paper member card")],
                                max_length=10,
                                verbose_name="kind of blank",
                            ),
                        ),
                        ("series", models.CharField(blank=True, max_length=10, verbose_name="series")),
                        ("number", models.PositiveBigIntegerField(verbose_name="number")),
                        ("width", models.PositiveSmallIntegerField(verbose_name="digits")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("stock", "in stock"),
                                    ("on_the_way", "handed down, not confirmed"),
                                    ("issued", "issued"),
                                    ("returned", "returned by the member"),
                                    ("spoiled", "spoiled"),
                                    ("lost", "lost"),
                                    ("cancelled", "cancelled"),
                                    ("destroyed", "destroyed"),
                                ],
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
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
                        (
                            "member",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical blank",
                        "verbose_name_plural": "historical blanks",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalBlankPaper",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("opening", "opening act"),
                                    ("receipt", "receipt of blanks"),
                                    ("hand_down", "act of handing down"),
                                    ("issue", "issue sheet"),
                                    ("spoiled", "act of spoiled blanks"),
                                    ("lost", "act of lost blanks"),
                                    ("return", "return by the member"),
                                    ("cancellation", "act of cancellation"),
                                    ("stock_taking", "act of stock-taking"),
                                    ("destruction", "act of destruction"),
                                ],
                                max_length=15,
                                verbose_name="paper",
                            ),
                        ),
                        (
                            "blank",
                            models.CharField(
                                choices=[("ticket", "membership ticket"), ("card", "paper member card")],
                                max_length=10,
                                verbose_name="kind of blank",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "being prepared"),
                                    ("sent", "handed down, to be confirmed"),
                                    ("posted", "posted"),
                                    ("dropped", "dropped"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number", models.CharField(blank=True, max_length=30, verbose_name="paper №")),
                        ("made_on", models.DateField(verbose_name="date of the paper")),
                        ("source", models.CharField(blank=True, max_length=200, verbose_name="received from")),
                        ("confirmed_on", models.DateField(blank=True, null=True, verbose_name="confirmed on")),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                        ("signed_by", models.JSONField(default=list, verbose_name="signed by")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "receiver",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="handed down to",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical paper of blanks",
                        "verbose_name_plural": "historical papers of blanks",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="IssueLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField(verbose_name="№")),
                        ("full_name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                        ("joined_on", models.DateField(blank=True, null=True, verbose_name="joined on")),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("first", "first ticket"),
                                    ("name", "change of name"),
                                    ("lost", "lost"),
                                    ("damaged", "damaged"),
                                ],
                                default="first",
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("ground", models.CharField(blank=True, max_length=200, verbose_name="ground")),
                        ("replaces", models.CharField(blank=True, max_length=30, verbose_name="in place of №")),
                        (
                            "blank",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="issue_line",
                                to="documents.blank",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="issue_lines",
                                to="members.member",
                            ),
                        ),
                        (
                            "paper",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="documents.blankpaper",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "line of an issue sheet",
                        "verbose_name_plural": "lines of issue sheets",
                        "ordering": ["paper", "position"],
                        "constraints": [models.UniqueConstraint(fields=("paper", "position"), name="issue_line_once")],
                    },
                ),
                migrations.CreateModel(
                    name="CardBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "being prepared"), ("sent", "sent"), ("dropped", "dropped")],
                                default="draft",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="order №")),
                        ("producer", models.CharField(blank=True, max_length=200, verbose_name="producer")),
                        ("sent_on", models.DateField(blank=True, null=True, verbose_name="sent on")),
                        ("process_on", models.DateField(blank=True, null=True, verbose_name="to be processed on")),
                        ("ship_by", models.DateField(blank=True, null=True, verbose_name="to be dispatched by")),
                        ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="card_batches",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "consolidated order of electronic cards",
                        "verbose_name_plural": "consolidated orders of electronic cards",
                        "ordering": ["-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "draft")),
                                fields=("organization",),
                                name="card_batch_one_draft",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("loaded_at", models.DateTimeField(auto_now_add=True, verbose_name="loaded at")),
                        ("lines", models.JSONField(default=list)),
                        (
                            "loaded_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="documents.cardbatch",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "answer of the producer",
                        "verbose_name_plural": "answers of the producer",
                        "ordering": ["-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="CardDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("on_the_way", "on the way"), ("received", "received")],
                                default="on_the_way",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="act №")),
                        ("tracking", models.CharField(blank=True, max_length=40, verbose_name="tracking number")),
                        ("sent_on", models.DateField(verbose_name="sent on")),
                        ("received_on", models.DateField(blank=True, null=True, verbose_name="received on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "giver",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="handed over by",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "receiver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="card_deliveries",
                                to="registry.organization",
                                verbose_name="handed over to",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "delivery of electronic cards",
                        "verbose_name_plural": "deliveries of electronic cards",
                        "ordering": ["-pk"],
                        "indexes": [models.Index(fields=["receiver", "state"], name="card_delivery_to_confirm")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("giver__isnull", True)),
                                fields=("receiver", "tracking"),
                                name="card_parcel_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardOrder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "being prepared"),
                                    ("submitted", "submitted"),
                                    ("accepted", "accepted"),
                                    ("returned", "returned"),
                                    ("dropped", "dropped"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="order №")),
                        ("submitted_on", models.DateField(blank=True, null=True, verbose_name="submitted on")),
                        ("process_on", models.DateField(blank=True, null=True, verbose_name="to be processed on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="card_orders",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "consolidator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="submitted to",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "order of electronic cards",
                        "verbose_name_plural": "orders of electronic cards",
                        "ordering": ["-pk"],
                        "indexes": [models.Index(fields=["consolidator", "state"], name="card_order_to_check")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "draft")),
                                fields=("organization",),
                                name="card_order_one_draft",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "in the order of the organisation"),
                                    ("checked", "checked"),
                                    ("rejected", "not accepted"),
                                    ("ordered", "in the order for the producer"),
                                    ("sent", "sent to the producer"),
                                    ("made", "made"),
                                    ("failed", "not made"),
                                    ("arrived", "arrived"),
                                    ("handed_out", "handed out"),
                                    ("returned", "not handed out"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("first", "first card"),
                                    ("name", "change of name"),
                                    ("lost", "lost"),
                                    ("stolen", "stolen"),
                                    ("damaged", "damaged"),
                                ],
                                default="first",
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        ("printed_name", models.CharField(blank=True, max_length=300, verbose_name="name on the card")),
                        ("photo_digest", models.CharField(blank=True, editable=False, max_length=64)),
                        ("position", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                        ("number", models.CharField(blank=True, max_length=19, null=True, verbose_name="card №")),
                        ("serial", models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                        ("code", models.CharField(blank=True, editable=False, max_length=32, null=True, unique=True)),
                        ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="ordered at")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="documents.cardbatch",
                            ),
                        ),
                        (
                            "federation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.federation"
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="card_requests",
                                to="members.member",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="documents.cardorder",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.organization",
                            ),
                        ),
                        (
                            "photo",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="registry.storedfile",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.organization",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="documents.cardrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "request for an electronic card",
                        "verbose_name_plural": "requests for electronic cards",
                        "ordering": ["-pk"],
                        "indexes": [
                            models.Index(fields=["organization", "state"], name="card_request_by_state"),
                            models.Index(fields=["place", "state"], name="card_request_by_place"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state__in", ("draft", "checked", "ordered", "sent", "made", "arrived"))
                                ),
                                fields=("member",),
                                name="card_request_one_open",
                            ),
                            models.UniqueConstraint(fields=("federation", "number"), name="card_number_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("batch__isnull", False),
                                    models.Q(("state__in", ("ordered", "sent", "made", "arrived")), _negated=True),
                                    _connector="OR",
                                ),
                                name="card_request_in_a_batch",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "arrived"), _negated=True),
                                    ("place__isnull", False),
                                    _connector="OR",
                                ),
                                name="card_arrived_somewhere",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardDeliveryLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField(verbose_name="№")),
                        ("arrived", models.BooleanField(blank=True, null=True)),
                        (
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="documents.carddelivery",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delivery_lines",
                                to="documents.cardrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "card of a delivery",
                        "verbose_name_plural": "cards of a delivery",
                        "ordering": ["delivery", "position"],
                        "constraints": [
                            models.UniqueConstraint(fields=("delivery", "position"), name="card_delivery_line_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("arrived__isnull", True)),
                                fields=("request",),
                                name="card_on_one_way_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ElectronicCard",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("active", "valid"),
                                    ("blocked", "blocked"),
                                    ("replaced", "replaced by another"),
                                    ("destroyed", "destroyed"),
                                ],
                                default="active",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("handed_out_on", models.DateField(verbose_name="handed out on")),
                        ("blocked_on", models.DateField(blank=True, null=True, verbose_name="blocked on")),
                        (
                            "block_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("lost", "lost"),
                                    ("stolen", "stolen"),
                                    ("damaged", "damaged"),
                                    ("left", "membership ended"),
                                ],
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("destroyed_on", models.DateField(blank=True, null=True, verbose_name="destroyed on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "handed_out_by",
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
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="electronic_cards",
                                to="members.member",
                            ),
                        ),
                        (
                            "request",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="card",
                                to="documents.cardrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "electronic card",
                        "verbose_name_plural": "electronic cards",
                        "ordering": ["-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "active")),
                                fields=("member",),
                                name="electronic_card_one_valid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "blocked"), _negated=True),
                                    models.Q(("block_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="electronic_card_blocked_for_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalCardBatch",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "being prepared"), ("sent", "sent"), ("dropped", "dropped")],
                                default="draft",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="order №")),
                        ("producer", models.CharField(blank=True, max_length=200, verbose_name="producer")),
                        ("sent_on", models.DateField(blank=True, null=True, verbose_name="sent on")),
                        ("process_on", models.DateField(blank=True, null=True, verbose_name="to be processed on")),
                        ("ship_by", models.DateField(blank=True, null=True, verbose_name="to be dispatched by")),
                        ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical consolidated order of electronic cards",
                        "verbose_name_plural": "historical consolidated orders of electronic cards",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalCardDelivery",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        (
                            "state",
                            models.CharField(
                                choices=[("on_the_way", "on the way"), ("received", "received")],
                                default="on_the_way",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="act №")),
                        ("tracking", models.CharField(blank=True, max_length=40, verbose_name="tracking number")),
                        ("sent_on", models.DateField(verbose_name="sent on")),
                        ("received_on", models.DateField(blank=True, null=True, verbose_name="received on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="handed over by",
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
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "receiver",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="handed over to",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical delivery of electronic cards",
                        "verbose_name_plural": "historical deliveries of electronic cards",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalCardOrder",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "being prepared"),
                                    ("submitted", "submitted"),
                                    ("accepted", "accepted"),
                                    ("returned", "returned"),
                                    ("dropped", "dropped"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="order №")),
                        ("submitted_on", models.DateField(blank=True, null=True, verbose_name="submitted on")),
                        ("process_on", models.DateField(blank=True, null=True, verbose_name="to be processed on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "consolidator",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="submitted to",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical order of electronic cards",
                        "verbose_name_plural": "historical orders of electronic cards",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalCardRequest",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "in the order of the organisation"),
                                    ("checked", "checked"),
                                    ("rejected", "not accepted"),
                                    ("ordered", "in the order for the producer"),
                                    ("sent", "sent to the producer"),
                                    ("made", "made"),
                                    ("failed", "not made"),
                                    ("arrived", "arrived"),
                                    ("handed_out", "handed out"),
                                    ("returned", "not handed out"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("first", "first card"),
                                    ("name", "change of name"),
                                    ("lost", "lost"),
                                    ("stolen", "stolen"),
                                    ("damaged", "damaged"),
                                ],
                                default="first",
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        ("printed_name", models.CharField(blank=True, max_length=300, verbose_name="name on the card")),
                        ("photo_digest", models.CharField(blank=True, editable=False, max_length=64)),
                        ("position", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                        ("number", models.CharField(blank=True, max_length=19, null=True, verbose_name="card №")),
                        ("serial", models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                        ("made_at", models.DateTimeField(blank=True, editable=False, verbose_name="ordered at")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="documents.cardbatch",
                            ),
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
                        (
                            "member",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="documents.cardorder",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                            ),
                        ),
                        (
                            "photo",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.storedfile",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="documents.cardrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical request for an electronic card",
                        "verbose_name_plural": "historical requests for electronic cards",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalElectronicCard",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("active", "valid"),
                                    ("blocked", "blocked"),
                                    ("replaced", "replaced by another"),
                                    ("destroyed", "destroyed"),
                                ],
                                default="active",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("handed_out_on", models.DateField(verbose_name="handed out on")),
                        ("blocked_on", models.DateField(blank=True, null=True, verbose_name="blocked on")),
                        (
                            "block_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("lost", "lost"),
                                    ("stolen", "stolen"),
                                    ("damaged", "damaged"),
                                    ("left", "membership ended"),
                                ],
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("destroyed_on", models.DateField(blank=True, null=True, verbose_name="destroyed on")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "handed_out_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        (
                            "member",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="documents.cardrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical electronic card",
                        "verbose_name_plural": "historical electronic cards",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalExchangeSettings",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("off", "switched off"),
                                    ("web", "sent to the programme's address"),
                                    ("file", "written into files that are handed over"),
                                ],
                                default="off",
                                max_length=5,
                                verbose_name="exchange",
                            ),
                        ),
                        (
                            "address",
                            models.CharField(blank=True, max_length=300, verbose_name="address of the programme"),
                        ),
                        ("former_until", models.DateTimeField(editable=False, null=True)),
                        (
                            "signed_answers",
                            models.BooleanField(default=False, verbose_name="the programme signs its answers"),
                        ),
                        (
                            "gone_at",
                            models.DateTimeField(
                                editable=False, null=True, verbose_name="switched off by the programme"
                            ),
                        ),
                        ("paused_until", models.DateTimeField(editable=False, null=True)),
                        (
                            "away_since",
                            models.DateTimeField(editable=False, null=True, verbose_name="cannot be reached since"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
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
                        "verbose_name": "historical exchange with the bonus programme",
                        "verbose_name_plural": "historical exchange with the bonus programme",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="ExchangeSettings",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("off", "switched off"),
                                    ("web", "sent to the programme's address"),
                                    ("file", "written into files that are handed over"),
                                ],
                                default="off",
                                max_length=5,
                                verbose_name="exchange",
                            ),
                        ),
                        (
                            "address",
                            models.CharField(blank=True, max_length=300, verbose_name="address of the programme"),
                        ),
                        ("secret", registry.fields.EncryptedTextField(blank=True, verbose_name="secret")),
                        ("former_secret", registry.fields.EncryptedTextField(blank=True, editable=False)),
                        ("former_until", models.DateTimeField(editable=False, null=True)),
                        (
                            "signed_answers",
                            models.BooleanField(default=False, verbose_name="the programme signs its answers"),
                        ),
                        (
                            "gone_at",
                            models.DateTimeField(
                                editable=False, null=True, verbose_name="switched off by the programme"
                            ),
                        ),
                        ("paused_until", models.DateTimeField(editable=False, null=True)),
                        (
                            "away_since",
                            models.DateTimeField(editable=False, null=True, verbose_name="cannot be reached since"),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "federation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="exchange",
                                to="registry.federation",
                                verbose_name="federation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "exchange with the bonus programme",
                        "verbose_name_plural": "exchange with the bonus programme",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("channel", "web"), _negated=True),
                                    models.Q(("address", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="exchange_has_an_address",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutboxEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("subject", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting to be sent"),
                                    ("confirmed", "sent"),
                                    ("failed", "could not be sent"),
                                ],
                                default="waiting",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                        ("since", models.DateTimeField(verbose_name="waiting since")),
                        ("next_at", models.DateTimeField(null=True, verbose_name="next attempt")),
                        ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("done", "the programme has confirmed it"),
                                    ("lost", "the registry was stopped while it was sending"),
                                    ("no_host", "the programme's address was not found"),
                                    ("private", "the programme's address is in an internal network"),
                                    ("unreachable", "there was no connection to the programme"),
                                    ("certificate", "the certificate of the programme's site is not valid"),
                                    ("silent", "the programme did not answer in time"),
                                    ("cut_off", "the answer of the programme was incomplete"),
                                    ("too_large", "the answer of the programme was too long"),
                                    ("redirected", "the programme's address has moved"),
                                    ("busy", "the programme was overloaded"),
                                    ("broken", "the programme had an internal error"),
                                    ("refused", "the programme refused it"),
                                    ("gone", "the programme accepts no more messages at this address"),
                                    ("forged", "the answer was not signed by the programme"),
                                    ("in_file", "the file with the message was not downloaded yet"),
                                    ("picked_up", "the file with the message was downloaded"),
                                ],
                                max_length=12,
                                verbose_name="what happened",
                            ),
                        ),
                        ("code", models.PositiveSmallIntegerField(null=True, verbose_name="status of the answer")),
                        ("offered_version", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "federation",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.federation",
                            ),
                        ),
                        (
                            "member",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="outbox",
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
                            "kind",
                            models.CharField(
                                choices=[("member", "takes part"), ("revoked", "withdrawn")],
                                max_length=8,
                                verbose_name="kind of message",
                            ),
                        ),
                        ("confirmed_version", models.PositiveIntegerField(default=0, editable=False)),
                        ("confirmed_at", models.DateTimeField(null=True, verbose_name="sent at")),
                    ],
                    options={
                        "verbose_name": "message to the bonus programme",
                        "verbose_name_plural": "messages to the bonus programme",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["federation", "next_at"],
                                name="outbox_due",
                            ),
                            models.Index(
                                condition=models.Q(("state", "confirmed"), _negated=True),
                                fields=["federation", "since"],
                                name="outbox_unconfirmed",
                            ),
                            models.Index(fields=["organization", "-confirmed_at"], name="outbox_of_organization"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("next_at__isnull", False), ("state", "waiting")),
                                    models.Q(models.Q(("state", "waiting"), _negated=True), ("next_at__isnull", True)),
                                    _connector="OR",
                                ),
                                name="outbox_waiting_has_an_attempt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confirmed_version__lte", models.F("offered_version")),
                                    ("offered_version__lte", models.F("version")),
                                ),
                                name="outbox_versions_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalPrinterCalibration",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        ("name", models.CharField(max_length=60, verbose_name="printer")),
                        (
                            "front_x",
                            models.DecimalField(
                                decimal_places=1,
                                default=Decimal("0"),
                                max_digits=3,
                                verbose_name="front: to the right, mm",
                            ),
                        ),
                        (
                            "front_y",
                            models.DecimalField(
                                decimal_places=1, default=Decimal("0"), max_digits=3, verbose_name="front: down, mm"
                            ),
                        ),
                        (
                            "back_x",
                            models.DecimalField(
                                decimal_places=1,
                                default=Decimal("0"),
                                max_digits=3,
                                verbose_name="back: to the right, mm",
                            ),
                        ),
                        (
                            "back_y",
                            models.DecimalField(
                                decimal_places=1, default=Decimal("0"), max_digits=3, verbose_name="back: down, mm"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical printer",
                        "verbose_name_plural": "historical printers",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="PrinterCalibration",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="printer")),
                        (
                            "front_x",
                            models.DecimalField(
                                decimal_places=1,
                                default=Decimal("0"),
                                max_digits=3,
                                verbose_name="front: to the right, mm",
                            ),
                        ),
                        (
                            "front_y",
                            models.DecimalField(
                                decimal_places=1, default=Decimal("0"), max_digits=3, verbose_name="front: down, mm"
                            ),
                        ),
                        (
                            "back_x",
                            models.DecimalField(
                                decimal_places=1,
                                default=Decimal("0"),
                                max_digits=3,
                                verbose_name="back: to the right, mm",
                            ),
                        ),
                        (
                            "back_y",
                            models.DecimalField(
                                decimal_places=1, default=Decimal("0"), max_digits=3, verbose_name="back: down, mm"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="printers",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "printer",
                        "verbose_name_plural": "printers",
                        "ordering": ["name", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("organization", "name"), name="printer_name_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("back_x__range", (Decimal("-20"), Decimal("20"))),
                                    ("back_y__range", (Decimal("-20"), Decimal("20"))),
                                    ("front_x__range", (Decimal("-20"), Decimal("20"))),
                                    ("front_y__range", (Decimal("-20"), Decimal("20"))),
                                ),
                                name="printer_shifts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LeafletMail",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sent_at", models.DateTimeField(verbose_name="sent at")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("sending", "being sent"),
                                    ("sent", "sent by e-mail"),
                                    ("failed", "e-mail could not be sent"),
                                ],
                                default="sending",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "failure",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("address", "the mail server refused the address"),
                                    ("server", "the mail server could not be reached"),
                                    ("lost", "the registry was stopped while it was sending"),
                                    ("later", "the mail server did not take it for the moment"),
                                ],
                                max_length=8,
                                verbose_name="what happened",
                            ),
                        ),
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
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="leaflets",
                                to="members.member",
                                verbose_name="member",
                            ),
                        ),
                        (
                            "sent_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="sent by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "leaflet sent by e-mail",
                        "verbose_name_plural": "leaflets sent by e-mail",
                        "ordering": ["-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalWithdrawal",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        ("purposes", models.JSONField(default=list, verbose_name="consents that are withdrawn")),
                        ("stops_processing", models.BooleanField(default=False, editable=False)),
                        ("received_on", models.DateField(verbose_name="received on")),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("hand", "handed over in person"),
                                    ("post", "by post"),
                                    ("email", "by e-mail"),
                                ],
                                max_length=6,
                                verbose_name="how it was received",
                            ),
                        ),
                        ("stop_by", models.DateField(verbose_name="processing stops by")),
                        ("tell_by", models.DateField(verbose_name="the person is notified by")),
                        ("destroy_by", models.DateField(verbose_name="data without another ground are destroyed by")),
                        ("blocked_at", models.DateTimeField(blank=True, null=True, verbose_name="blocked at")),
                        ("told_on", models.DateField(blank=True, null=True, verbose_name="notified in writing on")),
                        ("ended_on", models.DateField(blank=True, null=True, verbose_name="new consent signed on")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="organisation",
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
                        ("destroyed_on", models.DateField(blank=True, null=True, verbose_name="data destroyed on")),
                    ],
                    options={
                        "verbose_name": "historical withdrawal of consents",
                        "verbose_name_plural": "historical withdrawals of consents",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="Withdrawal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("purposes", models.JSONField(default=list, verbose_name="consents that are withdrawn")),
                        ("stops_processing", models.BooleanField(default=False, editable=False)),
                        ("received_on", models.DateField(verbose_name="received on")),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("hand", "handed over in person"),
                                    ("post", "by post"),
                                    ("email", "by e-mail"),
                                ],
                                max_length=6,
                                verbose_name="how it was received",
                            ),
                        ),
                        ("stop_by", models.DateField(verbose_name="processing stops by")),
                        ("tell_by", models.DateField(verbose_name="the person is notified by")),
                        ("destroy_by", models.DateField(verbose_name="data without another ground are destroyed by")),
                        ("blocked_at", models.DateTimeField(blank=True, null=True, verbose_name="blocked at")),
                        ("told_on", models.DateField(blank=True, null=True, verbose_name="notified in writing on")),
                        ("ended_on", models.DateField(blank=True, null=True, verbose_name="new consent signed on")),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="withdrawals",
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
                        ("destroyed_on", models.DateField(blank=True, null=True, verbose_name="data destroyed on")),
                    ],
                    options={
                        "verbose_name": "withdrawal of consents",
                        "verbose_name_plural": "withdrawals of consents",
                        "ordering": ["-received_on", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_on__isnull", True), ("told_on__isnull", True)),
                                fields=["organization", "tell_by"],
                                name="withdrawal_to_tell",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("blocked_at__isnull", True), ("ended_on__isnull", True), ("stops_processing", True)
                                ),
                                fields=["organization", "stop_by"],
                                name="withdrawal_to_block",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("blocked_at__isnull", False),
                                    ("destroyed_on__isnull", True),
                                    ("ended_on__isnull", True),
                                    ("stops_processing", True),
                                ),
                                fields=["organization", "destroy_by"],
                                name="withdrawal_to_destroy",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("destroyed_on__isnull", True),
                                    models.Q(("blocked_at__isnull", False), ("stops_processing", True)),
                                    _connector="OR",
                                ),
                                name="withdrawal_destroyed_after_blocking",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExchangeFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField(verbose_name="file №")),
                        ("made_at", models.DateTimeField(verbose_name="written at")),
                        ("lines", models.JSONField(default=list)),
                        ("picked_up_at", models.DateTimeField(null=True, verbose_name="downloaded at")),
                        (
                            "file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="registry.storedfile",
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
                            "picked_up_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="downloaded by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "file for the bonus programme",
                        "verbose_name_plural": "files for the bonus programme",
                        "ordering": ["-pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("organization", "number"), name="exchange_file_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalFormText",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        ("form", models.CharField(max_length=40, verbose_name="form")),
                        ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("clauses", models.JSONField(default=dict, verbose_name="clauses")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
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
                        "verbose_name": "historical form text",
                        "verbose_name_plural": "historical form texts",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="FormText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("form", models.CharField(max_length=40, verbose_name="form")),
                        ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("clauses", models.JSONField(default=dict, verbose_name="clauses")),
                        (
                            "federation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="form_texts",
                                to="registry.federation",
                                verbose_name="federation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "form text",
                        "verbose_name_plural": "form texts",
                        "ordering": ["federation", "form", "-version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("federation", "form", "version"), name="form_text_version_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalSubjectRequest",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        ("number", models.PositiveIntegerField(verbose_name="request №")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("access", "access to one's own data"),
                                    ("correction", "correction of the data"),
                                    ("stopping", "end of the processing"),
                                ],
                                max_length=10,
                                verbose_name="what is asked for",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "received"),
                                    ("answered", "answered"),
                                    ("refused", "refused"),
                                    ("recalled", "recalled"),
                                ],
                                default="received",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("person_name", registry.fields.EncryptedTextField(blank=True, verbose_name="full name")),
                        ("received_on", models.DateField(verbose_name="received on")),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("hand", "handed over in person"),
                                    ("post", "by post"),
                                    ("email", "by e-mail"),
                                ],
                                max_length=6,
                                verbose_name="how it was received",
                            ),
                        ),
                        (
                            "details",
                            registry.fields.EncryptedTextField(blank=True, verbose_name="what the request says"),
                        ),
                        ("answer_by", models.DateField(verbose_name="answer by")),
                        ("extended_on", models.DateField(blank=True, null=True, verbose_name="term extended on")),
                        (
                            "extension_reason",
                            registry.fields.EncryptedTextField(blank=True, verbose_name="why the term was extended"),
                        ),
                        ("extract_at", models.DateTimeField(blank=True, null=True, verbose_name="extract made at")),
                        ("settled_on", models.DateField(blank=True, null=True, verbose_name="settled on")),
                        (
                            "reply_channel",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("hand", "handed over in person"),
                                    ("post", "by post"),
                                    ("email", "by e-mail"),
                                ],
                                max_length=6,
                                verbose_name="how the answer was given",
                            ),
                        ),
                        ("reply", registry.fields.EncryptedTextField(blank=True, verbose_name="answer")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
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
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "received_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="received by",
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
                    ],
                    options={
                        "verbose_name": "historical request about personal data",
                        "verbose_name_plural": "historical requests about personal data",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="SubjectRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField(verbose_name="request №")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("access", "access to one's own data"),
                                    ("correction", "correction of the data"),
                                    ("stopping", "end of the processing"),
                                ],
                                max_length=10,
                                verbose_name="what is asked for",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "received"),
                                    ("answered", "answered"),
                                    ("refused", "refused"),
                                    ("recalled", "recalled"),
                                ],
                                default="received",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("person_name", registry.fields.EncryptedTextField(blank=True, verbose_name="full name")),
                        ("received_on", models.DateField(verbose_name="received on")),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("hand", "handed over in person"),
                                    ("post", "by post"),
                                    ("email", "by e-mail"),
                                ],
                                max_length=6,
                                verbose_name="how it was received",
                            ),
                        ),
                        (
                            "details",
                            registry.fields.EncryptedTextField(blank=True, verbose_name="what the request says"),
                        ),
                        ("answer_by", models.DateField(verbose_name="answer by")),
                        ("extended_on", models.DateField(blank=True, null=True, verbose_name="term extended on")),
                        (
                            "extension_reason",
                            registry.fields.EncryptedTextField(blank=True, verbose_name="why the term was extended"),
                        ),
                        ("extract_at", models.DateTimeField(blank=True, null=True, verbose_name="extract made at")),
                        ("settled_on", models.DateField(blank=True, null=True, verbose_name="settled on")),
                        (
                            "reply_channel",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("hand", "handed over in person"),
                                    ("post", "by post"),
                                    ("email", "by e-mail"),
                                ],
                                max_length=6,
                                verbose_name="how the answer was given",
                            ),
                        ),
                        ("reply", registry.fields.EncryptedTextField(blank=True, verbose_name="answer")),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        (
                            "member",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="own_requests",
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
                            "received_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="registry.organization",
                                verbose_name="received by",
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
                    ],
                    options={
                        "verbose_name": "request about personal data",
                        "verbose_name_plural": "requests about personal data",
                        "ordering": ["-received_on", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "received")),
                                fields=["organization", "answer_by"],
                                name="subject_request_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("received_by", "number"), name="subject_request_number_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("settled_on__isnull", True), ("state", "received")),
                                    models.Q(
                                        models.Q(("state", "received"), _negated=True), ("settled_on__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="subject_request_settled_on_a_day",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
