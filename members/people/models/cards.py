"""The member's card: person, membership, and the records of special data classes, stored separately and encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope, usable
from registry.enums import DataClass, Permission
from registry.fields import EncryptedJSONField, EncryptedTextField
from registry.history import HistoricalRecords
from registry.lookups import FirstWord

from ..enums import (
    CONSENT_TONES,
    PRESENT_MEMBERS,
    Category,
    ConsentState,
    ContactChannel,
    DuesForm,
    Education,
    MaritalStatus,
    MemberState,
    PaperKind,
    Sex,
    StudyForm,
    WorkerCategory,
)

if TYPE_CHECKING:
    from registry.access import Actor


#: Help of the fields with a name in another case.
DECLINED_WRONGLY = _("Only if the papers decline the name wrongly.")
_WITHOUT_TICKET = Q(state=MemberState.REGISTERED, ticket_number="")


class MemberQuerySet(models.QuerySet["Member"]):
    """Members; every queryset of a screen starts with `visible_to`."""

    def visible_to(self, actor: Actor | None) -> MemberQuerySet:
        """Return cards whose unit is in the actor's subtree (N-H1).

        Cards in transit or ended have no unit, so nobody sees them. Blocked cards are excluded (N-C1).
        """
        if actor is not None and Permission.VIEW_MEMBERS not in actor.permissions:
            return self.none()
        if actor is not None and actor.organization is not None and actor.organization.parent_id is None:
            # The head sees all units, and registered members are those with a unit, so no join with organisations is
            # needed.
            return self.registered().filter(federation=actor.organization.federation_id)
        return self.usable().filter(in_scope(actor, "unit__"))

    def editable_by(self, actor: Actor, permission: Permission = Permission.EDIT_MEMBERS) -> MemberQuerySet:
        """Return cards that the actor may change: those that their own organisation keeps."""
        own = actor.organization
        if actor.is_system and own is None:
            return self.visible_to(actor)
        if own is None or permission not in actor.permissions:
            return self.none()
        return self.visible_to(actor).filter(organization=own)

    def usable(self) -> MemberQuerySet:
        """Return members whose data may be processed, without blocked cards (N-C1)."""
        return self.filter(usable())

    def opened_to(self, actor: Actor) -> MemberQuerySet:
        """Return the blocked cards that the actor may read, as chair of the keeper or of the region (N-C1)."""
        if not actor.reads_blocked:
            return self.none()
        return self.filter(in_scope(actor, "unit__")).exclude(usable())

    def answered_for(self, actor: Actor) -> MemberQuerySet:
        """Return visible cards and blocked ones that the actor may read; a block ends no right to one's data (V-C5)."""
        return self.visible_to(actor) | self.opened_to(actor)

    def present(self) -> MemberQuerySet:
        """Return members of the federation: registered or in transit."""
        return self.filter(state__in=PRESENT_MEMBERS)

    def registered(self) -> MemberQuerySet:
        """Return registered members without blocked cards."""
        return self.usable().filter(state=MemberState.REGISTERED)

    def alphabetical(self) -> MemberQuerySet:
        """Return the members in Russian alphabetical order, the same on every database."""
        return self.order_by("sort_key", "pk")


class Person(models.Model):
    """Personal data shared by members and the people they represent."""

    surname = models.CharField(_("surname"), max_length=100)
    given_name = models.CharField(_("given name"), max_length=100)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    no_patronymic = models.BooleanField(_("has no patronymic"), default=False)
    name_genitive = models.CharField(
        _("full name in the genitive case"), max_length=300, blank=True, help_text=DECLINED_WRONGLY
    )
    name_dative = models.CharField(
        _("full name in the dative case"), max_length=300, blank=True, help_text=DECLINED_WRONGLY
    )
    name_accusative = models.CharField(
        _("full name in the accusative case"), max_length=300, blank=True, default="", db_default="",
        help_text=DECLINED_WRONGLY,
    )  # fmt: skip
    sex = models.CharField(_("sex"), max_length=6, choices=Sex.choices, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    birth_place = models.CharField(_("place of birth"), max_length=200, blank=True)
    citizenship = models.CharField(_("citizenship"), max_length=60, blank=True)
    snils = models.CharField(_("SNILS"), max_length=11, blank=True)
    marital_status = models.CharField(_("marital status"), max_length=10, choices=MaritalStatus.choices, blank=True)
    region = models.CharField(_("region (district)"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=6, blank=True)
    city = models.CharField(_("town or village"), max_length=120, blank=True)
    street = models.CharField(_("street"), max_length=150, blank=True)
    house = models.CharField(_("house"), max_length=40, blank=True)
    flat = models.CharField(_("flat"), max_length=20, blank=True)
    residence = models.CharField(
        _("address of residence"),
        max_length=300,
        blank=True,
        help_text=_("Only if it differs from the registered address."),
    )
    phone_mobile = models.CharField(_("mobile telephone"), max_length=60, blank=True)
    phone_home = models.CharField(_("home telephone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    contact_channel = models.CharField(
        _("preferred way of contact"), max_length=10, choices=ContactChannel.choices, blank=True
    )
    photo = models.ForeignKey(
        "registry.StoredFile",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("photograph 3×4"),
    )
    #: « иванов петр … 11223344595 0104512»: the searched text, with ё as е and a space before every word.
    search_key = models.CharField(max_length=500, editable=False, default="")
    sort_key = models.CharField(max_length=420, editable=False, default="")
    #: Normalised surname and given name, equal for the same person entered twice (N-A1).
    name_key = models.CharField(max_length=320, editable=False, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """Return the surname with initials."""
        initials = "".join(f" {part[0]}." for part in (self.given_name, self.patronymic) if part)
        return f"{self.surname}{initials}"

    @property
    def address(self) -> str:
        """Return the registered address in one line."""
        house = f"д. {self.house}" if self.house else ""
        flat = f"кв. {self.flat}" if self.flat else ""
        return ", ".join(part for part in (self.postcode, self.region, self.city, self.street, house, flat) if part)


class Member(Person):
    """A member and their card, kept by one organisation of the federation at a time (V-B2, U-5a)."""

    federation = models.ForeignKey(
        "registry.Federation", models.PROTECT, related_name="+", verbose_name=_("federation")
    )
    #: The organisation that keeps the card: local or primary, by charter. Empty in transit and after the end.
    organization = models.ForeignKey(
        "registry.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("organisation"),
    )
    #: The primary cell below the keeping organisation, if the charter has cells.
    cell = models.ForeignKey(
        "registry.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cell_members",
        verbose_name=_("primary cell"),
    )
    #: The cell or, without one, the organisation; determines who may see the card.
    unit = models.ForeignKey("registry.Organization", models.PROTECT, null=True, editable=False, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=MemberState.choices, default=MemberState.REGISTERED)
    category = models.CharField(_("category"), max_length=20, choices=Category.choices, blank=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    joined_year_only = models.BooleanField(_("only the year of joining is known"), default=False)
    ticket_number = models.CharField(_("ticket №"), max_length=20, blank=True)
    education = models.CharField(_("education"), max_length=20, choices=Education.choices, blank=True)
    profession = models.CharField(_("profession"), max_length=150, blank=True)
    workplace = models.CharField(_("place of work or study"), max_length=300, blank=True)
    position = models.CharField(_("position"), max_length=150, blank=True)
    worker_category = models.CharField(_("staff category"), max_length=12, choices=WorkerCategory.choices, blank=True)
    hired_on = models.DateField(_("employed since"), null=True, blank=True)
    experience = models.PositiveSmallIntegerField(_("length of service, years"), null=True, blank=True)
    teaching_experience = models.PositiveSmallIntegerField(_("of which teaching, years"), null=True, blank=True)
    faculty = models.CharField(_("faculty"), max_length=150, blank=True)
    course = models.PositiveSmallIntegerField(_("year of study"), null=True, blank=True)
    study_group = models.CharField(_("study group"), max_length=30, blank=True)
    study_form = models.CharField(_("form of study"), max_length=15, choices=StudyForm.choices, blank=True)
    study_until = models.DateField(_("studies end on"), null=True, blank=True)
    institution = models.CharField(_("educational institution"), max_length=300, blank=True)
    speciality = models.CharField(_("speciality"), max_length=150, blank=True)
    graduated = models.PositiveSmallIntegerField(_("year of graduation"), null=True, blank=True)
    degree = models.CharField(_("academic degree"), max_length=100, blank=True)
    academic_title = models.CharField(_("academic title"), max_length=100, blank=True)
    dues_form = models.CharField(_("form of paying dues"), max_length=10, choices=DuesForm.choices, blank=True)
    # The per cent sign is not a placeholder: xgettext:no-python-format
    dues_percent = models.DecimalField(_("dues, % of pay"), max_digits=4, decimal_places=2, null=True, blank=True)
    dues_statement_on = models.DateField(_("statement on deduction of"), null=True, blank=True)
    division = models.CharField(_("division or union group"), max_length=150, blank=True)
    consent_state = models.CharField(
        _("consent"), max_length=10, choices=ConsentState.choices, default=ConsentState.NONE, editable=False
    )
    #: The day from which the data are only stored, because the consent to processing was withdrawn (N-C1).
    blocked_on = models.DateField(_("processing blocked on"), null=True, blank=True, editable=False)
    #: Number of empty required fields, updated by the transitions; 0 is a complete card.
    missing = models.PositiveSmallIntegerField(default=0, editable=False)
    batch = models.ForeignKey("members.ImportBatch", models.SET_NULL, null=True, editable=False, related_name="members")
    #: Whether the card has changed since it was last printed, so that the paper card has to be printed again (V-B2).
    reprint = models.BooleanField(_("to be printed again"), default=False, editable=False)
    #: The last keeper and unit, for restoration, the common superior and erasing. They give nobody access.
    last_organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, editable=False, related_name="+"
    )
    last_unit = models.ForeignKey("registry.Organization", models.PROTECT, null=True, editable=False, related_name="+")
    ended_on = models.DateField(_("membership ended on"), null=True, blank=True, editable=False)
    #: The sealed card may be erased from this day: after the term of appeal and the charter's retention period.
    erase_after = models.DateField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    history = HistoricalRecords(excluded_fields=["search_key", "sort_key", "name_key", "created_at"])

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MemberState.REGISTERED, organization__isnull=False, unit__isnull=False)
                | (
                    ~Q(state=MemberState.REGISTERED)
                    & Q(organization__isnull=True, unit__isnull=True, cell__isnull=True)
                ),
                name="member_on_account_has_organization",
            ),
            models.CheckConstraint(
                condition=Q(cell__isnull=True, unit=F("organization"))
                | Q(cell__isnull=True, unit__isnull=True)
                | Q(unit=F("cell")),
                name="member_unit_is_cell_or_organization",
            ),
            models.UniqueConstraint(
                fields=["federation", "ticket_number"],
                condition=~Q(ticket_number="") & ~Q(state=MemberState.WITHDRAWN),
                name="member_ticket_once",
            ),
            # Safety net below N-A1, for two organisations that enter the same person at the same moment.
            models.UniqueConstraint(
                fields=["federation", "snils"],
                condition=~Q(snils="") & Q(state__in=[MemberState.REGISTERED, MemberState.IN_TRANSIT]),
                name="member_snils_once",
            ),
            models.CheckConstraint(condition=~Q(surname="") & ~Q(given_name=""), name="member_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["organization", "sort_key", "id"], name="member_of_organization"),
            models.Index(fields=["unit", "sort_key", "id"], name="member_of_unit"),
            # The list of the head uses it, so that later pages skip the cards of earlier ones.
            models.Index(
                fields=["federation", "sort_key", "id"],
                condition=Q(state=MemberState.REGISTERED, blocked_on__isnull=True),
                name="member_by_name",
            ),
            models.Index(fields=["federation", "name_key", "birth_date"], name="member_same_person"),
            # Bank payments name people by their surnames.
            models.Index("organization", FirstWord("search_key"), name="member_by_surname"),
            models.Index(fields=["organization", "consent_state"], name="member_consents"),
            models.Index(fields=["last_organization", "erase_after"], name="member_to_erase"),
            # Partial indexes: few rows match, and tasks on every page count them.
            models.Index(fields=["organization"], condition=Q(reprint=True), name="member_to_reprint"),
            # Few cards match; counts of past days exclude them, which would otherwise read all cards.
            models.Index(fields=["id"], condition=Q(blocked_on__isnull=False), name="member_blocked"),
            models.Index(fields=["organization"], condition=_WITHOUT_TICKET, name="member_without_ticket"),
        ]

    @property
    def has_signed_consent(self) -> bool:
        """Return whether the consent is signed (N-C1)."""
        return self.consent_state == ConsentState.SIGNED

    @property
    def has_printed_consent(self) -> bool:
        """Return whether the consent is printed and waits for its signature."""
        return self.consent_state == ConsentState.PRINTED

    @property
    def has_no_consent(self) -> bool:
        """Return whether no consent was printed yet."""
        return self.consent_state == ConsentState.NONE

    @property
    def consent_tone(self) -> str:
        """Return the tone of the consent on the card, where a missing one has to be obtained."""
        return CONSENT_TONES[ConsentState(self.consent_state)] or "warn"


class IdentityPaper(models.Model):
    """The identity paper of a member; encrypted, for roles that read the class «identity» (practice 7.6)."""

    DATA_CLASS = DataClass.IDENTITY

    member = models.OneToOneField(Member, models.CASCADE, related_name="identity", verbose_name=_("member"))
    paper_kind = models.CharField(_("kind of paper"), max_length=20, choices=PaperKind.choices, blank=True)
    paper_series = EncryptedTextField(_("series"), blank=True)
    paper_number = EncryptedTextField(_("number"), blank=True)
    paper_issued_on = EncryptedTextField(_("issued on"), blank=True)
    paper_issued_by = EncryptedTextField(_("issued by"), blank=True)
    paper_code = EncryptedTextField(_("code of the issuing office"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("identity paper")
        verbose_name_plural = _("identity papers")

    def __str__(self) -> str:
        return str(self.pk)


class HealthRecord(models.Model):
    """Disability certificate and health answers of the questionnaire; encrypted, for roles that read «health»."""

    DATA_CLASS = DataClass.HEALTH

    member = models.OneToOneField(Member, models.CASCADE, related_name="health", verbose_name=_("member"))
    disability_group = EncryptedTextField(_("disability group"), blank=True)
    disability_cause = EncryptedTextField(_("cause of disability"), blank=True)
    certificate_series = EncryptedTextField(_("certificate series"), blank=True)
    certificate_number = EncryptedTextField(_("certificate №"), blank=True)
    certificate_issued_on = EncryptedTextField(_("certificate issued on"), blank=True)
    certificate_expires_on = EncryptedTextField(_("certificate valid until"), blank=True)
    certificate_indefinite = EncryptedTextField(_("certificate without term"), blank=True)
    group_since = EncryptedTextField(_("when the group was given"), blank=True)
    diagnosis = EncryptedTextField(_("main illness that caused the disability"), blank=True)
    mobility = EncryptedTextField(_("loss of mobility"), blank=True)
    prostheses = EncryptedJSONField(_("prosthetic and orthopaedic devices"), default=list, blank=True)
    needs = EncryptedJSONField(_("needs at present"), default=list, blank=True)
    needs_other = EncryptedTextField(_("needs something else"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("health record")
        verbose_name_plural = _("health records")

    def __str__(self) -> str:
        return str(self.pk)


class Questionnaire(models.Model):
    """Answers of the questionnaire that are not on the card (appendix 3, items 13, 16–21, 23)."""

    DATA_CLASS = DataClass.GENERAL

    member = models.OneToOneField(Member, models.CASCADE, related_name="questionnaire", verbose_name=_("member"))
    transport = models.CharField(_("vehicle, if any"), max_length=200, blank=True)
    hobby = models.CharField(_("interests, hobbies"), max_length=300, blank=True)
    achievements = models.CharField(_("achievements in arts or sports"), max_length=300, blank=True)
    housing = models.CharField(_("housing conditions"), max_length=300, blank=True)
    family = models.CharField(_("family members"), max_length=300, blank=True)
    family_working = models.PositiveSmallIntegerField(_("family members who work"), null=True, blank=True)
    dependents = models.PositiveSmallIntegerField(_("dependents"), null=True, blank=True)
    proposals = models.TextField(_("proposals on the work of the society"), max_length=1000, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")

    def __str__(self) -> str:
        return str(self.pk)
