"""The clean beginning: every table of the app as the first release has it."""

import django.db.models.deletion
import registry.fields
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
        ("registry", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("admission", "admission"),
                            ("duplicate", "new ticket or duplicate"),
                            ("exclusion", "exclusion"),
                            ("discipline", "disciplinary measure"),
                            ("lifted", "lifting of a disciplinary measure"),
                            ("property", "property contribution"),
                            ("collector", "appointment of a collector"),
                            ("appeal", "appeal"),
                            ("reconciliation", "report on reconciliation"),
                            ("other", "other"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for a meeting"),
                            ("scheduled", "on the agenda"),
                            ("adopted", "adopted"),
                            ("rejected", "rejected"),
                            ("dropped", "taken off"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="№")),
                ("title", registry.fields.EncryptedTextField(verbose_name="subject")),
                ("speaker", models.CharField(blank=True, max_length=200, verbose_name="speaker")),
                (
                    "ticket_reason",
                    models.CharField(
                        blank=True,
                        choices=[("name", "change of name"), ("lost", "lost"), ("damaged", "damaged")],
                        max_length=10,
                        verbose_name="why a new ticket",
                    ),
                ),
                (
                    "exclusion_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("arrears", "arrears of dues"),
                            ("violation", "violation of the statutes"),
                            ("no_ground", "the ground of membership is lost"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="why exclusion",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="sum, roubles"
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="term")),
                ("filed_on", models.DateField(verbose_name="filed on")),
                ("votes_for", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="for")),
                ("votes_against", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="against")),
                ("votes_abstained", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="abstained")),
                ("resolution", registry.fields.EncryptedTextField(blank=True, verbose_name="decided")),
                ("reason", registry.fields.EncryptedTextField(blank=True, verbose_name="reason")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decision entered at")),
                ("notified_on", models.DateField(blank=True, null=True, verbose_name="notified of the decision on")),
                (
                    "notified_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_person", "in person, against signature"),
                            ("post", "registered mail"),
                            ("email", "e-mail"),
                            ("phone", "telephone"),
                        ],
                        max_length=10,
                        verbose_name="way of notice",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agenda_items",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "agenda item",
                "verbose_name_plural": "agenda items",
                "ordering": ["position", "pk"],
                "indexes": [models.Index(fields=["organization", "state", "kind"], name="item_queue")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["adopted", "rejected"]), _negated=True),
                            models.Q(("decided_at__isnull", False), ("votes_for__isnull", False)),
                            _connector="OR",
                        ),
                        name="item_decided_has_votes",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("satisfied", "satisfied"),
                            ("dismissed", "dismissed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="received on")),
                ("term_on", models.DateField(verbose_name="term of the appeal")),
                ("late", models.BooleanField(default=False, verbose_name="term missed")),
                ("late_reason", registry.fields.EncryptedTextField(blank=True, verbose_name="why the term was missed")),
                ("text", registry.fields.EncryptedTextField(blank=True, verbose_name="what the appeal says")),
                ("person_name", registry.fields.EncryptedTextField(verbose_name="who appeals")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "against",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="members.agendaitem",
                        verbose_name="decision appealed against",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="registry.organization",
                        verbose_name="organisation that decides",
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "ordering": ["-received_on", "-pk"],
                "indexes": [models.Index(fields=["organization", "state"], name="appeal_queue")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["satisfied", "dismissed"]), _negated=True),
                            ("decided_on__isnull", False),
                            _connector="OR",
                        ),
                        name="appeal_decided_has_day",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="appeal",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="members.appeal",
                verbose_name="appeal",
            ),
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("routing", models.CharField(blank=True, max_length=200, verbose_name="why this organisation decides")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("filed", "filed"),
                            ("scheduled", "on the agenda of a meeting"),
                            ("admitted", "admitted"),
                            ("refused", "refused"),
                            ("appealed", "refused, appealed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="filed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("filed_on", models.DateField(verbose_name="filed on")),
                ("surname", models.CharField(max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("patronymic", models.CharField(blank=True, max_length=100, verbose_name="patronymic")),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("disabled", "disabled person"),
                            ("legal_representative", "legal representative"),
                            ("guardian", "guardian"),
                            ("trustee", "trustee"),
                            ("employed", "employed"),
                            ("student", "student"),
                            ("pensioner", "pensioner, not employed"),
                            ("unemployed", "temporarily not employed"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                ("sort_key", models.CharField(default="", editable=False, max_length=420)),
                ("search_key", models.CharField(default="", editable=False, max_length=500)),
                ("values", registry.fields.EncryptedJSONField(default=dict)),
                ("copies", models.JSONField(blank=True, default=list, verbose_name="copies seen")),
                (
                    "acquainted_on",
                    models.DateField(blank=True, null=True, verbose_name="acquainted with the statutes on"),
                ),
                (
                    "acquainted_by",
                    models.CharField(blank=True, max_length=200, verbose_name="who acquainted the applicant"),
                ),
                ("consent_signed_on", models.DateField(blank=True, null=True, verbose_name="consent signed on")),
                ("invited_on", models.DateField(blank=True, null=True, verbose_name="notified of the meeting on")),
                (
                    "invited_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_person", "in person, against signature"),
                            ("post", "registered mail"),
                            ("email", "e-mail"),
                            ("phone", "telephone"),
                        ],
                        max_length=10,
                        verbose_name="way of notice",
                    ),
                ),
                ("attended", models.BooleanField(blank=True, null=True, verbose_name="came to the meeting")),
                ("notified_on", models.DateField(blank=True, null=True, verbose_name="notified of the decision on")),
                (
                    "notified_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_person", "in person, against signature"),
                            ("post", "registered mail"),
                            ("email", "e-mail"),
                            ("phone", "telephone"),
                        ],
                        max_length=10,
                        verbose_name="way of notice",
                    ),
                ),
                ("pickup_on", models.DateField(blank=True, null=True, verbose_name="ticket to be received on")),
                ("pickup_at", models.TimeField(blank=True, null=True, verbose_name="at")),
                (
                    "pickup_place",
                    models.CharField(blank=True, max_length=300, verbose_name="place of receiving the ticket"),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("refusal", registry.fields.EncryptedTextField(blank=True, verbose_name="reason of the refusal")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "federation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.federation"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="applications",
                        to="members.agendaitem",
                        verbose_name="agenda item",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="received by",
                    ),
                ),
            ],
            options={
                "verbose_name": "application",
                "verbose_name_plural": "applications",
                "ordering": ["-filed_on", "-pk"],
                "indexes": [models.Index(fields=["organization", "state", "filed_on"], name="application_queue")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("surname", ""), _negated=True), models.Q(("given_name", ""), _negated=True)
                        ),
                        name="application_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["admitted", "refused", "appealed"]), _negated=True),
                            ("decided_on__isnull", False),
                            _connector="OR",
                        ),
                        name="application_decided_has_day",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="appeal",
            name="application",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appeals",
                to="members.application",
                verbose_name="application",
            ),
        ),
        migrations.CreateModel(
            name="CardMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("discipline", "disciplinary measure"),
                            ("ticket", "replacement of the ticket"),
                            ("name", "change of name"),
                            ("trip", "long business trip"),
                            ("study", "studies elsewhere"),
                            ("paper_card", "paper card"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("made_on", models.DateField(verbose_name="date")),
                ("text", registry.fields.EncryptedTextField(verbose_name="mark")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("lifted_on", models.DateField(blank=True, null=True, verbose_name="lifted on")),
                ("lifted_text", registry.fields.EncryptedTextField(blank=True, verbose_name="mark on the lifting")),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="marks",
                        to="members.agendaitem",
                        verbose_name="decision",
                    ),
                ),
                (
                    "lifted_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="members.agendaitem",
                        verbose_name="decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "card mark",
                "verbose_name_plural": "card marks",
                "ordering": ["made_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_on__isnull", True), ("lifted_on__gte", models.F("made_on")), _connector="OR"
                        ),
                        name="mark_lifted_after_made",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="mark",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="members.cardmark",
                verbose_name="card mark",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalImportBatch",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "columns to be checked"),
                            ("checked", "rows checked"),
                            ("applied", "put on account"),
                            ("undone", "undone"),
                            ("discarded", "thrown away"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("sheet", models.CharField(blank=True, max_length=100, verbose_name="sheet")),
                ("sheets", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                ("defaults", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="put on account at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                    "source",
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
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical import batch",
                "verbose_name_plural": "historical import batches",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalMeeting",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("held", "held, minutes not closed"),
                            ("closed", "minutes closed"),
                            ("cancelled", "called off"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("held_on", models.DateField(verbose_name="date")),
                ("starts_at", models.TimeField(verbose_name="time")),
                ("place", models.CharField(max_length=300, verbose_name="place")),
                (
                    "format",
                    models.CharField(
                        choices=[("in_person", "in person"), ("absentee", "by correspondence"), ("online", "online")],
                        default="in_person",
                        max_length=10,
                        verbose_name="form",
                    ),
                ),
                ("seats", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="members of the body")),
                ("chaired_by", models.CharField(blank=True, max_length=200, verbose_name="chaired by")),
                ("secretary", models.CharField(blank=True, max_length=200, verbose_name="secretary")),
                ("guests", models.CharField(blank=True, max_length=500, verbose_name="invited")),
                ("number", models.CharField(blank=True, max_length=30, verbose_name="minutes №")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.governingbody",
                        verbose_name="governing body",
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
                "verbose_name": "historical meeting",
                "verbose_name_plural": "historical meetings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalReconciliation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "under way"), ("reported", "report sent"), ("accepted", "report accepted")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="opened on")),
                ("due_on", models.DateField(verbose_name="to be reported by")),
                ("counts", models.JSONField(default=dict)),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note on a difference")),
                ("returned", models.CharField(blank=True, max_length=500, verbose_name="why it was sent back")),
                ("reported_at", models.DateTimeField(blank=True, null=True, verbose_name="reported at")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="accepted on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                    "reported_by",
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
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="primary cell",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical reconciliation",
                "verbose_name_plural": "historical reconciliations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "columns to be checked"),
                            ("checked", "rows checked"),
                            ("applied", "put on account"),
                            ("undone", "undone"),
                            ("discarded", "thrown away"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("sheet", models.CharField(blank=True, max_length=100, verbose_name="sheet")),
                ("sheets", models.JSONField(default=list)),
                ("headings", models.JSONField(default=list)),
                ("mapping", models.JSONField(default=dict)),
                ("guesses", models.JSONField(default=list)),
                ("dropped", models.JSONField(default=list)),
                ("defaults", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="put on account at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="registry.storedfile",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "import batch",
                "verbose_name_plural": "import batches",
                "ordering": ["-uploaded_at"],
                "indexes": [models.Index(fields=["organization", "sha256"], name="batch_same_file")],
            },
        ),
        migrations.CreateModel(
            name="HistoricalMember",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("surname", models.CharField(max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("patronymic", models.CharField(blank=True, max_length=100, verbose_name="patronymic")),
                ("no_patronymic", models.BooleanField(default=False, verbose_name="has no patronymic")),
                (
                    "name_genitive",
                    models.CharField(
                        blank=True,
                        help_text="Only if the papers decline the name wrongly.",
                        max_length=300,
                        verbose_name="full name in the genitive case",
                    ),
                ),
                (
                    "name_dative",
                    models.CharField(
                        blank=True,
                        help_text="Only if the papers decline the name wrongly.",
                        max_length=300,
                        verbose_name="full name in the dative case",
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("male", "male"), ("female", "female")], max_length=6, verbose_name="sex"
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                ("birth_place", models.CharField(blank=True, max_length=200, verbose_name="place of birth")),
                ("citizenship", models.CharField(blank=True, max_length=60, verbose_name="citizenship")),
                ("snils", models.CharField(blank=True, max_length=11, verbose_name="SNILS")),
                (
                    "marital_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("single", "not married"),
                            ("married", "married"),
                            ("divorced", "divorced"),
                            ("widowed", "widowed"),
                        ],
                        max_length=10,
                        verbose_name="marital status",
                    ),
                ),
                ("region", models.CharField(blank=True, max_length=120, verbose_name="region (district)")),
                ("postcode", models.CharField(blank=True, max_length=6, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="town or village")),
                ("street", models.CharField(blank=True, max_length=150, verbose_name="street")),
                ("house", models.CharField(blank=True, max_length=40, verbose_name="house")),
                ("flat", models.CharField(blank=True, max_length=20, verbose_name="flat")),
                (
                    "residence",
                    models.CharField(
                        blank=True,
                        help_text="Only if it differs from the registered address.",
                        max_length=300,
                        verbose_name="address of residence",
                    ),
                ),
                ("phone_mobile", models.CharField(blank=True, max_length=60, verbose_name="mobile telephone")),
                ("phone_home", models.CharField(blank=True, max_length=60, verbose_name="home telephone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "contact_channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "telephone"),
                            ("email", "e-mail"),
                            ("post", "post"),
                            ("in_person", "in person"),
                        ],
                        max_length=10,
                        verbose_name="preferred way of contact",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("on_account", "on account"),
                            ("in_transit", "in transit"),
                            ("left", "left"),
                            ("excluded", "excluded"),
                            ("deceased", "deceased"),
                            ("withdrawn", "taken back"),
                        ],
                        default="on_account",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("disabled", "disabled person"),
                            ("legal_representative", "legal representative"),
                            ("guardian", "guardian"),
                            ("trustee", "trustee"),
                            ("employed", "employed"),
                            ("student", "student"),
                            ("pensioner", "pensioner, not employed"),
                            ("unemployed", "temporarily not employed"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                ("joined_on", models.DateField(blank=True, null=True, verbose_name="joined on")),
                (
                    "joined_year_only",
                    models.BooleanField(default=False, verbose_name="only the year of joining is known"),
                ),
                ("ticket_number", models.CharField(blank=True, max_length=20, verbose_name="ticket №")),
                (
                    "education",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("primary", "primary"),
                            ("basic", "basic general"),
                            ("secondary", "secondary"),
                            ("vocational", "vocational secondary"),
                            ("incomplete_higher", "incomplete higher"),
                            ("bachelor", "higher: bachelor"),
                            ("specialist", "higher: specialist"),
                            ("master", "higher: master"),
                            ("higher", "higher"),
                        ],
                        max_length=20,
                        verbose_name="education",
                    ),
                ),
                ("profession", models.CharField(blank=True, max_length=150, verbose_name="profession")),
                ("workplace", models.CharField(blank=True, max_length=300, verbose_name="place of work or study")),
                ("position", models.CharField(blank=True, max_length=150, verbose_name="position")),
                (
                    "worker_category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("teaching", "teaching staff"),
                            ("leading", "leading staff"),
                            ("support", "educational support staff"),
                            ("service", "service and technical staff"),
                            ("faculty", "university teachers"),
                            ("scientific", "scientific staff"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="staff category",
                    ),
                ),
                ("hired_on", models.DateField(blank=True, null=True, verbose_name="employed since")),
                (
                    "experience",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="length of service, years"),
                ),
                (
                    "teaching_experience",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="of it teaching, years"),
                ),
                ("faculty", models.CharField(blank=True, max_length=150, verbose_name="faculty")),
                ("course", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of study")),
                ("study_group", models.CharField(blank=True, max_length=30, verbose_name="study group")),
                (
                    "study_form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("full_time", "full-time"),
                            ("mixed", "part-time"),
                            ("correspondence", "by correspondence"),
                        ],
                        max_length=15,
                        verbose_name="form of study",
                    ),
                ),
                ("study_until", models.DateField(blank=True, null=True, verbose_name="studies end on")),
                ("institution", models.CharField(blank=True, max_length=300, verbose_name="educational institution")),
                ("speciality", models.CharField(blank=True, max_length=150, verbose_name="speciality")),
                (
                    "graduated",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of graduation"),
                ),
                ("degree", models.CharField(blank=True, max_length=100, verbose_name="academic degree")),
                ("academic_title", models.CharField(blank=True, max_length=100, verbose_name="academic title")),
                (
                    "dues_form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cashless", "cashless, through the employer"),
                            ("cash", "in cash"),
                            ("exempt", "exempt or reduced"),
                        ],
                        max_length=10,
                        verbose_name="form of paying dues",
                    ),
                ),
                (
                    "dues_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="dues, % of pay"
                    ),
                ),
                (
                    "dues_statement_on",
                    models.DateField(blank=True, null=True, verbose_name="statement on deduction of"),
                ),
                ("division", models.CharField(blank=True, max_length=150, verbose_name="division or union group")),
                (
                    "consent_state",
                    models.CharField(
                        choices=[
                            ("none", "not printed"),
                            ("printed", "printed, not signed"),
                            ("signed", "signed"),
                            ("withdrawn", "withdrawn"),
                            ("expired", "of the former organisation"),
                        ],
                        default="none",
                        editable=False,
                        max_length=10,
                        verbose_name="consent",
                    ),
                ),
                ("missing", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("reprint", models.BooleanField(default=False, editable=False, verbose_name="to be printed anew")),
                (
                    "ended_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="membership ended on"),
                ),
                ("erase_after", models.DateField(blank=True, editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "cell",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="primary cell",
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
                    "last_organization",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                    ),
                ),
                (
                    "last_unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
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
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="photograph 3×4",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.importbatch",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical member",
                "verbose_name_plural": "historical members",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "planned"),
                            ("held", "held, minutes not closed"),
                            ("closed", "minutes closed"),
                            ("cancelled", "called off"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("held_on", models.DateField(verbose_name="date")),
                ("starts_at", models.TimeField(verbose_name="time")),
                ("place", models.CharField(max_length=300, verbose_name="place")),
                (
                    "format",
                    models.CharField(
                        choices=[("in_person", "in person"), ("absentee", "by correspondence"), ("online", "online")],
                        default="in_person",
                        max_length=10,
                        verbose_name="form",
                    ),
                ),
                ("seats", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="members of the body")),
                ("chaired_by", models.CharField(blank=True, max_length=200, verbose_name="chaired by")),
                ("secretary", models.CharField(blank=True, max_length=200, verbose_name="secretary")),
                ("guests", models.CharField(blank=True, max_length=500, verbose_name="invited")),
                ("number", models.CharField(blank=True, max_length=30, verbose_name="minutes №")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="registry.governingbody",
                        verbose_name="governing body",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
                "ordering": ["-held_on", "-starts_at", "-pk"],
                "indexes": [models.Index(fields=["organization", "-held_on"], name="meeting_of_organization")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(("number", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="meeting_closed_has_number",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAttendance",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
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
                    "seat",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.bodyseat",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical attendance",
                "verbose_name_plural": "historical attendance",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.bodyseat"
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attendance", to="members.meeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "attendance",
                "verbose_name_plural": "attendance",
                "constraints": [models.UniqueConstraint(fields=("meeting", "seat"), name="attendance_once")],
            },
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="meeting",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="members.meeting",
                verbose_name="meeting",
            ),
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("surname", models.CharField(max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("patronymic", models.CharField(blank=True, max_length=100, verbose_name="patronymic")),
                ("no_patronymic", models.BooleanField(default=False, verbose_name="has no patronymic")),
                (
                    "name_genitive",
                    models.CharField(
                        blank=True,
                        help_text="Only if the papers decline the name wrongly.",
                        max_length=300,
                        verbose_name="full name in the genitive case",
                    ),
                ),
                (
                    "name_dative",
                    models.CharField(
                        blank=True,
                        help_text="Only if the papers decline the name wrongly.",
                        max_length=300,
                        verbose_name="full name in the dative case",
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("male", "male"), ("female", "female")], max_length=6, verbose_name="sex"
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                ("birth_place", models.CharField(blank=True, max_length=200, verbose_name="place of birth")),
                ("citizenship", models.CharField(blank=True, max_length=60, verbose_name="citizenship")),
                ("snils", models.CharField(blank=True, max_length=11, verbose_name="SNILS")),
                (
                    "marital_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("single", "not married"),
                            ("married", "married"),
                            ("divorced", "divorced"),
                            ("widowed", "widowed"),
                        ],
                        max_length=10,
                        verbose_name="marital status",
                    ),
                ),
                ("region", models.CharField(blank=True, max_length=120, verbose_name="region (district)")),
                ("postcode", models.CharField(blank=True, max_length=6, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="town or village")),
                ("street", models.CharField(blank=True, max_length=150, verbose_name="street")),
                ("house", models.CharField(blank=True, max_length=40, verbose_name="house")),
                ("flat", models.CharField(blank=True, max_length=20, verbose_name="flat")),
                (
                    "residence",
                    models.CharField(
                        blank=True,
                        help_text="Only if it differs from the registered address.",
                        max_length=300,
                        verbose_name="address of residence",
                    ),
                ),
                ("phone_mobile", models.CharField(blank=True, max_length=60, verbose_name="mobile telephone")),
                ("phone_home", models.CharField(blank=True, max_length=60, verbose_name="home telephone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "contact_channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "telephone"),
                            ("email", "e-mail"),
                            ("post", "post"),
                            ("in_person", "in person"),
                        ],
                        max_length=10,
                        verbose_name="preferred way of contact",
                    ),
                ),
                ("search_key", models.CharField(default="", editable=False, max_length=500)),
                ("sort_key", models.CharField(default="", editable=False, max_length=420)),
                ("name_key", models.CharField(default="", editable=False, max_length=320)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("on_account", "on account"),
                            ("in_transit", "in transit"),
                            ("left", "left"),
                            ("excluded", "excluded"),
                            ("deceased", "deceased"),
                            ("withdrawn", "taken back"),
                        ],
                        default="on_account",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("disabled", "disabled person"),
                            ("legal_representative", "legal representative"),
                            ("guardian", "guardian"),
                            ("trustee", "trustee"),
                            ("employed", "employed"),
                            ("student", "student"),
                            ("pensioner", "pensioner, not employed"),
                            ("unemployed", "temporarily not employed"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                ("joined_on", models.DateField(blank=True, null=True, verbose_name="joined on")),
                (
                    "joined_year_only",
                    models.BooleanField(default=False, verbose_name="only the year of joining is known"),
                ),
                ("ticket_number", models.CharField(blank=True, max_length=20, verbose_name="ticket №")),
                (
                    "education",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("primary", "primary"),
                            ("basic", "basic general"),
                            ("secondary", "secondary"),
                            ("vocational", "vocational secondary"),
                            ("incomplete_higher", "incomplete higher"),
                            ("bachelor", "higher: bachelor"),
                            ("specialist", "higher: specialist"),
                            ("master", "higher: master"),
                            ("higher", "higher"),
                        ],
                        max_length=20,
                        verbose_name="education",
                    ),
                ),
                ("profession", models.CharField(blank=True, max_length=150, verbose_name="profession")),
                ("workplace", models.CharField(blank=True, max_length=300, verbose_name="place of work or study")),
                ("position", models.CharField(blank=True, max_length=150, verbose_name="position")),
                (
                    "worker_category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("teaching", "teaching staff"),
                            ("leading", "leading staff"),
                            ("support", "educational support staff"),
                            ("service", "service and technical staff"),
                            ("faculty", "university teachers"),
                            ("scientific", "scientific staff"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="staff category",
                    ),
                ),
                ("hired_on", models.DateField(blank=True, null=True, verbose_name="employed since")),
                (
                    "experience",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="length of service, years"),
                ),
                (
                    "teaching_experience",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="of it teaching, years"),
                ),
                ("faculty", models.CharField(blank=True, max_length=150, verbose_name="faculty")),
                ("course", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of study")),
                ("study_group", models.CharField(blank=True, max_length=30, verbose_name="study group")),
                (
                    "study_form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("full_time", "full-time"),
                            ("mixed", "part-time"),
                            ("correspondence", "by correspondence"),
                        ],
                        max_length=15,
                        verbose_name="form of study",
                    ),
                ),
                ("study_until", models.DateField(blank=True, null=True, verbose_name="studies end on")),
                ("institution", models.CharField(blank=True, max_length=300, verbose_name="educational institution")),
                ("speciality", models.CharField(blank=True, max_length=150, verbose_name="speciality")),
                (
                    "graduated",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of graduation"),
                ),
                ("degree", models.CharField(blank=True, max_length=100, verbose_name="academic degree")),
                ("academic_title", models.CharField(blank=True, max_length=100, verbose_name="academic title")),
                (
                    "dues_form",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cashless", "cashless, through the employer"),
                            ("cash", "in cash"),
                            ("exempt", "exempt or reduced"),
                        ],
                        max_length=10,
                        verbose_name="form of paying dues",
                    ),
                ),
                (
                    "dues_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="dues, % of pay"
                    ),
                ),
                (
                    "dues_statement_on",
                    models.DateField(blank=True, null=True, verbose_name="statement on deduction of"),
                ),
                ("division", models.CharField(blank=True, max_length=150, verbose_name="division or union group")),
                (
                    "consent_state",
                    models.CharField(
                        choices=[
                            ("none", "not printed"),
                            ("printed", "printed, not signed"),
                            ("signed", "signed"),
                            ("withdrawn", "withdrawn"),
                            ("expired", "of the former organisation"),
                        ],
                        default="none",
                        editable=False,
                        max_length=10,
                        verbose_name="consent",
                    ),
                ),
                ("missing", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("reprint", models.BooleanField(default=False, editable=False, verbose_name="to be printed anew")),
                (
                    "ended_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="membership ended on"),
                ),
                ("erase_after", models.DateField(blank=True, editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "batch",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="members",
                        to="members.importbatch",
                    ),
                ),
                (
                    "cell",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cell_members",
                        to="registry.organization",
                        verbose_name="primary cell",
                    ),
                ),
                (
                    "federation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.federation",
                        verbose_name="federation",
                    ),
                ),
                (
                    "last_organization",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                    ),
                ),
                (
                    "last_unit",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="registry.organization",
                        verbose_name="organisation",
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
                        verbose_name="photograph 3×4",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "member",
                "verbose_name_plural": "members",
                "indexes": [
                    models.Index(fields=["organization", "sort_key", "id"], name="member_of_organization"),
                    models.Index(fields=["unit", "sort_key", "id"], name="member_of_unit"),
                    models.Index(fields=["federation", "sort_key", "id"], name="member_of_federation"),
                    models.Index(fields=["federation", "name_key", "birth_date"], name="member_same_person"),
                    models.Index(fields=["organization", "consent_state"], name="member_consents"),
                    models.Index(fields=["last_organization", "erase_after"], name="member_to_erase"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organization__isnull", False), ("state", "on_account"), ("unit__isnull", False)),
                            models.Q(
                                models.Q(("state", "on_account"), _negated=True),
                                ("cell__isnull", True),
                                ("organization__isnull", True),
                                ("unit__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="member_on_account_has_organization",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cell__isnull", True), ("unit", models.F("organization"))),
                            models.Q(("cell__isnull", True), ("unit__isnull", True)),
                            ("unit", models.F("cell")),
                            _connector="OR",
                        ),
                        name="member_unit_is_cell_or_organization",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("ticket_number", ""), _negated=True),
                            models.Q(("state", "withdrawn"), _negated=True),
                        ),
                        fields=("federation", "ticket_number"),
                        name="member_ticket_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("snils", ""), _negated=True), ("state__in", ["on_account", "in_transit"])
                        ),
                        fields=("federation", "snils"),
                        name="member_snils_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("surname", ""), _negated=True), models.Q(("given_name", ""), _negated=True)
                        ),
                        name="member_has_a_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("cells", registry.fields.EncryptedJSONField(default=list)),
                ("corrections", registry.fields.EncryptedJSONField(default=dict)),
                ("values", registry.fields.EncryptedJSONField(default=dict)),
                ("issues", registry.fields.EncryptedJSONField(default=list)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("ready", "will be put on account"),
                            ("unsure", "to be checked"),
                            ("wrong", "to be corrected"),
                            ("duplicate", "probable duplicate"),
                            ("skipped", "left out"),
                            ("done", "put on account already"),
                        ],
                        max_length=10,
                    ),
                ),
                ("accepted", models.BooleanField(default=False)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="members.importbatch"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="members.member"
                    ),
                ),
            ],
            options={
                "verbose_name": "import row",
                "verbose_name_plural": "import rows",
                "ordering": ["number"],
                "indexes": [models.Index(fields=["batch", "verdict", "number"], name="import_row_verdict")],
                "constraints": [models.UniqueConstraint(fields=("batch", "number"), name="import_row_once")],
            },
        ),
        migrations.CreateModel(
            name="IdentityPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "paper_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("passport", "passport of the Russian Federation"),
                            ("birth_certificate", "birth certificate"),
                            ("temporary", "temporary identity card"),
                            ("residence", "residence permit"),
                            ("foreign", "foreign passport"),
                            ("other", "other paper"),
                        ],
                        max_length=20,
                        verbose_name="kind of paper",
                    ),
                ),
                ("paper_series", registry.fields.EncryptedTextField(blank=True, verbose_name="series")),
                ("paper_number", registry.fields.EncryptedTextField(blank=True, verbose_name="number")),
                ("paper_issued_on", registry.fields.EncryptedTextField(blank=True, verbose_name="issued on")),
                ("paper_issued_by", registry.fields.EncryptedTextField(blank=True, verbose_name="issued by")),
                (
                    "paper_code",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="code of the issuing office"),
                ),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identity",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "identity paper",
                "verbose_name_plural": "identity papers",
            },
        ),
        migrations.CreateModel(
            name="HistoricalTransfer",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "asked for"),
                            ("in_transit", "in transit"),
                            ("arrived", "arrived"),
                            ("declined", "declined"),
                            ("cancelled", "called off"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("person_name", registry.fields.EncryptedTextField(verbose_name="member")),
                ("ticket_number", models.CharField(blank=True, max_length=20, verbose_name="ticket №")),
                ("started_on", models.DateField(verbose_name="since")),
                ("answer_by", models.DateField(blank=True, null=True, verbose_name="answer until")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="answer")),
                (
                    "paper_card",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("handed", "handed over"),
                            ("mailed", "sent by registered mail"),
                            ("taken", "withdrawn from the file"),
                            ("none", "there was none"),
                        ],
                        max_length=8,
                        verbose_name="paper card",
                    ),
                ),
                ("mail_number", models.CharField(blank=True, max_length=30, verbose_name="№ of the registered letter")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="asked by",
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
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="from",
                    ),
                ),
                (
                    "source_unit",
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
                    "target",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="to",
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
            ],
            options={
                "verbose_name": "historical transfer",
                "verbose_name_plural": "historical transfers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRepresentation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("surname", models.CharField(max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("patronymic", models.CharField(blank=True, max_length=100, verbose_name="patronymic")),
                ("no_patronymic", models.BooleanField(default=False, verbose_name="has no patronymic")),
                (
                    "name_genitive",
                    models.CharField(
                        blank=True,
                        help_text="Only if the papers decline the name wrongly.",
                        max_length=300,
                        verbose_name="full name in the genitive case",
                    ),
                ),
                (
                    "name_dative",
                    models.CharField(
                        blank=True,
                        help_text="Only if the papers decline the name wrongly.",
                        max_length=300,
                        verbose_name="full name in the dative case",
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("male", "male"), ("female", "female")], max_length=6, verbose_name="sex"
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                ("birth_place", models.CharField(blank=True, max_length=200, verbose_name="place of birth")),
                ("citizenship", models.CharField(blank=True, max_length=60, verbose_name="citizenship")),
                ("snils", models.CharField(blank=True, max_length=11, verbose_name="SNILS")),
                (
                    "marital_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("single", "not married"),
                            ("married", "married"),
                            ("divorced", "divorced"),
                            ("widowed", "widowed"),
                        ],
                        max_length=10,
                        verbose_name="marital status",
                    ),
                ),
                ("region", models.CharField(blank=True, max_length=120, verbose_name="region (district)")),
                ("postcode", models.CharField(blank=True, max_length=6, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="town or village")),
                ("street", models.CharField(blank=True, max_length=150, verbose_name="street")),
                ("house", models.CharField(blank=True, max_length=40, verbose_name="house")),
                ("flat", models.CharField(blank=True, max_length=20, verbose_name="flat")),
                (
                    "residence",
                    models.CharField(
                        blank=True,
                        help_text="Only if it differs from the registered address.",
                        max_length=300,
                        verbose_name="address of residence",
                    ),
                ),
                ("phone_mobile", models.CharField(blank=True, max_length=60, verbose_name="mobile telephone")),
                ("phone_home", models.CharField(blank=True, max_length=60, verbose_name="home telephone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "contact_channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "telephone"),
                            ("email", "e-mail"),
                            ("post", "post"),
                            ("in_person", "in person"),
                        ],
                        max_length=10,
                        verbose_name="preferred way of contact",
                    ),
                ),
                (
                    "mandate_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("birth_certificate", "birth certificate"),
                            ("adoption", "adoption paper"),
                            ("guardianship", "act on guardianship"),
                            ("trusteeship", "act on trusteeship"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="paper of the mandate",
                    ),
                ),
                ("mandate_number", registry.fields.EncryptedTextField(blank=True, verbose_name="№ of the paper")),
                ("mandate_issued_on", models.DateField(blank=True, null=True, verbose_name="issued on")),
                ("mandate_issued_by", registry.fields.EncryptedTextField(blank=True, verbose_name="issued by")),
                ("mandate_until", models.DateField(blank=True, null=True, verbose_name="mandate valid until")),
                ("answers", registry.fields.EncryptedJSONField(blank=True, default=dict)),
                ("consent_signed_on", models.DateField(blank=True, null=True, verbose_name="consent signed on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("end_note", models.CharField(blank=True, max_length=200, verbose_name="why it ended")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.application",
                        verbose_name="application",
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
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="photograph 3×4",
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
            ],
            options={
                "verbose_name": "historical represented person",
                "verbose_name_plural": "historical represented people",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRegistration",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("started_on", models.DateField(verbose_name="on account since")),
                (
                    "start_reason",
                    models.CharField(
                        choices=[
                            ("existing", "was on account before the registry"),
                            ("admission", "admitted by decision"),
                            ("arrival", "arrived from another organisation"),
                            ("merger", "the organisation was merged"),
                            ("cell_moved", "the primary cell moved under another organisation"),
                        ],
                        max_length=12,
                        verbose_name="ground",
                    ),
                ),
                ("minutes_number", models.CharField(blank=True, max_length=30, verbose_name="minutes №")),
                ("minutes_date", models.DateField(blank=True, null=True, verbose_name="minutes of")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="off account since")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("departure", "moved to another organisation"),
                            ("dismissal", "dismissal"),
                            ("own_wish", "left at own wish"),
                            ("exclusion", "exclusion"),
                            ("death", "death"),
                            ("retirement", "retirement with end of membership"),
                            ("graduation", "end of studies"),
                            ("liquidation", "liquidation of the organisation"),
                            ("merger", "the organisation was merged"),
                            ("cell_moved", "the primary cell moved under another organisation"),
                            ("other_cell", "moved to another primary cell"),
                            ("undone", "entered by mistake, taken back"),
                        ],
                        max_length=12,
                        verbose_name="reason of leaving",
                    ),
                ),
                ("destination", models.CharField(blank=True, max_length=300, verbose_name="where to")),
                ("end_paper", models.CharField(blank=True, max_length=200, verbose_name="paper of the end")),
                (
                    "paper_card",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("handed", "handed over"),
                            ("mailed", "sent by registered mail"),
                            ("taken", "withdrawn from the file"),
                            ("none", "there was none"),
                        ],
                        max_length=8,
                        verbose_name="paper card",
                    ),
                ),
                ("mail_number", models.CharField(blank=True, max_length=30, verbose_name="№ of the registered letter")),
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
            ],
            options={
                "verbose_name": "historical registration",
                "verbose_name_plural": "historical registrations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalQuestionnaire",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("transport", models.CharField(blank=True, max_length=200, verbose_name="vehicle, if any")),
                ("hobby", models.CharField(blank=True, max_length=300, verbose_name="interests, hobbies")),
                (
                    "achievements",
                    models.CharField(blank=True, max_length=300, verbose_name="achievements in arts or sports"),
                ),
                ("housing", models.CharField(blank=True, max_length=300, verbose_name="housing conditions")),
                ("family", models.CharField(blank=True, max_length=300, verbose_name="family members")),
                (
                    "family_working",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="of them working"),
                ),
                ("dependents", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="dependents")),
                (
                    "proposals",
                    models.TextField(blank=True, max_length=1000, verbose_name="proposals on the work of the society"),
                ),
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
            ],
            options={
                "verbose_name": "historical questionnaire",
                "verbose_name_plural": "historical questionnaires",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalIdentityPaper",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "paper_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("passport", "passport of the Russian Federation"),
                            ("birth_certificate", "birth certificate"),
                            ("temporary", "temporary identity card"),
                            ("residence", "residence permit"),
                            ("foreign", "foreign passport"),
                            ("other", "other paper"),
                        ],
                        max_length=20,
                        verbose_name="kind of paper",
                    ),
                ),
                ("paper_series", registry.fields.EncryptedTextField(blank=True, verbose_name="series")),
                ("paper_number", registry.fields.EncryptedTextField(blank=True, verbose_name="number")),
                ("paper_issued_on", registry.fields.EncryptedTextField(blank=True, verbose_name="issued on")),
                ("paper_issued_by", registry.fields.EncryptedTextField(blank=True, verbose_name="issued by")),
                (
                    "paper_code",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="code of the issuing office"),
                ),
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
            ],
            options={
                "verbose_name": "historical identity paper",
                "verbose_name_plural": "historical identity papers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalHealthRecord",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("disability_group", registry.fields.EncryptedTextField(blank=True, verbose_name="disability group")),
                (
                    "disability_cause",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="cause of disability"),
                ),
                (
                    "certificate_series",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="certificate series"),
                ),
                ("certificate_number", registry.fields.EncryptedTextField(blank=True, verbose_name="certificate №")),
                (
                    "certificate_issued_on",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="certificate issued on"),
                ),
                (
                    "certificate_expires_on",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="certificate valid until"),
                ),
                (
                    "certificate_indefinite",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="certificate without term"),
                ),
                (
                    "group_since",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="when the group was given"),
                ),
                (
                    "diagnosis",
                    registry.fields.EncryptedTextField(
                        blank=True, verbose_name="main illness that caused the disability"
                    ),
                ),
                ("mobility", registry.fields.EncryptedTextField(blank=True, verbose_name="loss of mobility")),
                (
                    "prostheses",
                    registry.fields.EncryptedJSONField(
                        blank=True, default=list, verbose_name="prosthetic and orthopaedic devices"
                    ),
                ),
                (
                    "needs",
                    registry.fields.EncryptedJSONField(blank=True, default=list, verbose_name="needs at present"),
                ),
                ("needs_other", registry.fields.EncryptedTextField(blank=True, verbose_name="needs something else")),
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
            ],
            options={
                "verbose_name": "historical health record",
                "verbose_name_plural": "historical health records",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCardMark",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("discipline", "disciplinary measure"),
                            ("ticket", "replacement of the ticket"),
                            ("name", "change of name"),
                            ("trip", "long business trip"),
                            ("study", "studies elsewhere"),
                            ("paper_card", "paper card"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("made_on", models.DateField(verbose_name="date")),
                ("text", registry.fields.EncryptedTextField(verbose_name="mark")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("lifted_on", models.DateField(blank=True, null=True, verbose_name="lifted on")),
                ("lifted_text", registry.fields.EncryptedTextField(blank=True, verbose_name="mark on the lifting")),
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
                    "item",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.agendaitem",
                        verbose_name="decision",
                    ),
                ),
                (
                    "lifted_item",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.agendaitem",
                        verbose_name="decision",
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
            ],
            options={
                "verbose_name": "historical card mark",
                "verbose_name_plural": "historical card marks",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCardEntry",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("kind", models.CharField(max_length=12, verbose_name="kind")),
                ("title", registry.fields.EncryptedTextField(verbose_name="name or title")),
                ("body", models.CharField(blank=True, max_length=150, verbose_name="body")),
                (
                    "award_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("state", "state award"),
                            ("department", "ministry award"),
                            ("union", "award of the union"),
                            ("other", "other award"),
                        ],
                        max_length=12,
                        verbose_name="kind of award",
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("male", "male"), ("female", "female")], max_length=6, verbose_name="sex"
                    ),
                ),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="date")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year")),
                ("hours", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="hours")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="sum, roubles"
                    ),
                ),
                ("document", registry.fields.EncryptedTextField(blank=True, verbose_name="document")),
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
            ],
            options={
                "verbose_name": "historical card entry",
                "verbose_name_plural": "historical card entries",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalBookLine",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="№")),
                ("full_name", models.CharField(max_length=302, verbose_name="surname, name, patronymic")),
                ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of birth")),
                ("ticket_number", models.CharField(blank=True, max_length=20, verbose_name="ticket №")),
                (
                    "joined_year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of joining"),
                ),
                ("entered_on", models.DateField(verbose_name="on account since")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                ("left_recorded_at", models.DateTimeField(blank=True, null=True, verbose_name="leaving recorded at")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("departure", "moved to another organisation"),
                            ("dismissal", "dismissal"),
                            ("own_wish", "left at own wish"),
                            ("exclusion", "exclusion"),
                            ("death", "death"),
                            ("retirement", "retirement with end of membership"),
                            ("graduation", "end of studies"),
                            ("liquidation", "liquidation of the organisation"),
                            ("merger", "the organisation was merged"),
                            ("cell_moved", "the primary cell moved under another organisation"),
                            ("other_cell", "moved to another primary cell"),
                            ("undone", "entered by mistake, taken back"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("destination", models.CharField(blank=True, max_length=300, verbose_name="where to")),
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
                    "unit",
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
            ],
            options={
                "verbose_name": "historical line of the registration book",
                "verbose_name_plural": "historical registration book",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAttachment",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application", "signed application"),
                            ("identity", "identity paper"),
                            ("certificate", "disability certificate"),
                            ("mandate", "paper that proves the mandate"),
                            ("consent", "signed consent"),
                            ("ward_consent", "consent for the represented person"),
                            ("photos", "two photographs 3×4"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="kind of paper",
                    ),
                ),
                ("added_on", models.DateField(verbose_name="added on")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "added_by",
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
                    "application",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.application",
                        verbose_name="application",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="file",
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
            ],
            options={
                "verbose_name": "historical attachment",
                "verbose_name_plural": "historical attachments",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalApplication",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("routing", models.CharField(blank=True, max_length=200, verbose_name="why this organisation decides")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("filed", "filed"),
                            ("scheduled", "on the agenda of a meeting"),
                            ("admitted", "admitted"),
                            ("refused", "refused"),
                            ("appealed", "refused, appealed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="filed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("filed_on", models.DateField(verbose_name="filed on")),
                ("surname", models.CharField(max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("patronymic", models.CharField(blank=True, max_length=100, verbose_name="patronymic")),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("disabled", "disabled person"),
                            ("legal_representative", "legal representative"),
                            ("guardian", "guardian"),
                            ("trustee", "trustee"),
                            ("employed", "employed"),
                            ("student", "student"),
                            ("pensioner", "pensioner, not employed"),
                            ("unemployed", "temporarily not employed"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                ("values", registry.fields.EncryptedJSONField(default=dict)),
                ("copies", models.JSONField(blank=True, default=list, verbose_name="copies seen")),
                (
                    "acquainted_on",
                    models.DateField(blank=True, null=True, verbose_name="acquainted with the statutes on"),
                ),
                (
                    "acquainted_by",
                    models.CharField(blank=True, max_length=200, verbose_name="who acquainted the applicant"),
                ),
                ("consent_signed_on", models.DateField(blank=True, null=True, verbose_name="consent signed on")),
                ("invited_on", models.DateField(blank=True, null=True, verbose_name="notified of the meeting on")),
                (
                    "invited_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_person", "in person, against signature"),
                            ("post", "registered mail"),
                            ("email", "e-mail"),
                            ("phone", "telephone"),
                        ],
                        max_length=10,
                        verbose_name="way of notice",
                    ),
                ),
                ("attended", models.BooleanField(blank=True, null=True, verbose_name="came to the meeting")),
                ("notified_on", models.DateField(blank=True, null=True, verbose_name="notified of the decision on")),
                (
                    "notified_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_person", "in person, against signature"),
                            ("post", "registered mail"),
                            ("email", "e-mail"),
                            ("phone", "telephone"),
                        ],
                        max_length=10,
                        verbose_name="way of notice",
                    ),
                ),
                ("pickup_on", models.DateField(blank=True, null=True, verbose_name="ticket to be received on")),
                ("pickup_at", models.TimeField(blank=True, null=True, verbose_name="at")),
                (
                    "pickup_place",
                    models.CharField(blank=True, max_length=300, verbose_name="place of receiving the ticket"),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("refusal", registry.fields.EncryptedTextField(blank=True, verbose_name="reason of the refusal")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                    "item",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.agendaitem",
                        verbose_name="agenda item",
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
            ],
            options={
                "verbose_name": "historical application",
                "verbose_name_plural": "historical applications",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAppeal",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("satisfied", "satisfied"),
                            ("dismissed", "dismissed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="received on")),
                ("term_on", models.DateField(verbose_name="term of the appeal")),
                ("late", models.BooleanField(default=False, verbose_name="term missed")),
                ("late_reason", registry.fields.EncryptedTextField(blank=True, verbose_name="why the term was missed")),
                ("text", registry.fields.EncryptedTextField(blank=True, verbose_name="what the appeal says")),
                ("person_name", registry.fields.EncryptedTextField(verbose_name="who appeals")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "against",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.agendaitem",
                        verbose_name="decision appealed against",
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.application",
                        verbose_name="application",
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
                        verbose_name="organisation that decides",
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
            ],
            options={
                "verbose_name": "historical appeal",
                "verbose_name_plural": "historical appeals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HealthRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("disability_group", registry.fields.EncryptedTextField(blank=True, verbose_name="disability group")),
                (
                    "disability_cause",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="cause of disability"),
                ),
                (
                    "certificate_series",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="certificate series"),
                ),
                ("certificate_number", registry.fields.EncryptedTextField(blank=True, verbose_name="certificate №")),
                (
                    "certificate_issued_on",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="certificate issued on"),
                ),
                (
                    "certificate_expires_on",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="certificate valid until"),
                ),
                (
                    "certificate_indefinite",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="certificate without term"),
                ),
                (
                    "group_since",
                    registry.fields.EncryptedTextField(blank=True, verbose_name="when the group was given"),
                ),
                (
                    "diagnosis",
                    registry.fields.EncryptedTextField(
                        blank=True, verbose_name="main illness that caused the disability"
                    ),
                ),
                ("mobility", registry.fields.EncryptedTextField(blank=True, verbose_name="loss of mobility")),
                (
                    "prostheses",
                    registry.fields.EncryptedJSONField(
                        blank=True, default=list, verbose_name="prosthetic and orthopaedic devices"
                    ),
                ),
                (
                    "needs",
                    registry.fields.EncryptedJSONField(blank=True, default=list, verbose_name="needs at present"),
                ),
                ("needs_other", registry.fields.EncryptedTextField(blank=True, verbose_name="needs something else")),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="health",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "health record",
                "verbose_name_plural": "health records",
            },
        ),
        migrations.AddField(
            model_name="cardmark",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="marks",
                to="members.member",
                verbose_name="member",
            ),
        ),
        migrations.CreateModel(
            name="CardEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12, verbose_name="kind")),
                ("title", registry.fields.EncryptedTextField(verbose_name="name or title")),
                ("body", models.CharField(blank=True, max_length=150, verbose_name="body")),
                (
                    "award_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("state", "state award"),
                            ("department", "ministry award"),
                            ("union", "award of the union"),
                            ("other", "other award"),
                        ],
                        max_length=12,
                        verbose_name="kind of award",
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("male", "male"), ("female", "female")], max_length=6, verbose_name="sex"
                    ),
                ),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="date")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year")),
                ("hours", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="hours")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="sum, roubles"
                    ),
                ),
                ("document", registry.fields.EncryptedTextField(blank=True, verbose_name="document")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "card entry",
                "verbose_name_plural": "card entries",
                "ordering": ["kind", "pk"],
                "indexes": [models.Index(fields=["member", "kind"], name="entry_of_member")],
            },
        ),
        migrations.CreateModel(
            name="BookLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="№")),
                ("full_name", models.CharField(max_length=302, verbose_name="surname, name, patronymic")),
                ("sort_key", models.CharField(default="", editable=False, max_length=420)),
                ("birth_year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of birth")),
                ("ticket_number", models.CharField(blank=True, max_length=20, verbose_name="ticket №")),
                (
                    "joined_year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of joining"),
                ),
                ("entered_on", models.DateField(verbose_name="on account since")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="left on")),
                ("left_recorded_at", models.DateTimeField(blank=True, null=True, verbose_name="leaving recorded at")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("departure", "moved to another organisation"),
                            ("dismissal", "dismissal"),
                            ("own_wish", "left at own wish"),
                            ("exclusion", "exclusion"),
                            ("death", "death"),
                            ("retirement", "retirement with end of membership"),
                            ("graduation", "end of studies"),
                            ("liquidation", "liquidation of the organisation"),
                            ("merger", "the organisation was merged"),
                            ("cell_moved", "the primary cell moved under another organisation"),
                            ("other_cell", "moved to another primary cell"),
                            ("undone", "entered by mistake, taken back"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("destination", models.CharField(blank=True, max_length=300, verbose_name="where to")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="book_lines",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="book_lines",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of the registration book",
                "verbose_name_plural": "registration book",
                "ordering": ["unit", "number"],
                "indexes": [
                    models.Index(fields=["unit", "entered_on", "left_on"], name="book_on_a_day"),
                    models.Index(fields=["unit", "sort_key"], name="book_by_name"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "number"), name="book_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("left_on__isnull", True), ("member__isnull", False)),
                        fields=("member",),
                        name="book_one_open_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_on__isnull", True), ("left_recorded_at__isnull", True), ("reason", "")),
                            models.Q(
                                ("left_on__gte", models.F("entered_on")),
                                ("left_recorded_at__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="book_leaving_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application", "signed application"),
                            ("identity", "identity paper"),
                            ("certificate", "disability certificate"),
                            ("mandate", "paper that proves the mandate"),
                            ("consent", "signed consent"),
                            ("ward_consent", "consent for the represented person"),
                            ("photos", "two photographs 3×4"),
                            ("other", "other"),
                        ],
                        max_length=12,
                        verbose_name="kind of paper",
                    ),
                ),
                ("added_on", models.DateField(verbose_name="added on")),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="members.application",
                        verbose_name="application",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="file",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["kind", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("application__isnull", False), ("member__isnull", False), _connector="OR"),
                        name="attachment_of_somebody",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="application",
            name="member",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="application",
                to="members.member",
                verbose_name="member",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="member",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appeals",
                to="members.member",
                verbose_name="member",
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="member",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="agenda_items",
                to="members.member",
                verbose_name="member",
            ),
        ),
        migrations.CreateModel(
            name="Questionnaire",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transport", models.CharField(blank=True, max_length=200, verbose_name="vehicle, if any")),
                ("hobby", models.CharField(blank=True, max_length=300, verbose_name="interests, hobbies")),
                (
                    "achievements",
                    models.CharField(blank=True, max_length=300, verbose_name="achievements in arts or sports"),
                ),
                ("housing", models.CharField(blank=True, max_length=300, verbose_name="housing conditions")),
                ("family", models.CharField(blank=True, max_length=300, verbose_name="family members")),
                (
                    "family_working",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="of them working"),
                ),
                ("dependents", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="dependents")),
                (
                    "proposals",
                    models.TextField(blank=True, max_length=1000, verbose_name="proposals on the work of the society"),
                ),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questionnaire",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "questionnaire",
                "verbose_name_plural": "questionnaires",
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "under way"), ("reported", "report sent"), ("accepted", "report accepted")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="opened on")),
                ("due_on", models.DateField(verbose_name="to be reported by")),
                ("counts", models.JSONField(default=dict)),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note on a difference")),
                ("returned", models.CharField(blank=True, max_length=500, verbose_name="why it was sent back")),
                ("reported_at", models.DateTimeField(blank=True, null=True, verbose_name="reported at")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="accepted on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "reported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="registry.organization",
                        verbose_name="primary cell",
                    ),
                ),
            ],
            options={
                "verbose_name": "reconciliation",
                "verbose_name_plural": "reconciliations",
                "ordering": ["-year", "unit"],
                "indexes": [models.Index(fields=["year", "state"], name="reconciliation_laggards")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "year"), name="reconciliation_once_a_year"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "open"), ("reported_at__isnull", False), _connector="OR"),
                        name="reconciliation_reported_has_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalChangeProposal",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("field", models.CharField(max_length=40, verbose_name="field")),
                ("before", registry.fields.EncryptedJSONField(default=None, null=True)),
                ("after", registry.fields.EncryptedJSONField(default=None, null=True)),
                ("ground", models.CharField(blank=True, max_length=200, verbose_name="ground")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "proposed"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
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
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
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
                    "reconciliation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical proposed change",
                "verbose_name_plural": "historical proposed changes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAgendaItem",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("admission", "admission"),
                            ("duplicate", "new ticket or duplicate"),
                            ("exclusion", "exclusion"),
                            ("discipline", "disciplinary measure"),
                            ("lifted", "lifting of a disciplinary measure"),
                            ("property", "property contribution"),
                            ("collector", "appointment of a collector"),
                            ("appeal", "appeal"),
                            ("reconciliation", "report on reconciliation"),
                            ("other", "other"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for a meeting"),
                            ("scheduled", "on the agenda"),
                            ("adopted", "adopted"),
                            ("rejected", "rejected"),
                            ("dropped", "taken off"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="№")),
                ("title", registry.fields.EncryptedTextField(verbose_name="subject")),
                ("speaker", models.CharField(blank=True, max_length=200, verbose_name="speaker")),
                (
                    "ticket_reason",
                    models.CharField(
                        blank=True,
                        choices=[("name", "change of name"), ("lost", "lost"), ("damaged", "damaged")],
                        max_length=10,
                        verbose_name="why a new ticket",
                    ),
                ),
                (
                    "exclusion_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("arrears", "arrears of dues"),
                            ("violation", "violation of the statutes"),
                            ("no_ground", "the ground of membership is lost"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="why exclusion",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="sum, roubles"
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="term")),
                ("filed_on", models.DateField(verbose_name="filed on")),
                ("votes_for", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="for")),
                ("votes_against", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="against")),
                ("votes_abstained", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="abstained")),
                ("resolution", registry.fields.EncryptedTextField(blank=True, verbose_name="decided")),
                ("reason", registry.fields.EncryptedTextField(blank=True, verbose_name="reason")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decision entered at")),
                ("notified_on", models.DateField(blank=True, null=True, verbose_name="notified of the decision on")),
                (
                    "notified_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("in_person", "in person, against signature"),
                            ("post", "registered mail"),
                            ("email", "e-mail"),
                            ("phone", "telephone"),
                        ],
                        max_length=10,
                        verbose_name="way of notice",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "appeal",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.appeal",
                        verbose_name="appeal",
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
                    "mark",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.cardmark",
                        verbose_name="card mark",
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
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.meeting",
                        verbose_name="meeting",
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
                    "reconciliation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="members.reconciliation",
                        verbose_name="reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical agenda item",
                "verbose_name_plural": "historical agenda items",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ChangeProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=40, verbose_name="field")),
                ("before", registry.fields.EncryptedJSONField(default=None, null=True)),
                ("after", registry.fields.EncryptedJSONField(default=None, null=True)),
                ("ground", models.CharField(blank=True, max_length=200, verbose_name="ground")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "proposed"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "reconciliation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="proposals",
                        to="members.reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed change",
                "verbose_name_plural": "proposed changes",
                "ordering": ["proposed_at", "pk"],
                "indexes": [models.Index(fields=["state", "proposed_at"], name="proposal_queue")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("member", "field"), name="proposal_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="proposal_decided_has_date",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="reconciliation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="members.reconciliation",
                verbose_name="reconciliation",
            ),
        ),
        migrations.CreateModel(
            name="ReconciliationLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("unchecked", "not checked"),
                            ("unchanged", "unchanged"),
                            ("changed", "changed"),
                            ("missing", "no questionnaire on hand"),
                        ],
                        default="unchecked",
                        max_length=10,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="members.member"
                    ),
                ),
                (
                    "reconciliation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="members.reconciliation"
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a reconciliation",
                "verbose_name_plural": "lines of reconciliations",
                "constraints": [
                    models.UniqueConstraint(fields=("reconciliation", "member"), name="reconciliation_member_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_on", models.DateField(verbose_name="on account since")),
                (
                    "start_reason",
                    models.CharField(
                        choices=[
                            ("existing", "was on account before the registry"),
                            ("admission", "admitted by decision"),
                            ("arrival", "arrived from another organisation"),
                            ("merger", "the organisation was merged"),
                            ("cell_moved", "the primary cell moved under another organisation"),
                        ],
                        max_length=12,
                        verbose_name="ground",
                    ),
                ),
                ("minutes_number", models.CharField(blank=True, max_length=30, verbose_name="minutes №")),
                ("minutes_date", models.DateField(blank=True, null=True, verbose_name="minutes of")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="off account since")),
                (
                    "end_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("departure", "moved to another organisation"),
                            ("dismissal", "dismissal"),
                            ("own_wish", "left at own wish"),
                            ("exclusion", "exclusion"),
                            ("death", "death"),
                            ("retirement", "retirement with end of membership"),
                            ("graduation", "end of studies"),
                            ("liquidation", "liquidation of the organisation"),
                            ("merger", "the organisation was merged"),
                            ("cell_moved", "the primary cell moved under another organisation"),
                            ("other_cell", "moved to another primary cell"),
                            ("undone", "entered by mistake, taken back"),
                        ],
                        max_length=12,
                        verbose_name="reason of leaving",
                    ),
                ),
                ("destination", models.CharField(blank=True, max_length=300, verbose_name="where to")),
                ("end_paper", models.CharField(blank=True, max_length=200, verbose_name="paper of the end")),
                (
                    "paper_card",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("handed", "handed over"),
                            ("mailed", "sent by registered mail"),
                            ("taken", "withdrawn from the file"),
                            ("none", "there was none"),
                        ],
                        max_length=8,
                        verbose_name="paper card",
                    ),
                ),
                ("mail_number", models.CharField(blank=True, max_length=30, verbose_name="№ of the registered letter")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
                "ordering": ["started_on", "pk"],
                "indexes": [models.Index(fields=["organization", "started_on"], name="registration_book")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True)), fields=("member",), name="registration_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_reason", ""), ("ended_on__isnull", True)),
                            models.Q(
                                ("ended_on__gte", models.F("started_on")), models.Q(("end_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="registration_end_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("certificate", "disability certificate ends"),
                            ("mandate", "mandate ends"),
                            ("ward_of_age", "the represented person comes of age"),
                            ("absence", "trip or studies end"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="day")),
                ("source", models.PositiveBigIntegerField(default=0)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="members.member"
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "indexes": [models.Index(fields=["due_on", "kind"], name="reminder_due")],
                "constraints": [models.UniqueConstraint(fields=("member", "kind", "source"), name="reminder_once")],
            },
        ),
        migrations.CreateModel(
            name="Representation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("surname", models.CharField(max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("patronymic", models.CharField(blank=True, max_length=100, verbose_name="patronymic")),
                ("no_patronymic", models.BooleanField(default=False, verbose_name="has no patronymic")),
                (
                    "name_genitive",
                    models.CharField(
                        blank=True,
                        help_text="Only if the papers decline the name wrongly.",
                        max_length=300,
                        verbose_name="full name in the genitive case",
                    ),
                ),
                (
                    "name_dative",
                    models.CharField(
                        blank=True,
                        help_text="Only if the papers decline the name wrongly.",
                        max_length=300,
                        verbose_name="full name in the dative case",
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("male", "male"), ("female", "female")], max_length=6, verbose_name="sex"
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                ("birth_place", models.CharField(blank=True, max_length=200, verbose_name="place of birth")),
                ("citizenship", models.CharField(blank=True, max_length=60, verbose_name="citizenship")),
                ("snils", models.CharField(blank=True, max_length=11, verbose_name="SNILS")),
                (
                    "marital_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("single", "not married"),
                            ("married", "married"),
                            ("divorced", "divorced"),
                            ("widowed", "widowed"),
                        ],
                        max_length=10,
                        verbose_name="marital status",
                    ),
                ),
                ("region", models.CharField(blank=True, max_length=120, verbose_name="region (district)")),
                ("postcode", models.CharField(blank=True, max_length=6, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="town or village")),
                ("street", models.CharField(blank=True, max_length=150, verbose_name="street")),
                ("house", models.CharField(blank=True, max_length=40, verbose_name="house")),
                ("flat", models.CharField(blank=True, max_length=20, verbose_name="flat")),
                (
                    "residence",
                    models.CharField(
                        blank=True,
                        help_text="Only if it differs from the registered address.",
                        max_length=300,
                        verbose_name="address of residence",
                    ),
                ),
                ("phone_mobile", models.CharField(blank=True, max_length=60, verbose_name="mobile telephone")),
                ("phone_home", models.CharField(blank=True, max_length=60, verbose_name="home telephone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "contact_channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "telephone"),
                            ("email", "e-mail"),
                            ("post", "post"),
                            ("in_person", "in person"),
                        ],
                        max_length=10,
                        verbose_name="preferred way of contact",
                    ),
                ),
                ("search_key", models.CharField(default="", editable=False, max_length=500)),
                ("sort_key", models.CharField(default="", editable=False, max_length=420)),
                ("name_key", models.CharField(default="", editable=False, max_length=320)),
                (
                    "mandate_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("birth_certificate", "birth certificate"),
                            ("adoption", "adoption paper"),
                            ("guardianship", "act on guardianship"),
                            ("trusteeship", "act on trusteeship"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="paper of the mandate",
                    ),
                ),
                ("mandate_number", registry.fields.EncryptedTextField(blank=True, verbose_name="№ of the paper")),
                ("mandate_issued_on", models.DateField(blank=True, null=True, verbose_name="issued on")),
                ("mandate_issued_by", registry.fields.EncryptedTextField(blank=True, verbose_name="issued by")),
                ("mandate_until", models.DateField(blank=True, null=True, verbose_name="mandate valid until")),
                ("answers", registry.fields.EncryptedJSONField(blank=True, default=dict)),
                ("consent_signed_on", models.DateField(blank=True, null=True, verbose_name="consent signed on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("end_note", models.CharField(blank=True, max_length=200, verbose_name="why it ended")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="represented",
                        to="members.application",
                        verbose_name="application",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="represented",
                        to="members.member",
                        verbose_name="member",
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
                        verbose_name="photograph 3×4",
                    ),
                ),
            ],
            options={
                "verbose_name": "represented person",
                "verbose_name_plural": "represented people",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("application__isnull", False), ("member__isnull", False), _connector="OR"),
                        name="represented_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "asked for"),
                            ("in_transit", "in transit"),
                            ("arrived", "arrived"),
                            ("declined", "declined"),
                            ("cancelled", "called off"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("person_name", registry.fields.EncryptedTextField(verbose_name="member")),
                ("ticket_number", models.CharField(blank=True, max_length=20, verbose_name="ticket №")),
                ("code_digest", models.CharField(blank=True, max_length=64)),
                ("started_on", models.DateField(verbose_name="since")),
                ("answer_by", models.DateField(blank=True, null=True, verbose_name="answer until")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="answer")),
                (
                    "paper_card",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("handed", "handed over"),
                            ("mailed", "sent by registered mail"),
                            ("taken", "withdrawn from the file"),
                            ("none", "there was none"),
                        ],
                        max_length=8,
                        verbose_name="paper card",
                    ),
                ),
                ("mail_number", models.CharField(blank=True, max_length=30, verbose_name="№ of the registered letter")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="asked by",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transfers",
                        to="members.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="from",
                    ),
                ),
                (
                    "source_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.organization"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="to",
                    ),
                ),
            ],
            options={
                "verbose_name": "transfer",
                "verbose_name_plural": "transfers",
                "ordering": ["-started_on", "-pk"],
                "indexes": [
                    models.Index(fields=["source", "state"], name="transfer_from"),
                    models.Index(fields=["target", "state"], name="transfer_to"),
                    models.Index(fields=["federation", "ticket_number"], name="transfer_by_ticket"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["requested", "in_transit"])),
                        fields=("member",),
                        name="transfer_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "arrived"), _negated=True),
                            models.Q(("ended_on__isnull", False), ("target__isnull", False)),
                            _connector="OR",
                        ),
                        name="transfer_arrived_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target", models.F("source")), _negated=True), name="transfer_not_to_itself"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ticket_digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="registry.organization"
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt at a transfer code",
                "verbose_name_plural": "attempts at transfer codes",
                "indexes": [
                    models.Index(fields=["organization", "at"], name="attempt_of_organization"),
                    models.Index(fields=["ticket_digest", "at"], name="attempt_at_ticket"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("signature", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict)),
                ("used_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="registry.organization"
                    ),
                ),
            ],
            options={
                "verbose_name": "column mapping",
                "verbose_name_plural": "column mappings",
                "constraints": [models.UniqueConstraint(fields=("organization", "signature"), name="mapping_once")],
            },
        ),
        migrations.CreateModel(
            name="DestructionRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="№")),
                ("member_number", models.PositiveBigIntegerField(verbose_name="number of the card")),
                ("ticket_number", models.CharField(blank=True, max_length=20, verbose_name="ticket №")),
                ("categories", models.JSONField(default=list, verbose_name="categories of data")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("method", models.CharField(max_length=300, verbose_name="method")),
                ("system", models.CharField(max_length=200, verbose_name="information system")),
                ("counts", models.JSONField(default=dict, verbose_name="records and files destroyed")),
                ("destroyed_at", models.DateTimeField(verbose_name="destroyed at")),
                ("destroyed_by", models.CharField(max_length=200, verbose_name="destroyed by")),
                ("keep_until", models.DateField(verbose_name="kept until")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "destruction record",
                "verbose_name_plural": "destruction records",
                "ordering": ["-destroyed_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "number"), name="destruction_number_once")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="cardmark",
            index=models.Index(fields=["member", "made_on"], name="mark_of_member"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("application__isnull", False), ("member__isnull", True)),
                    models.Q(("application__isnull", True), ("member__isnull", False)),
                    _connector="OR",
                ),
                name="appeal_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "received")), fields=("against", "application"), name="appeal_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "received")),
                fields=("against", "member"),
                name="appeal_of_member_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "dropped"]), ("meeting__isnull", False), _connector="OR"),
                name="item_scheduled_has_meeting",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("member__isnull", False),
                    ("state__in", ["waiting", "scheduled"]),
                    models.Q(("kind__in", ["discipline", "lifted", "other"]), _negated=True),
                ),
                fields=("organization", "kind", "member"),
                name="item_open_once",
            ),
        ),
    ]
