"""Electronic cards: requests, cards, orders, batches for the producer, deliveries (U-8 to U-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.access import in_scope, usable
from registry.enums import Permission
from registry.history import HistoricalRecords

from .enums import (
    BATCHED_REQUESTS,
    CARD_MOVES,
    OPEN_REQUESTS,
    PRODUCTION_REQUESTS,
    TAKEN_CARDS,
    UNSENT_REQUESTS,
    BatchState,
    BlockReason,
    CardState,
    DeliveryState,
    OrderState,
    RequestReason,
    RequestState,
)

if TYPE_CHECKING:
    from registry.access import Actor
    from registry.organizations.models import Organization

#: Length of the code in the QR of a card: 32 characters with 5 random bits each.
CODE_LENGTH = 32


def _may_view(actor: Actor | None) -> bool:
    return actor is None or Permission.VIEW_MEMBERS in actor.permissions


class CardOrderQuerySet(models.QuerySet["CardOrder"]):
    def visible_to(self, actor: Actor | None) -> CardOrderQuerySet:
        """Return the orders of organisations in the actor's subtree."""
        return self.filter(in_scope(actor, "organization__")) if _may_view(actor) else self.none()

    def to_check(self, consolidator: Organization) -> CardOrderQuerySet:
        """Return the submitted orders that the organisation checks and consolidates."""
        return self.filter(consolidator=consolidator, state=OrderState.SUBMITTED)


class CardOrder(models.Model):
    """An organisation's order of electronic cards for its members (U-8)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="card_orders", verbose_name=_("organisation")
    )
    #: The regional organisation, which consolidates the orders and receives the cards.
    consolidator = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("submitted to")
    )
    state = models.CharField(_("state"), max_length=10, choices=OrderState.choices, default=OrderState.DRAFT)
    #: Unique within the organisation and year; assigned when the order is first submitted.
    number = models.PositiveIntegerField(_("order №"), null=True, blank=True)
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    #: The day on which the producer processes the order if the region sends it in time.
    process_on = models.DateField(_("to be processed on"), null=True, blank=True)
    made_by = models.ForeignKey("registry.Account", models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = CardOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order of electronic cards")
        verbose_name_plural = _("orders of electronic cards")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state=OrderState.DRAFT), name="card_order_one_draft"
            ),
        ]
        indexes = [models.Index(fields=["consolidator", "state"], name="card_order_to_check")]

    def __str__(self) -> str:
        text = _("order of electronic cards")
        return f"{text} № {self.number}" if self.number else str(text)


class CardBatchQuerySet(models.QuerySet["CardBatch"]):
    def visible_to(self, actor: Actor | None) -> CardBatchQuerySet:
        """Return the consolidated orders of organisations in the actor's subtree."""
        return self.filter(in_scope(actor, "organization__")) if _may_view(actor) else self.none()


class CardBatch(models.Model):
    """A consolidated order for the producer; it is never changed after it was sent (U-8)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="card_batches", verbose_name=_("organisation")
    )
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices, default=BatchState.DRAFT)
    #: Unique within the organisation and year; assigned when the batch is sent.
    number = models.PositiveIntegerField(_("order №"), null=True, blank=True)
    producer = models.CharField(_("producer"), max_length=200, blank=True)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    process_on = models.DateField(_("to be processed on"), null=True, blank=True)
    ship_by = models.DateField(_("to be dispatched by"), null=True, blank=True)
    #: SHA-256 of the manifest as it was sent.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    made_by = models.ForeignKey("registry.Account", models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = CardBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("consolidated order of electronic cards")
        verbose_name_plural = _("consolidated orders of electronic cards")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state=BatchState.DRAFT), name="card_batch_one_draft"
            ),
        ]

    def __str__(self) -> str:
        text = _("consolidated order")
        return f"{text} № {self.number}" if self.number else str(text)


def _in_transit() -> Exists:
    return Exists(CardDeliveryLine.objects.filter(request=OuterRef("pk"), arrived__isnull=True))


class CardRequestQuerySet(models.QuerySet["CardRequest"]):
    def visible_to(self, actor: Actor | None) -> CardRequestQuerySet:
        """Return the requests of the actor's subtree, and those whose cards it has ordered or has, to deliver them."""
        # The scope of the whole installation is empty and would be dropped by «or».
        here = Q(organization__isnull=False) & in_scope(actor, "organization__")
        ordered = Q(state__in=PRODUCTION_REQUESTS) & in_scope(actor, "batch__organization__")
        held = Q(state=RequestState.ARRIVED) & in_scope(actor, "place__")
        return self.filter(here | ordered | held, usable("member__")) if _may_view(actor) else self.none()

    def open(self) -> CardRequestQuerySet:
        """Return the open requests."""
        return self.filter(state__in=OPEN_REQUESTS)

    def unsent(self) -> CardRequestQuerySet:
        """Return the open requests that were not sent to the producer."""
        return self.filter(state__in=UNSENT_REQUESTS)

    def in_hand(self, place: Organization) -> CardRequestQuerySet:
        """Return the requests whose cards are at the organisation and not in transit."""
        return self.filter(~_in_transit(), place=place, state=RequestState.ARRIVED)

    def to_hand_out(self, place: Organization) -> CardRequestQuerySet:
        """Return the requests whose cards the organisation has for its own members."""
        return self.in_hand(place).filter(organization=place)

    def with_transit(self) -> CardRequestQuerySet:
        """Annotate the requests with `in_transit`: the card is in a delivery that is not confirmed."""
        return self.annotate(in_transit=_in_transit())

    def to_pack(self, consolidator: Organization) -> CardRequestQuerySet:
        """Return the requests of the organisation's batches whose cards are made and in no parcel."""
        return self.filter(~_in_transit(), batch__organization=consolidator, state=RequestState.MADE)


class CardRequest(models.Model):
    """The request for one electronic card, with the printed data and the state of production (U-8)."""

    member = models.ForeignKey("members.Member", models.SET_NULL, null=True, related_name="card_requests")
    #: The organisation that hands the card out; it keeps the member's card of the registry.
    organization = models.ForeignKey("registry.Organization", models.PROTECT, related_name="+")
    order = models.ForeignKey(CardOrder, models.PROTECT, related_name="requests")
    batch = models.ForeignKey(CardBatch, models.PROTECT, null=True, blank=True, related_name="requests")
    state = models.CharField(_("state"), max_length=10, choices=RequestState.choices, default=RequestState.DRAFT)
    reason = models.CharField(_("reason"), max_length=10, choices=RequestReason.choices, default=RequestReason.FIRST)
    #: The former request, if this one is a reprint.
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    #: Reason why the card was not accepted, not made or not handed out.
    note = models.CharField(_("note"), max_length=200, blank=True)
    #: The name on the card, stored when the batch is sent; cleared when the member's card is destroyed.
    printed_name = models.CharField(_("name on the card"), max_length=300, blank=True)
    #: A copy of the sent photograph.
    photo = models.ForeignKey("registry.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+")
    photo_digest = models.CharField(max_length=64, blank=True, editable=False)
    #: Position within the batch, from 1.
    position = models.PositiveIntegerField(null=True, blank=True, editable=False)
    federation = models.ForeignKey("registry.Federation", models.PROTECT, related_name="+")
    #: The card number with its check digit; null until it is known.
    number = models.CharField(_("card №"), max_length=19, null=True, blank=True)
    #: Number without the check digit, if the federation has its own range.
    serial = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    #: The code in the QR of the card.
    code = models.CharField(max_length=CODE_LENGTH, null=True, blank=True, editable=False, unique=True)
    #: The organisation where the card is after it has arrived.
    place = models.ForeignKey("registry.Organization", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(_("ordered at"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(excluded_fields=["code"])
    objects = CardRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for an electronic card")
        verbose_name_plural = _("requests for electronic cards")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(state__in=OPEN_REQUESTS), name="card_request_one_open"
            ),
            models.UniqueConstraint(fields=["federation", "number"], name="card_number_once"),
            models.CheckConstraint(
                condition=Q(batch__isnull=False) | ~Q(state__in=BATCHED_REQUESTS), name="card_request_in_a_batch"
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.ARRIVED) | Q(place__isnull=False), name="card_arrived_somewhere"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state"], name="card_request_by_state"),
            models.Index(fields=["place", "state"], name="card_request_by_place"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.pk)

    @property
    def in_production(self) -> bool:
        """Return whether the card is being made, or is made and has not arrived."""
        return self.state in PRODUCTION_REQUESTS

    @property
    def name_shown(self) -> str:
        """Return the printed name, or the member's name before the batch is sent; empty if the data are destroyed."""
        return self.printed_name or (self.member.full_name if self.member is not None else "")

    @property
    def name_on_screen(self) -> str:
        """Return the name, or an empty string for a blocked member: only papers about the past show it (N-C1)."""
        return "" if self.member is not None and self.member.blocked_on is not None else self.name_shown


class ElectronicCardQuerySet(models.QuerySet["ElectronicCard"]):
    def visible_to(self, actor: Actor | None) -> ElectronicCardQuerySet:
        """Return the cards of organisations in the actor's subtree, including those of members who moved there."""
        here = in_scope(actor, "request__organization__") & usable("request__member__")
        return self.filter(here) if _may_view(actor) else self.none()

    def active(self) -> ElectronicCardQuerySet:
        return self.filter(state=CardState.ACTIVE)


class ElectronicCard(models.Model):
    """A card that was handed out; a member has at most one valid card (U-10)."""

    request = models.OneToOneField(CardRequest, models.PROTECT, related_name="card")
    member = models.ForeignKey("members.Member", models.SET_NULL, null=True, related_name="electronic_cards")
    state = models.CharField(_("state"), max_length=10, choices=CardState.choices, default=CardState.ACTIVE)
    handed_out_on = models.DateField(_("handed out on"))
    handed_out_by = models.ForeignKey("registry.Account", models.SET_NULL, null=True, related_name="+")
    blocked_on = models.DateField(_("blocked on"), null=True, blank=True)
    block_reason = models.CharField(_("reason"), max_length=10, choices=BlockReason.choices, blank=True)
    destroyed_on = models.DateField(_("destroyed on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = ElectronicCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("electronic card")
        verbose_name_plural = _("electronic cards")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(state=CardState.ACTIVE), name="electronic_card_one_valid"
            ),
            models.CheckConstraint(
                condition=~Q(state=CardState.BLOCKED) | ~Q(block_reason=""), name="electronic_card_blocked_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.request)

    @property
    def is_active(self) -> bool:
        """Return whether the card is valid."""
        return self.state == CardState.ACTIVE

    @property
    def can_be_destroyed(self) -> bool:
        """Return whether the card is invalid and an officer can have it, because it was not lost or stolen."""
        return CardState.DESTROYED in CARD_MOVES[self.state] and self.block_reason not in TAKEN_CARDS


class CardDeliveryQuerySet(models.QuerySet["CardDelivery"]):
    def visible_to(self, actor: Actor | None) -> CardDeliveryQuerySet:
        """Return the parcels and acts that organisations of the actor's subtree give or receive."""
        if not _may_view(actor):
            return self.none()
        return self.filter(in_scope(actor, "giver__") | in_scope(actor, "receiver__"))

    def to_confirm(self, receiver: Organization) -> CardDeliveryQuerySet:
        """Return the deliveries that the organisation has to confirm."""
        return self.filter(receiver=receiver, state=DeliveryState.ON_THE_WAY)


class CardDelivery(models.Model):
    """A parcel of the producer, or an act by which one organisation hands cards over to another (U-9, U-10)."""

    #: Null for a parcel of the producer.
    giver = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("handed over by"),
    )  # fmt: skip
    receiver = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="card_deliveries", verbose_name=_("handed over to")
    )
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.ON_THE_WAY)
    #: Number of the act, unique within the giver and year.
    number = models.PositiveIntegerField(_("act №"), null=True, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=40, blank=True)
    sent_on = models.DateField(pgettext_lazy("parcel", "sent on"))
    received_on = models.DateField(_("received on"), null=True, blank=True)
    made_by = models.ForeignKey("registry.Account", models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = CardDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery of electronic cards")
        verbose_name_plural = _("deliveries of electronic cards")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["receiver", "tracking"], condition=Q(giver__isnull=True), name="card_parcel_once"
            ),
        ]
        indexes = [models.Index(fields=["receiver", "state"], name="card_delivery_to_confirm")]

    def __str__(self) -> str:
        what = _("act of handing over") if self.giver_id else _("parcel")
        return f"{what} № {self.number or self.tracking}"


class CardDeliveryLine(models.Model):
    """One card of a parcel or an act."""

    delivery = models.ForeignKey(CardDelivery, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("№"))
    request = models.ForeignKey(CardRequest, models.PROTECT, related_name="delivery_lines")
    #: Whether the card has arrived; null until the receiver confirms the delivery.
    arrived = models.BooleanField(null=True, blank=True)

    class Meta:
        verbose_name = _("card of a delivery")
        verbose_name_plural = _("cards of a delivery")
        ordering = ["delivery", "position"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "position"], name="card_delivery_line_once"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(arrived__isnull=True), name="card_on_one_way_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.position)


class CardAnswerQuerySet(models.QuerySet["CardAnswer"]):
    def visible_to(self, actor: Actor | None) -> CardAnswerQuerySet:
        """Return the answers to consolidated orders in the actor's subtree."""
        return self.filter(in_scope(actor, "batch__organization__")) if _may_view(actor) else self.none()


class CardAnswer(models.Model):
    """A loaded answer of the producer: the outcome of each line, as codes and ids."""

    batch = models.ForeignKey(CardBatch, models.CASCADE, related_name="answers")
    loaded_at = models.DateTimeField(_("loaded at"), auto_now_add=True)
    loaded_by = models.ForeignKey("registry.Account", models.SET_NULL, null=True, related_name="+")
    #: For each line: its number in the file, the id of the request or None, the outcome.
    lines = models.JSONField(default=list)

    objects = CardAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer of the producer")
        verbose_name_plural = _("answers of the producer")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.pk)
