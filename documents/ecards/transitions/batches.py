"""Consolidated orders for the producer: gathering, sending, and the producer's answer (U-8)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from members.people.models import Member
from registry import states
from registry.access import Actor
from registry.enums import Permission
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.organizations.models import Federation, Organization
from registry.transitions import Act, change

from .. import rules
from ..book import drop_photos
from ..contents import AnswerLine
from ..enums import BatchState, Outcome, RequestState
from ..models import CODE_LENGTH, CardAnswer, CardBatch, CardRequest
from ..queries.manifest import manifest_of
from ..queries.numbering import next_batch_number, next_serial
from .orders import check_still_ready

#: Letters and digits of a code, without those that look alike.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def gather_batch(organization_id: int, *, by: Actor) -> CardBatch:
    """Add all accepted requests to the draft of the consolidated order (U-8)."""
    with change(by=by, rule="U-8", event="cards.gathered") as act:
        organization = act.lock(Organization.objects.visible_to(by), organization_id)
        act.require(Permission.ORDER_CARDS, organization)
        rules.check_consolidates(organization)
        drafts = act.lock_many(CardBatch.objects.filter(organization=organization, state=BatchState.DRAFT))
        batch = drafts[0] if drafts else CardBatch(organization=organization, made_by=by.account)
        there = batch.requests.count() if drafts else 0
        accepted = CardRequest.objects.filter(order__consolidator=organization, state=RequestState.CHECKED)
        chosen = accepted.order_by("pk").values("pk")[: max(0, rules.MAX_CARDS - there)]
        locked = act.lock_many(CardRequest.objects.filter(pk__in=list(chosen.values_list("pk", flat=True))))
        # Read again, because the member or organisation may have moved to another region before the rows were locked.
        requests = list(accepted.filter(pk__in=[request.pk for request in locked]).order_by("pk"))
        rules.check_can_gather(len(requests))
        act.save(batch)
        for request in requests:
            states.check(request, RequestState.ORDERED, "U-8")
            request.state, request.batch = RequestState.ORDERED, batch
        act.update_many(CardRequest, requests, ["state", "batch"])
        act.about(batch, organization=organization, requests=len(requests))
    return batch


def drop_batch(batch_id: int, *, by: Actor) -> CardBatch:
    """Drop an unsent consolidated order; its requests become accepted requests again (U-8)."""
    with change(by=by, rule="U-8", event="cards.batch_dropped") as act:
        batch = _locked(act, batch_id)
        states.check(batch, BatchState.DROPPED, "U-8")
        requests = act.lock_many(CardRequest.objects.filter(batch=batch, state=RequestState.ORDERED))
        for request in requests:
            states.check(request, RequestState.CHECKED, "U-8")
            request.state, request.batch = RequestState.CHECKED, None
        act.update_many(CardRequest, requests, ["state", "batch"])
        batch.state = BatchState.DROPPED
        act.save(batch)
        act.about(batch, organization=batch.organization)
    return batch


def reject_request(request_id: int, *, note: str, by: Actor) -> CardRequest:
    """Remove a member from the consolidated order, with a reason for their organisation (U-8)."""
    with change(by=by, rule="U-8", event="cards.rejected") as act:
        batch = _locked(act, CardRequest.objects.visible_to(by).get(pk=request_id).batch_id)
        states.check_is(batch, {BatchState.DRAFT}, "U-8")
        request = act.lock(CardRequest.objects.filter(batch=batch), request_id)
        rules.check_has_reason(note)
        states.check(request, RequestState.REJECTED, "U-8")
        request.state, request.batch, request.note = RequestState.REJECTED, None, note.strip()
        act.save(request)
        act.about(batch, organization=request.organization, request=request.pk)
    return request


def send_batch(batch_id: int, *, by: Actor) -> CardBatch:
    """Send the consolidated order; names, photographs and numbers of the own range cannot change afterwards (U-8).

    Checks all members once more. Raises `Blocked` (U-8) with the members that have obstacles; then nothing is sent.
    """
    with change(by=by, rule="U-8", event="cards.sent") as act:
        # The lock on the federation makes its numbers unique.
        act.lock(Federation, CardBatch.objects.visible_to(by).get(pk=batch_id).organization.federation_id)
        in_batch = CardRequest.objects.filter(batch=batch_id, state=RequestState.ORDERED)
        act.lock_many(Member.objects.filter(pk__in=in_batch.values("member")))
        batch = _locked(act, batch_id)
        states.check(batch, BatchState.SENT, "U-8")
        locked = act.lock_many(in_batch)
        rules.check_filled(len(locked))
        check_still_ready(locked)
        requests = list(in_batch.select_related("member__photo").order_by("member__sort_key", "pk"))
        cards = rules.cards_of(batch.organization)
        batch.number, batch.sent_on = next_batch_number(batch, act.today), act.today
        batch.producer = batch.organization.charter.card_producer
        batch.process_on = rules.processing_day(cards, act.now)
        batch.ship_by = rules.ship_by(cards, batch.process_on)
        _freeze(act, batch, requests)
        batch.state, batch.digest = BatchState.SENT, rules.manifest_digest(manifest_of(batch, requests))
        act.save(batch)
        act.about(batch, organization=batch.organization, requests=len(requests))
    return batch


def _freeze(act: Act, batch: CardBatch, requests: Sequence[CardRequest]) -> None:
    """Store the printed data in the requests: name, copy of the photograph, code, number of the own range."""
    cards = rules.cards_of(batch.organization)
    federation = batch.organization.federation
    serial = next_serial(federation, *cards.range) if cards.range is not None else None
    unreadable = []
    for position, request in enumerate(requests, 1):
        request.position, request.printed_name = position, request.name_shown
        request.code = "".join(secrets.choice(_ALPHABET) for _letter in range(CODE_LENGTH))
        if serial is not None:
            request.serial, request.number = serial, rules.number_of(serial, cards)
            serial += 1
        photo = _copy(request.member.photo if request.member is not None else None, batch, act)
        if photo is None:
            unreadable.append(request.printed_name)
            continue
        request.photo, request.photo_digest, request.state = photo, photo.sha256, RequestState.SENT
    rules.check_photos(unreadable)
    rules.check_numbers_free([request.number for request in requests if request.number], federation.pk)
    fields = ["position", "printed_name", "code", "serial", "number", "photo", "photo_digest", "state"]
    act.update_many(CardRequest, list(requests), fields)


def _copy(photo: StoredFile | None, batch: CardBatch, act: Act) -> StoredFile | None:
    """Store and return a copy of the photograph, or return None if it cannot be read."""
    if photo is None:
        return None
    try:
        data = storage.read(photo)
    except FileNotFoundError:
        return None
    return storage.store_file(
        data, purpose=FilePurpose.CARD_PHOTO, name="photo.jpg", content_type="image/jpeg",
        organization=batch.organization, owner=act.by.account,
    )  # fmt: skip


def record_answer(batch_id: int, lines: Sequence[AnswerLine], *, printed_here: bool = False, by: Actor) -> CardAnswer:
    """Record the producer's answer line by line; results that were recorded before are not changed (U-8).

    An answer may be partial, repeated and in any order. The stored answer has an outcome for each line, also for those
    that could not be recorded. `printed_here` is True for cards that the federation prints itself.
    """
    with change(by=by, rule="U-8", event="cards.answered") as act:
        batch = _locked(act, batch_id)
        rules.check_is_sent(batch)
        if printed_here:
            rules.check_printed_here(batch)
        rules.check_answer_size(len(lines))
        requests = {request.pk: request for request in act.lock_many(CardRequest.objects.filter(batch=batch))}
        taken = _numbers_in_use(batch, lines)
        seen: dict[int, AnswerLine] = {}
        results: list[tuple[int, int | None, str]] = []
        changed: list[CardRequest] = []
        for line in lines:
            request = requests.get(line.request_id or 0)
            outcome = _outcome(line, request, seen, taken)
            results.append((line.row, request.pk if request else None, outcome))
            if request is not None and outcome in {Outcome.MADE, Outcome.FAILED}:
                seen[request.pk] = line
                states.check(request, str(outcome), "U-8")
                request.state, request.note = str(outcome), line.note[:200]
                if line.made and line.number:
                    request.number, taken[line.number] = line.number, request.pk
                changed.append(request)
        drop_photos([request for request in changed if request.state == RequestState.FAILED])
        act.update_many(CardRequest, changed, ["state", "note", "number", "photo"])
        answer = CardAnswer.objects.create(batch=batch, loaded_by=by.account, lines=results)
        act.about(batch, organization=batch.organization, lines=len(lines), recorded=len(changed))
    return answer


def _numbers_in_use(batch: CardBatch, lines: Sequence[AnswerLine]) -> dict[str, int]:
    """Return the numbers in the lines that other cards of the federation have, with the ids of their requests."""
    numbers = [line.number for line in lines if line.number]
    found = CardRequest.objects.filter(federation=batch.organization.federation_id, number__in=numbers)
    return {number: pk for number, pk in found.values_list("number", "pk") if number is not None}


def _outcome(
    line: AnswerLine, request: CardRequest | None, seen: Mapping[int, AnswerLine], taken: Mapping[str, int]
) -> Outcome:
    if request is None:
        return Outcome.UNKNOWN
    if request.state == RequestState.CANCELLED:
        return Outcome.CANCELLED
    if line.made is None:
        return Outcome.NO_RESULT
    if request.pk in seen:
        first = seen[request.pk]
        return Outcome.REPEATED if (first.made, first.number) == (line.made, line.number) else Outcome.CONTRADICTS
    if request.state != RequestState.SENT:
        was_made = request.state != RequestState.FAILED
        same = was_made == line.made and (not line.made or not line.number or line.number == request.number)
        return Outcome.KNOWN if same else Outcome.CONTRADICTS
    if not line.made:
        return Outcome.FAILED
    if request.serial is not None and line.number in {"", request.number}:
        return Outcome.MADE
    if line.number is None or not line.number or request.serial is not None:
        return Outcome.BAD_NUMBER
    return Outcome.MADE if line.number not in taken else Outcome.TAKEN_NUMBER


def fail_request(request_id: int, *, note: str, by: Actor) -> CardRequest:
    """Record that a card was not made, or was lost on the way to the region; a new one can be ordered (U-8)."""
    with change(by=by, rule="U-8", event="cards.failed") as act:
        batch = _locked(act, CardRequest.objects.visible_to(by).get(pk=request_id).batch_id)
        request = act.lock(CardRequest.objects.filter(batch=batch), request_id)
        rules.check_has_reason(note)
        states.check(request, RequestState.FAILED, "U-8")
        rules.check_not_on_the_way(request)
        request.state, request.note = RequestState.FAILED, note.strip()
        drop_photos([request])
        act.save(request)
        act.about(batch, organization=request.organization, request=request.pk)
    return request


def _locked(act: Act, batch_id: int | None) -> CardBatch:
    batch = act.lock(CardBatch.objects.visible_to(act.by), batch_id or 0)
    act.require(Permission.ORDER_CARDS, batch.organization)
    return batch
