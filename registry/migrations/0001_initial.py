"""The clean beginning: every table of the app as the first release has it."""

import django.db.models.deletion
import registry.fields
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Federation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=250, verbose_name="name")),
                ("charter_key", models.CharField(max_length=40, verbose_name="charter")),
                ("charter_values", models.JSONField(blank=True, default=dict, verbose_name="changed charter values")),
                ("last_code", models.PositiveIntegerField(default=0, verbose_name="last organisation code given")),
            ],
            options={
                "verbose_name": "federation",
                "verbose_name_plural": "federations",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("federal", "federal"),
                            ("regional", "regional"),
                            ("local", "local"),
                            ("primary", "primary"),
                        ],
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                ("path", models.CharField(db_index=True, default="", editable=False, max_length=120)),
                ("code", models.CharField(max_length=20, verbose_name="code (ИНПО)")),
                ("full_name", models.CharField(max_length=300, verbose_name="full name")),
                ("short_name", models.CharField(max_length=150, verbose_name="short name")),
                (
                    "genitive_name",
                    models.CharField(
                        blank=True,
                        help_text="As it stands after «chair of …» on papers.",
                        max_length=300,
                        verbose_name="name in the genitive case",
                    ),
                ),
                ("search_key", models.CharField(db_index=True, default="", editable=False, max_length=500)),
                ("sort_key", models.CharField(default="", editable=False, max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("forming", "being founded"),
                            ("active", "active"),
                            ("liquidating", "in liquidation"),
                            ("ended", "ended"),
                        ],
                        default="active",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("is_legal_entity", models.BooleanField(default=False, verbose_name="is a legal entity")),
                ("inn", models.CharField(blank=True, max_length=12, verbose_name="INN")),
                ("kpp", models.CharField(blank=True, max_length=9, verbose_name="KPP")),
                ("ogrn", models.CharField(blank=True, max_length=13, verbose_name="OGRN")),
                ("legal_address", models.CharField(blank=True, max_length=300, verbose_name="registered address")),
                ("postal_address", models.CharField(blank=True, max_length=300, verbose_name="postal address")),
                ("phone", models.CharField(blank=True, max_length=60, verbose_name="telephone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "chair_name",
                    models.CharField(
                        blank=True, help_text="Surname, name, patronymic.", max_length=200, verbose_name="chair"
                    ),
                ),
                (
                    "chair_sex",
                    models.CharField(
                        blank=True,
                        choices=[("male", "male"), ("female", "female")],
                        max_length=6,
                        verbose_name="sex of the chair",
                    ),
                ),
                ("founded_on", models.DateField(blank=True, null=True, verbose_name="founded on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("name_checked_at", models.DateTimeField(blank=True, null=True, verbose_name="name checked at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                (
                    "federation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organizations",
                        to="registry.federation",
                        verbose_name="federation",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="registry.organization",
                        verbose_name="superior organisation",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="registry.organization",
                        verbose_name="successor",
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "ordering": ["sort_key", "pk"],
                "indexes": [models.Index(fields=["parent", "sort_key"], name="organization_children")],
                "constraints": [
                    models.UniqueConstraint(fields=("federation", "code"), name="organization_code_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("parent__isnull", True)),
                        fields=("federation",),
                        name="organization_one_root",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level", "federal"), ("parent__isnull", True)),
                            models.Q(models.Q(("level", "federal"), _negated=True), ("parent__isnull", False)),
                            _connector="OR",
                        ),
                        name="organization_root_is_federal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__isnull", False), ("status", "ended")),
                            models.Q(models.Q(("status", "ended"), _negated=True), ("ended_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="organization_ended_has_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalChain",
            fields=[
                ("key", models.BigIntegerField(primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("digest", models.CharField(default="", max_length=64)),
            ],
            options={
                "verbose_name": "journal chain",
                "verbose_name_plural": "journal chains",
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("login", models.CharField(max_length=40, unique=True, verbose_name="login")),
                ("surname", models.CharField(max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("patronymic", models.CharField(blank=True, max_length=100, verbose_name="patronymic")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=60, verbose_name="telephone")),
                ("is_active", models.BooleanField(default=True, verbose_name="may sign in")),
                ("is_staff", models.BooleanField(default=False, verbose_name="enters the administration pages")),
                ("must_change_password", models.BooleanField(default=True, verbose_name="must change the password")),
                (
                    "password_given_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="one-time password given at"),
                ),
                ("blocked_at", models.DateTimeField(blank=True, null=True, verbose_name="blocked at")),
                ("blocked_reason", models.CharField(blank=True, max_length=300, verbose_name="reason of blocking")),
                (
                    "name_checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="checked the organisation's name at"),
                ),
                ("large_type", models.BooleanField(default=False, verbose_name="larger type")),
                ("high_contrast", models.BooleanField(default=False, verbose_name="higher contrast")),
                ("language", models.CharField(default="ru", max_length=5, verbose_name="language")),
                ("preferences", models.JSONField(blank=True, default=dict, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("sessions_ended_at", models.DateTimeField(editable=False, null=True)),
                ("search_key", models.CharField(default="", editable=False, max_length=500)),
                ("sort_key", models.CharField(db_index=True, default="", editable=False, max_length=500)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
                "ordering": ["sort_key", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("blocked_at__isnull", True), ("is_active", True)),
                            models.Q(("blocked_at__isnull", False), ("is_active", False)),
                            _connector="OR",
                        ),
                        name="account_blocked_has_date",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.BigIntegerField(verbose_name="chain")),
                ("number", models.PositiveBigIntegerField(verbose_name="number in the chain")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("action", models.CharField(max_length=60, verbose_name="act")),
                ("rule", models.CharField(blank=True, max_length=20, verbose_name="rule")),
                ("acting", models.CharField(blank=True, max_length=80, verbose_name="acting as")),
                ("object_type", models.CharField(blank=True, max_length=40, verbose_name="record")),
                ("object_id", models.CharField(blank=True, max_length=40, verbose_name="record id")),
                ("facts", models.JSONField(default=dict, verbose_name="facts")),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "journal event",
                "verbose_name_plural": "journal",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["object_type", "object_id", "-at"], name="event_of_object"),
                    models.Index(fields=["organization", "-at"], name="event_of_organization"),
                ],
                "constraints": [models.UniqueConstraint(fields=("chain", "number"), name="event_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("chair", "chair"),
                            ("deputy", "deputy chair"),
                            ("registrar", "registrar"),
                            ("collector", "dues collector"),
                            ("reviewer", "reviewer"),
                            ("administrator", "administrator"),
                        ],
                        max_length=15,
                        verbose_name="role",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="The last day; empty while it goes on.", null=True, verbose_name="until"
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        help_text="Minutes or order, number and date.",
                        max_length=200,
                        verbose_name="ground",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appointments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "appointment",
                "verbose_name_plural": "appointments",
                "ordering": ["-starts_on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("account", "organization", "role"),
                        name="appointment_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True), ("role", "chair")),
                        fields=("organization",),
                        name="appointment_one_open_chair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="appointment_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoverningBody",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("committee", "collegial body"),
                            ("presidium", "presidium"),
                            ("audit", "audit commission"),
                            ("group", "group organiser"),
                            ("safety", "labour safety officer"),
                            ("commission", "commission"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bodies",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "governing body",
                "verbose_name_plural": "governing bodies",
                "ordering": ["kind", "name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="BodySeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("full_name", models.CharField(max_length=200, verbose_name="surname, name, patronymic")),
                ("duty", models.CharField(blank=True, max_length=100, verbose_name="duty")),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("minutes", models.CharField(blank=True, max_length=100, verbose_name="minutes № and date")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="registry.governingbody",
                        verbose_name="body",
                    ),
                ),
            ],
            options={
                "verbose_name": "seat in a governing body",
                "verbose_name_plural": "seats in governing bodies",
                "ordering": ["full_name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="seat_until_after_since",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAccount",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("login", models.CharField(db_index=True, max_length=40, verbose_name="login")),
                ("surname", models.CharField(max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("patronymic", models.CharField(blank=True, max_length=100, verbose_name="patronymic")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=60, verbose_name="telephone")),
                ("is_active", models.BooleanField(default=True, verbose_name="may sign in")),
                ("is_staff", models.BooleanField(default=False, verbose_name="enters the administration pages")),
                ("must_change_password", models.BooleanField(default=True, verbose_name="must change the password")),
                (
                    "password_given_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="one-time password given at"),
                ),
                ("blocked_at", models.DateTimeField(blank=True, null=True, verbose_name="blocked at")),
                ("blocked_reason", models.CharField(blank=True, max_length=300, verbose_name="reason of blocking")),
                (
                    "name_checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="checked the organisation's name at"),
                ),
                ("large_type", models.BooleanField(default=False, verbose_name="larger type")),
                ("high_contrast", models.BooleanField(default=False, verbose_name="higher contrast")),
                ("language", models.CharField(default="ru", max_length=5, verbose_name="language")),
                ("sessions_ended_at", models.DateTimeField(editable=False, null=True)),
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
                    "home",
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
                "verbose_name": "historical account",
                "verbose_name_plural": "historical accounts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAppointment",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("chair", "chair"),
                            ("deputy", "deputy chair"),
                            ("registrar", "registrar"),
                            ("collector", "dues collector"),
                            ("reviewer", "reviewer"),
                            ("administrator", "administrator"),
                        ],
                        max_length=15,
                        verbose_name="role",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="The last day; empty while it goes on.", null=True, verbose_name="until"
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        help_text="Minutes or order, number and date.",
                        max_length=200,
                        verbose_name="ground",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
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
                "verbose_name": "historical appointment",
                "verbose_name_plural": "historical appointments",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalBodySeat",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("full_name", models.CharField(max_length=200, verbose_name="surname, name, patronymic")),
                ("duty", models.CharField(blank=True, max_length=100, verbose_name="duty")),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("minutes", models.CharField(blank=True, max_length=100, verbose_name="minutes № and date")),
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
                        verbose_name="body",
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
                "verbose_name": "historical seat in a governing body",
                "verbose_name_plural": "historical seats in governing bodies",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalFederation",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, verbose_name="code")),
                ("name", models.CharField(max_length=250, verbose_name="name")),
                ("charter_key", models.CharField(max_length=40, verbose_name="charter")),
                ("charter_values", models.JSONField(blank=True, default=dict, verbose_name="changed charter values")),
                ("last_code", models.PositiveIntegerField(default=0, verbose_name="last organisation code given")),
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
            ],
            options={
                "verbose_name": "historical federation",
                "verbose_name_plural": "historical federations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalGoverningBody",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("committee", "collegial body"),
                            ("presidium", "presidium"),
                            ("audit", "audit commission"),
                            ("group", "group organiser"),
                            ("safety", "labour safety officer"),
                            ("commission", "commission"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
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
            ],
            options={
                "verbose_name": "historical governing body",
                "verbose_name_plural": "historical governing bodies",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalOrganization",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("federal", "federal"),
                            ("regional", "regional"),
                            ("local", "local"),
                            ("primary", "primary"),
                        ],
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                ("path", models.CharField(db_index=True, default="", editable=False, max_length=120)),
                ("code", models.CharField(max_length=20, verbose_name="code (ИНПО)")),
                ("full_name", models.CharField(max_length=300, verbose_name="full name")),
                ("short_name", models.CharField(max_length=150, verbose_name="short name")),
                (
                    "genitive_name",
                    models.CharField(
                        blank=True,
                        help_text="As it stands after «chair of …» on papers.",
                        max_length=300,
                        verbose_name="name in the genitive case",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("forming", "being founded"),
                            ("active", "active"),
                            ("liquidating", "in liquidation"),
                            ("ended", "ended"),
                        ],
                        default="active",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("is_legal_entity", models.BooleanField(default=False, verbose_name="is a legal entity")),
                ("inn", models.CharField(blank=True, max_length=12, verbose_name="INN")),
                ("kpp", models.CharField(blank=True, max_length=9, verbose_name="KPP")),
                ("ogrn", models.CharField(blank=True, max_length=13, verbose_name="OGRN")),
                ("legal_address", models.CharField(blank=True, max_length=300, verbose_name="registered address")),
                ("postal_address", models.CharField(blank=True, max_length=300, verbose_name="postal address")),
                ("phone", models.CharField(blank=True, max_length=60, verbose_name="telephone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "chair_name",
                    models.CharField(
                        blank=True, help_text="Surname, name, patronymic.", max_length=200, verbose_name="chair"
                    ),
                ),
                (
                    "chair_sex",
                    models.CharField(
                        blank=True,
                        choices=[("male", "male"), ("female", "female")],
                        max_length=6,
                        verbose_name="sex of the chair",
                    ),
                ),
                ("founded_on", models.DateField(blank=True, null=True, verbose_name="founded on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="ended on")),
                ("name_checked_at", models.DateTimeField(blank=True, null=True, verbose_name="name checked at")),
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="superior organisation",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="successor",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical organisation",
                "verbose_name_plural": "historical organisations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalOrganizationPassport",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("okpo", models.CharField(blank=True, max_length=10, verbose_name="OKPO")),
                ("oktmo", models.CharField(blank=True, max_length=11, verbose_name="OKTMO")),
                ("site", models.URLField(blank=True, verbose_name="web site")),
                ("registered_on", models.DateField(blank=True, null=True, verbose_name="registered on")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("workers", "of employees"),
                            ("students", "of students"),
                            ("united", "of employees and students"),
                        ],
                        max_length=20,
                        verbose_name="kind of organisation",
                    ),
                ),
                ("employer_name", models.CharField(blank=True, max_length=300, verbose_name="employer")),
                ("employer_inn", models.CharField(blank=True, max_length=12, verbose_name="INN of the employer")),
                (
                    "employer_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kindergarten", "kindergarten"),
                            ("school", "general school"),
                            ("extra", "additional education"),
                            ("college", "vocational secondary education"),
                            ("university", "university"),
                            ("authority", "education authority"),
                            ("other", "other institution"),
                        ],
                        max_length=20,
                        verbose_name="kind of educational institution",
                    ),
                ),
                (
                    "ownership",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("municipal", "municipal"),
                            ("regional", "of the region (constituent entity)"),
                            ("federal", "federal"),
                            ("private", "private"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="form of ownership",
                    ),
                ),
                (
                    "chair_position",
                    models.CharField(blank=True, max_length=150, verbose_name="main position of the chair"),
                ),
                ("chair_phone", models.CharField(blank=True, max_length=60, verbose_name="telephone of the chair")),
                ("chair_email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail of the chair")),
                ("chair_elected_on", models.DateField(blank=True, null=True, verbose_name="chair elected on")),
                ("chair_until", models.DateField(blank=True, null=True, verbose_name="term of the chair ends on")),
                ("chair_basis", models.CharField(blank=True, max_length=150, verbose_name="minutes of the election")),
                (
                    "chair_released",
                    models.BooleanField(blank=True, null=True, verbose_name="chair is released from main work"),
                ),
                ("employees", models.PositiveIntegerField(blank=True, null=True, verbose_name="employees in all")),
                ("teachers", models.PositiveIntegerField(blank=True, null=True, verbose_name="of them teaching staff")),
                ("young", models.PositiveIntegerField(blank=True, null=True, verbose_name="of them under 35")),
                ("students", models.PositiveIntegerField(blank=True, null=True, verbose_name="students")),
                ("counted_on", models.DateField(blank=True, null=True, verbose_name="counted on")),
                ("count_source", models.CharField(blank=True, max_length=150, verbose_name="source of the figures")),
                (
                    "agreement_number",
                    models.CharField(blank=True, max_length=60, verbose_name="collective agreement №"),
                ),
                ("agreement_on", models.DateField(blank=True, null=True, verbose_name="agreement concluded on")),
                ("agreement_until", models.DateField(blank=True, null=True, verbose_name="agreement valid until")),
                (
                    "agreement_registration",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="notification of registration № and date"
                    ),
                ),
                ("page", models.URLField(blank=True, verbose_name="page of the organisation")),
                (
                    "dues_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="dues, % of pay"
                    ),
                ),
                ("payee", models.CharField(blank=True, max_length=300, verbose_name="payee")),
                ("bank", models.CharField(blank=True, max_length=200, verbose_name="bank")),
                ("bik", models.CharField(blank=True, max_length=9, verbose_name="BIC")),
                ("account", models.CharField(blank=True, max_length=20, verbose_name="settlement account")),
                (
                    "correspondent_account",
                    models.CharField(blank=True, max_length=20, verbose_name="correspondent account"),
                ),
                (
                    "territory",
                    models.TextField(
                        blank=True, help_text="Districts and settlements, one a line.", verbose_name="territory served"
                    ),
                ),
                ("completeness", models.PositiveSmallIntegerField(default=0, editable=False)),
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
            ],
            options={
                "verbose_name": "historical organisation passport",
                "verbose_name_plural": "historical organisation passports",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRenameRequest",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("full_name", models.CharField(max_length=300, verbose_name="full name")),
                ("short_name", models.CharField(max_length=150, verbose_name="short name")),
                ("comment", models.TextField(blank=True, max_length=1000, verbose_name="what is wrong")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "asked"), ("accepted", "accepted"), ("declined", "declined")],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("seen_at", models.DateTimeField(blank=True, editable=False, null=True)),
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
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
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
                "verbose_name": "historical rename request",
                "verbose_name_plural": "historical rename requests",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="OrganizationPassport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("okpo", models.CharField(blank=True, max_length=10, verbose_name="OKPO")),
                ("oktmo", models.CharField(blank=True, max_length=11, verbose_name="OKTMO")),
                ("site", models.URLField(blank=True, verbose_name="web site")),
                ("registered_on", models.DateField(blank=True, null=True, verbose_name="registered on")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("workers", "of employees"),
                            ("students", "of students"),
                            ("united", "of employees and students"),
                        ],
                        max_length=20,
                        verbose_name="kind of organisation",
                    ),
                ),
                ("employer_name", models.CharField(blank=True, max_length=300, verbose_name="employer")),
                ("employer_inn", models.CharField(blank=True, max_length=12, verbose_name="INN of the employer")),
                (
                    "employer_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kindergarten", "kindergarten"),
                            ("school", "general school"),
                            ("extra", "additional education"),
                            ("college", "vocational secondary education"),
                            ("university", "university"),
                            ("authority", "education authority"),
                            ("other", "other institution"),
                        ],
                        max_length=20,
                        verbose_name="kind of educational institution",
                    ),
                ),
                (
                    "ownership",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("municipal", "municipal"),
                            ("regional", "of the region (constituent entity)"),
                            ("federal", "federal"),
                            ("private", "private"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="form of ownership",
                    ),
                ),
                (
                    "chair_position",
                    models.CharField(blank=True, max_length=150, verbose_name="main position of the chair"),
                ),
                ("chair_phone", models.CharField(blank=True, max_length=60, verbose_name="telephone of the chair")),
                ("chair_email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail of the chair")),
                ("chair_elected_on", models.DateField(blank=True, null=True, verbose_name="chair elected on")),
                ("chair_until", models.DateField(blank=True, null=True, verbose_name="term of the chair ends on")),
                ("chair_basis", models.CharField(blank=True, max_length=150, verbose_name="minutes of the election")),
                (
                    "chair_released",
                    models.BooleanField(blank=True, null=True, verbose_name="chair is released from main work"),
                ),
                ("employees", models.PositiveIntegerField(blank=True, null=True, verbose_name="employees in all")),
                ("teachers", models.PositiveIntegerField(blank=True, null=True, verbose_name="of them teaching staff")),
                ("young", models.PositiveIntegerField(blank=True, null=True, verbose_name="of them under 35")),
                ("students", models.PositiveIntegerField(blank=True, null=True, verbose_name="students")),
                ("counted_on", models.DateField(blank=True, null=True, verbose_name="counted on")),
                ("count_source", models.CharField(blank=True, max_length=150, verbose_name="source of the figures")),
                (
                    "agreement_number",
                    models.CharField(blank=True, max_length=60, verbose_name="collective agreement №"),
                ),
                ("agreement_on", models.DateField(blank=True, null=True, verbose_name="agreement concluded on")),
                ("agreement_until", models.DateField(blank=True, null=True, verbose_name="agreement valid until")),
                (
                    "agreement_registration",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="notification of registration № and date"
                    ),
                ),
                ("page", models.URLField(blank=True, verbose_name="page of the organisation")),
                (
                    "dues_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="dues, % of pay"
                    ),
                ),
                ("payee", models.CharField(blank=True, max_length=300, verbose_name="payee")),
                ("bank", models.CharField(blank=True, max_length=200, verbose_name="bank")),
                ("bik", models.CharField(blank=True, max_length=9, verbose_name="BIC")),
                ("account", models.CharField(blank=True, max_length=20, verbose_name="settlement account")),
                (
                    "correspondent_account",
                    models.CharField(blank=True, max_length=20, verbose_name="correspondent account"),
                ),
                (
                    "territory",
                    models.TextField(
                        blank=True, help_text="Districts and settlements, one a line.", verbose_name="territory served"
                    ),
                ),
                ("completeness", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passport",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation passport",
                "verbose_name_plural": "organisation passports",
            },
        ),
        migrations.CreateModel(
            name="RenameRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("full_name", models.CharField(max_length=300, verbose_name="full name")),
                ("short_name", models.CharField(max_length=150, verbose_name="short name")),
                ("comment", models.TextField(blank=True, max_length=1000, verbose_name="what is wrong")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "asked"), ("accepted", "accepted"), ("declined", "declined")],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("seen_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rename_requests",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "rename request",
                "verbose_name_plural": "rename requests",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("organization",), name="rename_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "asked")),
                            models.Q(models.Q(("state", "asked"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="rename_decided_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "declined"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rename_declined_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("screen", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("values", models.JSONField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_filters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved filter",
                "verbose_name_plural": "saved filters",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "screen", "name"), name="saved_filter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("photo", "photograph"),
                            ("consent_scan", "scan of a signed consent"),
                            ("import_source", "uploaded list"),
                            ("job_result", "result of a job"),
                            ("attachment", "scan of a paper"),
                        ],
                        max_length=15,
                        verbose_name="purpose",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveIntegerField(verbose_name="size, bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="checksum")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="kept until")),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="put in by",
                    ),
                ),
            ],
            options={
                "verbose_name": "stored file",
                "verbose_name_plural": "stored files",
                "indexes": [models.Index(fields=["expires_at"], name="file_expiry")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("params", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0, verbose_name="steps")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("checkpoint", models.JSONField(default=dict)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("cancel_asked", models.BooleanField(default=False)),
                ("lease", models.UUIDField(editable=False, null=True)),
                ("heartbeat_at", models.DateTimeField(editable=False, null=True)),
                ("error", models.TextField(blank=True, verbose_name="what went wrong")),
                ("summary", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(verbose_name="asked at")),
                ("started_at", models.DateTimeField(null=True, verbose_name="started at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "appointment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.appointment",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="registry.storedfile",
                        verbose_name="result",
                    ),
                ),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["account", "-created_at"], name="job_of_account"),
                    models.Index(
                        condition=models.Q(("state", "running")), fields=["heartbeat_at"], name="job_running_heartbeat"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("total", 0), ("done__lte", models.F("total")), _connector="OR"),
                        name="job_done_within_total",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("values", registry.fields.EncryptedJSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
                "indexes": [models.Index(fields=["saved_at"], name="draft_age")],
                "constraints": [models.UniqueConstraint(fields=("account", "key"), name="draft_once")],
            },
        ),
        migrations.CreateModel(
            name="Figures",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="figures",
                        serialize=False,
                        to="registry.organization",
                        verbose_name="organisation",
                    ),
                ),
                ("members", models.PositiveIntegerField(default=0, verbose_name="members on account")),
                (
                    "consents_printed",
                    models.PositiveIntegerField(default=0, verbose_name="consents printed, not signed"),
                ),
                ("consents_signed", models.PositiveIntegerField(default=0, verbose_name="consents signed")),
                ("incomplete", models.PositiveIntegerField(default=0, verbose_name="cards not complete")),
                ("in_transit", models.PositiveIntegerField(default=0, verbose_name="in transit")),
                ("applications", models.PositiveIntegerField(default=0, verbose_name="applications not decided")),
                ("last_book_line", models.PositiveIntegerField(default=0, editable=False)),
                ("last_destruction", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "figures of an organisation",
                "verbose_name_plural": "figures of organisations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("consents_signed__lte", models.F("members"))),
                        name="figures_signed_within_members",
                    )
                ],
            },
        ),
    ]
