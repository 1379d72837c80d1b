"""Report forms with their lines and checks, campaigns, and the reports of organisations (N-S1, N-S3)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import Level, Permission
from registry.fields import EncryptedTextField, KopecksField
from registry.history import HistoricalRecords

from .enums import (
    ADDED_STATES,
    OPEN_STATES,
    RECEIVED_STATES,
    SETTLED_STATES,
    CampaignState,
    FormState,
    LineSource,
    Missing,
    Operator,
    PeriodKind,
    ReportState,
    ReportStepKind,
    Unit,
)
from .periods import Period

if TYPE_CHECKING:
    from registry.access import Actor


class ReportFormQuerySet(models.QuerySet["ReportForm"]):
    def visible_to(self, actor: Actor | None) -> ReportFormQuerySet:
        """Return the forms of organisations in the actor's subtree."""
        if actor is None or Permission.VIEW_FIGURES not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))

    def issued(self) -> ReportFormQuerySet:
        """Return the forms that campaigns can use."""
        return self.filter(state=FormState.ISSUED)


class ReportForm(models.Model):
    """An edition of a report form; an issued one never changes."""

    #: The organisation that defined the form and opens campaigns with it.
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="report_forms", verbose_name=_("organisation")
    )
    #: The same for all editions of the form.
    key = models.SlugField(_("key"), max_length=40)
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("explanation for those who fill it in"), max_length=2000, blank=True)
    period_kind = models.CharField(_("period"), max_length=7, choices=PeriodKind.choices)
    #: Levels whose organisations report; people of other organisations are counted by their superior.
    levels = models.JSONField(_("levels that report"), default=list)
    state = models.CharField(_("state"), max_length=7, choices=FormState.choices, default=FormState.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = ReportFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("report form")
        verbose_name_plural = _("report forms")
        ordering = ["title", "-edition", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key", "edition"], name="report_form_edition_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == FormState.DRAFT


class ReportLine(models.Model):
    """A line of a report form: its content, its unit, and the source of its figure."""

    form = models.ForeignKey(ReportForm, models.CASCADE, related_name="lines", verbose_name=_("report form"))
    position = models.PositiveSmallIntegerField(_("position"))
    section = models.CharField(_("section"), max_length=150, blank=True)
    #: Used in formulas, such as «1.2».
    code = models.CharField(_("code of the line"), max_length=10)
    title = models.CharField(_("line of the report"), max_length=250)
    unit = models.CharField(_("unit"), max_length=13, choices=Unit.choices, default=Unit.PEOPLE)
    source = models.CharField(_("where the figure comes from"), max_length=8, choices=LineSource.choices)
    #: Key of the indicator; only for a line that the registry counts.
    indicator = models.CharField(_("what is counted"), max_length=60, blank=True)
    formula = models.CharField(_("formula"), max_length=500, blank=True)
    decimals = models.PositiveSmallIntegerField(_("digits after the comma"), default=0)
    #: Whether the totals of the reports below are added; a formula is evaluated again instead.
    adds_up = models.BooleanField(_("figures of the organisations below are added"), default=True)
    required = models.BooleanField(_("required"), default=True)
    hint = models.CharField(_("explanation"), max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("line of a report form")
        verbose_name_plural = _("lines of report forms")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["form", "code"], name="report_line_code_once"),
            models.CheckConstraint(
                condition=Q(source=LineSource.COMPUTED, formula="") & ~Q(indicator="")
                | Q(source=LineSource.ENTERED, formula="", indicator="")
                | (Q(source=LineSource.FORMULA, indicator="") & ~Q(formula="")),
                name="report_line_has_its_source",
            ),
            models.CheckConstraint(condition=Q(decimals__lte=2), name="report_line_decimals"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_formula(self) -> bool:
        return self.source == LineSource.FORMULA

    @property
    def is_computed(self) -> bool:
        return self.source == LineSource.COMPUTED


class ReportCheck(models.Model):
    """A check of a report form: two sides that are compared, and the message if it fails."""

    form = models.ForeignKey(ReportForm, models.CASCADE, related_name="checks", verbose_name=_("report form"))
    position = models.PositiveSmallIntegerField(_("position"))
    left = models.CharField(_("left side"), max_length=500)
    operator = models.CharField(_("comparison"), max_length=4, choices=Operator.choices)
    right = models.CharField(_("right side"), max_length=500)
    missing = models.CharField(
        _("if figures are missing"), max_length=8, choices=Missing.choices, default=Missing.SKIP_ANY
    )
    #: Whether a report that fails it cannot be handed in.
    blocks = models.BooleanField(_("the report cannot be handed in against this check"), default=True)
    sentence = models.CharField(_("sentence for the reader"), max_length=300)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("check of a report form")
        verbose_name_plural = _("checks of report forms")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.sentence


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, actor: Actor | None) -> CampaignQuerySet:
        """Return the campaigns in which an organisation of the actor's subtree reports."""
        reports = CampaignReport.objects.visible_to(actor).order_by()
        return self.filter(pk__in=reports.values("campaign"))

    def open(self) -> CampaignQuerySet:
        """Return the campaigns whose reports are not closed."""
        return self.filter(state=CampaignState.OPEN)


class Campaign(models.Model):
    """A reporting campaign: a form, a period, a term, and a report of each expected organisation."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="campaigns", verbose_name=_("organisation")
    )
    form = models.ForeignKey(ReportForm, models.PROTECT, related_name="campaigns", verbose_name=_("report form"))
    #: Text of the period (`periods.Period`), such as «2026Q1», so that periods do not overlap by accident.
    period = models.CharField(_("period"), max_length=10)
    first = models.DateField(_("first day of the period"))
    last = models.DateField(_("last day of the period"))
    term = models.DateField(_("reports are due by"))
    state = models.CharField(_("state"), max_length=9, choices=CampaignState.choices, default=CampaignState.OPEN)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting campaign")
        verbose_name_plural = _("reporting campaigns")
        ordering = ["-last", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="campaign_period_in_order"),
            models.UniqueConstraint(
                fields=["form", "period"], condition=~Q(state=CampaignState.CANCELLED), name="campaign_of_a_period_once"
            ),
        ]
        indexes = [models.Index(fields=["organization", "state", "term"], name="campaign_by_state")]

    def __str__(self) -> str:
        return f"{self.form.title}, {self.period_label}"

    @property
    def is_open(self) -> bool:
        return self.state == CampaignState.OPEN

    @property
    def period_label(self) -> str:
        """The period in words."""
        return Period.parse(self.period, PeriodKind(self.form.period_kind)).label


class CampaignReportQuerySet(models.QuerySet["CampaignReport"]):
    def visible_to(self, actor: Actor | None) -> CampaignReportQuerySet:
        """Return the reports of organisations in the actor's subtree (N-H1)."""
        if actor is None or Permission.VIEW_FIGURES not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))

    def expected(self) -> CampaignReportQuerySet:
        """Return the reports except those of released organisations."""
        return self.exclude(state=ReportState.RELEASED)

    def to_fill(self) -> CampaignReportQuerySet:
        """Return the reports whose figures can still be entered."""
        return self.filter(state__in=OPEN_STATES, campaign__state=CampaignState.OPEN)

    def received(self) -> CampaignReportQuerySet:
        """Return the reports that are handed in, accepted or frozen."""
        return self.filter(state__in=RECEIVED_STATES)

    def unsettled(self) -> CampaignReportQuerySet:
        """Return the reports that a superior report waits for."""
        return self.exclude(state__in=SETTLED_STATES)

    def added(self) -> CampaignReportQuerySet:
        """Return the reports whose totals are added to the superior report."""
        return self.filter(state__in=ADDED_STATES)

    def late(self, today: dt.date) -> CampaignReportQuerySet:
        """Return the reports that are past their term and not handed in."""
        return self.to_fill().filter(term__lt=today)


class CampaignReport(models.Model):
    """The report of one organisation in a campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="reports", verbose_name=_("campaign"))
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="campaign_reports", verbose_name=_("organisation")
    )
    #: The report that this one is added to: that of the nearest superior that reports in the campaign.
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="below", verbose_name=_("added to"))
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    state = models.CharField(_("state"), max_length=8, choices=ReportState.choices, default=ReportState.EMPTY)
    #: The campaign's term, or a later one set when the report was returned.
    term = models.DateField(_("due by"))
    #: Decides whether the report was on time.
    first_completed_on = models.DateField(_("first handed in on"), null=True)
    completed_on = models.DateField(_("handed in on"), null=True)
    counted_on = models.DateField(_("counted by the registry on"), null=True)
    reminded_on = models.DateField(_("reminded on"), null=True)
    #: Ids of the reports whose totals were added when the report was handed in.
    sums = models.JSONField(default=list, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(excluded_fields=["sums"])
    objects = CampaignReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of an organisation")
        verbose_name_plural = _("reports of organisations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "organization"], name="report_of_an_organization_once"),
            models.CheckConstraint(
                condition=~Q(state__in=RECEIVED_STATES) | Q(completed_on__isnull=False), name="report_received_on_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["parent", "state"], name="report_below"),
            models.Index(fields=["organization", "state", "term"], name="report_to_fill"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.organization_id}"

    @property
    def is_open(self) -> bool:
        """Return whether the report's state allows entering figures."""
        return self.state in OPEN_STATES

    @property
    def is_received(self) -> bool:
        return self.state in RECEIVED_STATES

    @property
    def came_on_time(self) -> bool | None:
        """Return whether the report was first handed in within the campaign's term; None if it never was."""
        return None if self.first_completed_on is None else self.first_completed_on <= self.campaign.term

    def is_late(self, today: dt.date) -> bool:
        """Return whether the report is past its term and not handed in."""
        return self.is_open and self.term < today


class ReportFigure(models.Model):
    """The figure of a line in a report, in hundredths of its unit."""

    report = models.ForeignKey(CampaignReport, models.CASCADE, related_name="figures", verbose_name=_("report"))
    line = models.ForeignKey(ReportLine, models.PROTECT, related_name="figures", verbose_name=_("line"))
    #: Counted by the registry for the organisation's own part.
    computed = KopecksField(_("counted by the registry"), null=True)
    #: Reported for the organisation's own part: counted, entered or by formula; None if it is missing.
    value = KopecksField(_("figure"), null=True)
    #: Includes the reports below; set when the report is handed in.
    total = KopecksField(_("with the organisations below"), null=True)
    #: Reason why the value differs from the counted one.
    reason = EncryptedTextField(_("reason"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("figure of a report")
        verbose_name_plural = _("figures of reports")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "line"], name="report_figure_once")]

    def __str__(self) -> str:
        return str(self.pk)


class ReportStepQuerySet(models.QuerySet["ReportStep"]):
    def visible_to(self, actor: Actor | None) -> ReportStepQuerySet:
        """Return the steps of the reports that the actor may see."""
        return self.filter(report__in=CampaignReport.objects.visible_to(actor).order_by())


class ReportStep(models.Model):
    """A step of a report's trail with its comment; never changed."""

    report = models.ForeignKey(CampaignReport, models.CASCADE, related_name="steps", verbose_name=_("report"))
    kind = models.CharField(_("step"), max_length=10, choices=ReportStepKind.choices)
    text = EncryptedTextField(_("text"), blank=True)
    term = models.DateField(_("due by"), null=True)
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    #: None for steps of the registry itself.
    account = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("account")
    )
    made_at = models.DateTimeField(_("time"))

    objects = ReportStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a report")
        verbose_name_plural = _("steps of reports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_kind_display())
