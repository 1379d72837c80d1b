"""Blanks of strict accountability: ranges in stock, numbers that left it, papers and movements (V-C1 to V-C3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.meetings.enums import AppealState
from members.people.enums import MemberState
from registry.access import in_scope, usable
from registry.enums import Permission
from registry.evidence import Attested, AttestedQuerySet
from registry.history import HistoricalRecords

from .enums import IN_RANGES, BlankKind, IssueReason, PaperKind, PaperState, Place
from .ranges import MAX_SERIES, NumberRange

if TYPE_CHECKING:
    from registry.access import Actor
    from registry.organizations.models import Organization

#: States of cards whose ticket is collected; for a card in transit the ticket travels with it.
_ENDED = set(MemberState) - {MemberState.REGISTERED, MemberState.IN_TRANSIT}


def _may_look(actor: Actor | None) -> bool:
    return actor is None or Permission.VIEW_MEMBERS in actor.permissions


class Numbers(models.Model):
    """Consecutive numbers of one kind and series; the width keeps leading zeros."""

    federation = models.ForeignKey("registry.Federation", models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of blank"), max_length=10, choices=BlankKind.choices)
    series = models.CharField(_("series"), max_length=MAX_SERIES, blank=True)
    first = models.PositiveBigIntegerField(_("first number"))
    last = models.PositiveBigIntegerField(_("last number"))
    width = models.PositiveSmallIntegerField(_("digits"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.range)

    @property
    def range(self) -> NumberRange:
        """Return the numbers."""
        return NumberRange(self.series, self.first, self.last, self.width)


class BlankStockQuerySet(models.QuerySet["BlankStock"]):
    def visible_to(self, actor: Actor | None) -> BlankStockQuerySet:
        """Return the balances of organisations in the actor's subtree."""
        return self.filter(in_scope(actor, "organization__")) if _may_look(actor) else self.none()


#: Counts of a balance with their labels, in display order; they add up to the received number.
LABELS = {
    "in_stock": _("in stock"),
    "on_the_way": _("handed down, not confirmed"),
    "handed_down": _("handed down"),
    "issued": pgettext_lazy("blanks", "issued"),
    "returned": _("returned by the member"),
    "spoiled": pgettext_lazy("blanks", "spoiled"),
    "lost": pgettext_lazy("blanks", "lost"),
    "cancelled": pgettext_lazy("blanks", "cancelled"),
    "destroyed": pgettext_lazy("blanks", "destroyed"),
}
COUNTS = tuple(LABELS)
#: Place → the count of a balance.
COUNT_OF: dict[str, str] = {place.value: "in_stock" if place == Place.STOCK else place.value for place in Place}


class BlankStock(models.Model):
    """The balance of one organisation and kind of blank today (V-C1). Its row is the lock for all its movements."""

    organization = models.ForeignKey("registry.Organization", models.PROTECT, related_name="blank_stocks")
    kind = models.CharField(_("kind of blank"), max_length=10, choices=BlankKind.choices)
    #: The keeper, who is responsible for the blanks.
    keeper = models.ForeignKey(
        "registry.Account", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("keeper of blanks")
    )
    received = models.PositiveIntegerField(_("received"), default=0)
    in_stock = models.PositiveIntegerField(LABELS["in_stock"], default=0)
    on_the_way = models.PositiveIntegerField(LABELS["on_the_way"], default=0)
    handed_down = models.PositiveIntegerField(LABELS["handed_down"], default=0)
    issued = models.PositiveIntegerField(LABELS["issued"], default=0)
    returned = models.PositiveIntegerField(LABELS["returned"], default=0)
    spoiled = models.PositiveIntegerField(LABELS["spoiled"], default=0)
    lost = models.PositiveIntegerField(LABELS["lost"], default=0)
    cancelled = models.PositiveIntegerField(LABELS["cancelled"], default=0)
    destroyed = models.PositiveIntegerField(LABELS["destroyed"], default=0)

    objects = BlankStockQuerySet.as_manager()

    class Meta:
        verbose_name = _("balance of blanks")
        verbose_name_plural = _("balances of blanks")
        ordering = ["organization", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind"], name="blank_stock_once"),
            models.CheckConstraint(condition=Q(received=sum(map(F, COUNTS[1:]), F(COUNTS[0]))), name="blank_balance"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.in_stock}"


class BlankRangeQuerySet(models.QuerySet["BlankRange"]):
    def visible_to(self, actor: Actor | None) -> BlankRangeQuerySet:
        """Return the ranges that organisations of the actor's subtree hold."""
        return self.filter(in_scope(actor, "organization__")) if _may_look(actor) else self.none()

    def in_stock(self) -> BlankRangeQuerySet:
        """Return the ranges that can be handed down, issued or written off."""
        return self.filter(paper=None)


class BlankRange(Numbers):
    """Numbers in stock, or in transit by an unconfirmed act; split when a part of them moves.

    No two ranges of a kind and series overlap: the database refuses them (`documents/tickets/guards.py`).
    """

    organization = models.ForeignKey("registry.Organization", models.PROTECT, related_name="blank_ranges")
    #: The act by which the numbers are in transit.
    paper = models.ForeignKey(
        "documents.BlankPaper", models.PROTECT, null=True, blank=True, related_name="ranges_on_the_way"
    )

    objects = BlankRangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("range of blanks")
        verbose_name_plural = _("ranges of blanks")
        ordering = ["kind", "series", "first"]
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="blank_range_in_order"),
            models.UniqueConstraint(fields=["federation", "kind", "series", "first"], name="blank_range_once"),
        ]
        indexes = [models.Index(fields=["organization", "kind", "series", "first"], name="blank_range_stock")]

    @property
    def place(self) -> str:
        return Place.STOCK if self.paper_id is None else Place.ON_THE_WAY


class BlankQuerySet(models.QuerySet["Blank"]):
    def visible_to(self, actor: Actor | None) -> BlankQuerySet:
        """Return the blanks that left the stock of organisations in the actor's subtree."""
        return self.filter(in_scope(actor, "organization__")) if _may_look(actor) else self.none()

    def void(self) -> BlankQuerySet:
        """Return blanks that wait for their destruction, those of an appeal in course left out (V-B14, V-B15)."""
        void = self.filter(state__in=[Place.RETURNED, Place.SPOILED, Place.CANCELLED])
        return void.exclude(member__appeals__state=AppealState.RECEIVED)

    def answered_for_by(self, organization: Organization) -> BlankQuerySet:
        """Return the blanks in the balance of the organisation, and those that its members brought from elsewhere.

        Blanks that members took to another organisation are excluded.
        """
        nobody_elsewhere = Q(member=None) | Q(member__organization=None) | Q(member__organization=organization)
        ours = Q(organization=organization) & nobody_elsewhere
        brought = Q(member__last_organization=organization, member__organization=None)
        return self.filter(ours | Q(member__organization=organization) | brought)

    def to_collect(self, organization: Organization) -> BlankQuerySet:
        """Return valid blanks of people who left, died or were excluded there, except during an appeal (V-B14)."""
        valid = self.filter(state=Place.ISSUED).order_by()
        left = valid.filter(member__state__in=_ENDED, member__last_organization=organization)
        left = left.exclude(member__appeals__state=AppealState.RECEIVED)
        destroyed = valid.filter(member=None, organization=organization)
        # Separate, because with «or» between them the database would read all blanks of the federation.
        return self.filter(pk__in=left.values("pk").union(destroyed.values("pk")))


class Blank(models.Model):
    """One number that left the stock: issued, spoiled, lost, returned, cancelled or destroyed."""

    federation = models.ForeignKey("registry.Federation", models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of blank"), max_length=10, choices=BlankKind.choices)
    series = models.CharField(_("series"), max_length=MAX_SERIES, blank=True)
    number = models.PositiveBigIntegerField(_("number"))
    width = models.PositiveSmallIntegerField(_("digits"))
    #: The organisation in whose balance the number is.
    organization = models.ForeignKey("registry.Organization", models.PROTECT, related_name="blanks")
    state = models.CharField(_("state"), max_length=10, choices=Place.choices)
    #: The member who received it; empty once the card is destroyed.
    member = models.ForeignKey("members.Member", models.SET_NULL, null=True, blank=True, related_name="blanks")
    #: Reason why it is void, for the act of destruction (V-B15).
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = BlankQuerySet.as_manager()

    class Meta:
        verbose_name = _("blank")
        verbose_name_plural = _("blanks")
        ordering = ["kind", "series", "number"]
        constraints = [
            models.UniqueConstraint(fields=["federation", "kind", "series", "number"], name="blank_once"),
            models.CheckConstraint(condition=~Q(state__in=sorted(IN_RANGES)), name="blank_left_the_stock"),
            # One valid ticket per member: the former one becomes void before the new one is issued (V-B5).
            models.UniqueConstraint(
                fields=["member", "kind"], condition=Q(state=Place.ISSUED), name="blank_one_valid_of_a_member"
            ),
        ]
        indexes = [models.Index(fields=["organization", "kind", "state", "series", "number"], name="blank_by_state")]

    def __str__(self) -> str:
        return self.number_text

    @property
    def range(self) -> NumberRange:
        return NumberRange(self.series, self.number, self.number, self.width)

    @property
    def number_text(self) -> str:
        """Return the number as printed."""
        return self.range.text_of(self.number)

    @property
    def is_valid(self) -> bool:
        """Return whether a member has it and it is not void."""
        return self.state == Place.ISSUED

    @property
    def owner(self) -> str:
        """Return the holder's name as on the issue sheet; empty without a holder, or after the card is destroyed."""
        line = getattr(self, "issue_line", None)
        return line.full_name if line is not None else ""

    @property
    def owner_on_screen(self) -> str:
        """Return the holder's name, or an empty string for a blocked member: only papers about the past show it
        (N-C1).
        """
        blocked = self.member is not None and self.member.blocked_on is not None
        return "" if blocked else self.owner


class BlankPaperQuerySet(models.QuerySet["BlankPaper"]):
    def visible_to(self, actor: Actor | None) -> BlankPaperQuerySet:
        """Return the papers that organisations of the actor's subtree made or receive."""
        if not _may_look(actor):
            return self.none()
        return self.filter(in_scope(actor, "organization__") | in_scope(actor, "receiver__"))

    def to_confirm(self) -> BlankPaperQuerySet:
        """Return acts that their receivers have not confirmed."""
        return self.filter(state=PaperState.SENT)


class BlankPaper(models.Model):
    """A paper by which blanks move. Numbers are chosen when it is posted, never before (V-C1)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="blank_papers", verbose_name=_("organisation")
    )
    kind = models.CharField(_("paper"), max_length=15, choices=PaperKind.choices)
    blank = models.CharField(_("kind of blank"), max_length=10, choices=BlankKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=PaperState.choices, default=PaperState.DRAFT)
    #: Number and day of the paper; the registry's own papers get the next number of the year when posted.
    number = models.CharField(_("paper №"), max_length=30, blank=True)
    made_on = models.DateField(_("date of the paper"))
    #: The sender of blanks from outside.
    source = models.CharField(_("received from"), max_length=200, blank=True)
    #: The organisation that receives the blanks.
    receiver = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, blank=True, related_name="blank_papers_received",
        verbose_name=_("handed down to"),
    )  # fmt: skip
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    #: Text of the paper besides the numbers: circumstances, reason, differences.
    note = models.CharField(_("note"), max_length=500, blank=True)
    #: Commission or people who signed, as on the paper: position and name.
    signed_by = models.JSONField(_("signed by"), default=list)
    made_by = models.ForeignKey("registry.Account", models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = BlankPaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of blanks")
        verbose_name_plural = _("papers of blanks")
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(receiver__isnull=False) | ~Q(kind=PaperKind.HAND_DOWN), name="blank_paper_has_receiver"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "blank", "-made_on"], name="blank_paper_by_day"),
            models.Index(fields=["receiver", "state"], name="blank_paper_to_confirm"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} № {self.number}" if self.number else str(self.get_kind_display())


class IssueLineQuerySet(models.QuerySet["IssueLine"]):
    def visible_to(self, actor: Actor | None) -> IssueLineQuerySet:
        """Return lines of issue sheets of organisations in the actor's subtree."""
        here = in_scope(actor, "paper__organization__") & usable("member__")
        return self.filter(here) if _may_look(actor) else self.none()


class IssueLine(models.Model):
    """A line of an issue sheet, and of the ticket journal once the sheet is posted (V-C3)."""

    paper = models.ForeignKey(BlankPaper, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("№"))
    member = models.ForeignKey("members.Member", models.SET_NULL, null=True, related_name="issue_lines")
    #: As on the day of the sheet, so that it always prints the same; emptied when the card is destroyed.
    full_name = models.CharField(_("name"), max_length=200, blank=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=IssueReason.choices, default=IssueReason.FIRST)
    #: Minutes of the decision, in words.
    ground = models.CharField(_("ground"), max_length=200, blank=True)
    #: The number that the new one replaces (V-B5).
    replaces = models.CharField(_("in place of №"), max_length=30, blank=True)
    blank = models.OneToOneField(Blank, models.PROTECT, null=True, blank=True, related_name="issue_line")

    objects = IssueLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of an issue sheet")
        verbose_name_plural = _("lines of issue sheets")
        ordering = ["paper", "position"]
        constraints = [models.UniqueConstraint(fields=["paper", "position"], name="issue_line_once")]

    def __str__(self) -> str:
        return str(self.position)

    @property
    def was_issued(self) -> bool:
        """Return whether the day of issue is known; it is not for numbers taken over by an opening act."""
        return self.paper.kind == PaperKind.ISSUE


class BlankMovementQuerySet(AttestedQuerySet["BlankMovement"]):
    def visible_to(self, actor: Actor | None) -> BlankMovementQuerySet:
        """Return movements from or to organisations of the actor's subtree."""
        if not _may_look(actor):
            return self.none()
        return self.filter(in_scope(actor, "giver__") | in_scope(actor, "taker__"))

    def of(self, organization_id: int) -> BlankMovementQuerySet:
        """Return movements into, out of and within the balance of the organisation."""
        return self.filter(Q(giver=organization_id) | Q(taker=organization_id))


class BlankMovement(Attested, Numbers):
    """A move of consecutive numbers from one place to another by a paper; never changed, guarded by the database."""

    paper = models.ForeignKey(BlankPaper, models.PROTECT, related_name="movements")
    #: Position within its paper, from 1.
    position = models.PositiveIntegerField()
    #: Previous balance and place of the numbers; empty for those from outside.
    giver = models.ForeignKey("registry.Organization", models.PROTECT, null=True, related_name="+")
    from_place = models.CharField(max_length=10, choices=Place.choices, blank=True)
    taker = models.ForeignKey("registry.Organization", models.PROTECT, related_name="+")
    to_place = models.CharField(max_length=10, choices=Place.choices)
    made_on = models.DateField(_("date"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("registry.Account", models.PROTECT, null=True, related_name="+")

    objects = BlankMovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("movement of blanks")
        verbose_name_plural = _("movements of blanks")
        ordering = ["made_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="blank_movement_once"),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="blank_movement_in_order"),
            models.CheckConstraint(
                condition=Q(giver__isnull=True, from_place="") | Q(giver__isnull=False) & ~Q(from_place=""),
                name="blank_movement_comes_from_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["giver", "kind", "made_on"], name="blank_movement_out"),
            models.Index(fields=["taker", "kind", "made_on"], name="blank_movement_in"),
            models.Index(fields=["federation", "kind", "series", "first"], name="blank_movement_number"),
        ]
