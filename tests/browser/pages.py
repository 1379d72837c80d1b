"""Every page, with the actor who opens it and the row it is about.

A named address that is not here must be none that a person opens: it refuses GET, or answers a file or a part of a
page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from .world import World


@dataclass(frozen=True)
class Page:
    """The actor of a page, the rows that its address names, and its query string."""

    login: str
    rows: tuple[str, ...] = ()
    query: str = ""

    def address(self, name: str, world: World) -> str:
        """The address of the page in this world; a row that is no row is a word of the address."""
        found = [world.rows.get(row, row) for row in self.rows]
        query = self.query
        for word in ("LOCAL", "SCHEDULED"):
            query = query.replace(word, str(world.rows[word.lower()].pk))
        return reverse(name, args=[getattr(row, "pk", row) for row in found]) + query


CHAIR, REGION, CELL, SCHOOL = "voi-local", "voi-region", "voi-primary", "union-primary"
UNION_REGION = "union-region"

PAGES: dict[str, Page] = {
    "login": Page(""),
    "first-password": Page("voi-new"),
    "name-check": Page("newcomer"),
    "profile": Page(CHAIR),
    "change-password": Page(CHAIR),
    "help": Page(CHAIR),
    "guide": Page(CHAIR, ("chair",)),
    "start": Page(CHAIR),
    "gallery": Page(CHAIR),
    "accounts:list": Page(REGION),
    "accounts:add": Page(REGION, query="?organization=LOCAL"),
    "accounts:add_many": Page(REGION),
    "accounts:detail": Page(REGION, ("account",)),
    "accounts:edit": Page(REGION, ("account",)),
    "accounts:block": Page(REGION, ("account",)),
    "accounts:unblock": Page("union-region", ("blocked",)),
    "accounts:reissue": Page(REGION, ("account",)),
    "accounts:appoint": Page(REGION, ("account",), "?organization=LOCAL"),
    "accounts:dismiss": Page(REGION, ("appointment",)),
    "accounts:withdraw": Page(REGION, ("to_come",)),
    "supervision:decisions": Page(REGION),
    "supervision:overview": Page(REGION, ("local",)),
    "supervision:behind": Page(REGION, ("local", "incomplete")),
    "remarks:list": Page(REGION),
    "remarks:add": Page(REGION, ("card", "member")),
    "remarks:detail": Page(REGION, ("answered_remark",)),
    "statistics:composition": Page(REGION, ("local",)),
    "statistics:health": Page(REGION, ("local",)),
    "statistics:movement": Page(REGION, ("local",)),
    "statistics:charts": Page(REGION, ("local",)),
    "statistics:cross": Page(REGION, ("local",)),
    "statistics:people": Page(REGION, ("local",), "?sex=female"),
    "statistics:organizations": Page(REGION, ("local",), "?level=primary"),
    "statistics:moves": Page(REGION, ("local",), "?first=01.01.2020&last=31.12.2020&came=existing"),
    "organizations:tree": Page(REGION),
    "organizations:journal": Page(REGION),
    "supervision:grants": Page(REGION),
    "organizations:renames": Page("union-local"),
    "organizations:rename_decide": Page("union-local", ("rename",)),
    "organizations:detail": Page(REGION, ("local",)),
    "organizations:add": Page(REGION, ("local",)),
    "organizations:load_list": Page(REGION, ("region",)),
    "organizations:check_list": Page(REGION, ("region", "list"), "?level=local"),
    "organizations:history": Page(REGION, ("local",)),
    "organizations:passport_tab": Page(CHAIR, ("local", "inpo")),
    "organizations:body_add": Page(CHAIR, ("local",)),
    "organizations:body_edit": Page(CHAIR, ("body",)),
    "organizations:seat_add": Page(CHAIR, ("body",)),
    "organizations:seat_edit": Page(CHAIR, ("seat",)),
    "organizations:name": Page(CHAIR, ("local",)),
    "organizations:rename": Page(REGION, ("local",)),
    "organizations:open": Page(REGION, ("forming",)),
    "organizations:move": Page(REGION, ("cell",)),
    "organizations:merge": Page(REGION, ("cell",)),
    "organizations:time_zone": Page(REGION, ("cell",)),
    "members:correct": Page(CHAIR, ("admitted",)),
    "organizations:begin_liquidation": Page(REGION, ("local",)),
    "organizations:stop_liquidation": Page(REGION, ("ending",)),
    "organizations:liquidate": Page(REGION, ("ending",)),
    "jobs:list": Page(CHAIR),
    "jobs:detail": Page(CHAIR, ("job",)),
    "members:list": Page(CHAIR),
    "members:columns": Page(CHAIR),
    "members:saved_filters": Page(CHAIR),
    "members:places": Page(REGION),
    "members:add": Page(CHAIR),
    "members:detail": Page(CHAIR, ("member",)),
    "members:questionnaire": Page(SCHOOL, ("teacher",)),
    "members:accounting": Page(CHAIR, ("traveller",)),
    "members:dues": Page(CHAIR, ("signed",)),
    "members:papers": Page(CHAIR, ("signed",)),
    "members:history": Page(CHAIR, ("member",)),
    "members:access": Page(CHAIR, ("member",)),
    "members:reason": Page(CHAIR, ("member",)),
    "members:edit": Page(CHAIR, ("member",)),
    "members:edit_questionnaire": Page(SCHOOL, ("teacher",)),
    "members:add_entry": Page(SCHOOL, ("teacher", "award")),
    "members:edit_entry": Page(SCHOOL, ("teacher", "entry")),
    "members:delete_entry": Page(SCHOOL, ("teacher", "entry")),
    "members:change_photo": Page(CHAIR, ("member",)),
    "imports:list": Page(CHAIR),
    "imports:upload": Page(CHAIR),
    "imports:updates": Page(CHAIR),
    "imports:update": Page(CHAIR, ("card_update",)),
    "imports:undo_update": Page(CHAIR, ("cards_updated",)),
    "imports:columns": Page(CHAIR, ("batch",)),
    "imports:rows": Page(CHAIR, ("batch",)),
    "imports:row": Page(CHAIR, ("batch", "line_of_batch")),
    "imports:apply": Page(CHAIR, ("batch",)),
    "imports:finish": Page(CHAIR, ("applied",)),
    "imports:undo": Page(CHAIR, ("applied",)),
    "imports:discard": Page(CHAIR, ("batch",)),
    "applications:list": Page(CHAIR),
    "applications:add": Page(CHAIR),
    "applications:notices": Page(CHAIR, ("invited",), "?selected=SCHEDULED"),
    "applications:detail": Page(CHAIR, ("application",)),
    "applications:edit": Page(CHAIR, ("application",)),
    "applications:edit_questionnaire": Page(CHAIR, ("application",)),
    "applications:route": Page(CHAIR, ("application",)),
    "applications:withdraw": Page(CHAIR, ("application",)),
    "applications:add_ward": Page(CHAIR, ("application",)),
    "applications:attach": Page(CHAIR, ("application",)),
    "applications:add_ward_to_member": Page(CHAIR, ("member",)),
    "applications:attach_to_member": Page(CHAIR, ("member",)),
    "applications:ward": Page(CHAIR, ("ward",)),
    "applications:edit_ward": Page(CHAIR, ("ward",)),
    "applications:end_ward": Page(CHAIR, ("ward",)),
    "meetings:list": Page(CHAIR),
    "meetings:queue": Page(CHAIR),
    "meetings:arrears": Page(CHAIR),
    "meetings:plan": Page(CHAIR),
    "meetings:detail": Page(CHAIR, ("held",)),
    "meetings:edit": Page(CHAIR, ("meeting",)),
    "meetings:attendance": Page(CHAIR, ("meeting",)),
    "meetings:step": Page(CHAIR, ("meeting", "call-off")),
    "meetings:propose": Page(CHAIR, (), "?kind=property"),
    "meetings:propose_member": Page(CHAIR, ("member",)),
    "meetings:decide": Page(CHAIR, ("undecided",)),
    "meetings:spoken": Page(CHAIR, ("undecided",)),
    "meetings:notify": Page(CHAIR, ("told",)),
    "meetings:appeals": Page("voi-region"),
    "meetings:appeal": Page("voi-region", ("appeal",)),
    "meetings:receive_appeal": Page("voi-region", ("told",)),
    "meetings:receive_of_applicant": Page("voi-region", ("refused",)),
    "meetings:reverse": Page(CHAIR, ("decided",)),
    "meetings:admit": Page(CHAIR, ("application",)),
    "moves:list": Page(CHAIR),
    "moves:leave": Page(CHAIR, ("member",)),
    "moves:take_back": Page(CHAIR, ("line",)),
    "moves:arrive": Page(CHAIR),
    "moves:ask": Page(SCHOOL),
    "moves:offer": Page(SCHOOL, ("teacher",)),
    "moves:detail": Page(CHAIR, ("transit",)),
    "moves:erasing": Page(CHAIR),
    "moves:erase_all": Page(CHAIR),
    "moves:erase": Page(CHAIR, ("sealed",)),
    "moves:erase_application": Page(CHAIR, ("outlived",)),
    "moves:destruction_records": Page(CHAIR),
    "cells:book": Page(CHAIR, ("local",)),
    "cells:on_day": Page(CHAIR, ("local",)),
    "cells:add_mark": Page(CHAIR, ("member",)),
    "cells:end_absence": Page(CHAIR, ("mark",)),
    "cells:reminders": Page(CHAIR),
    "cells:proposals": Page(CHAIR),
    "cells:settled_proposals": Page(CHAIR),
    "cells:propose": Page(CELL, ("traveller",)),
    "cells:reconciliations": Page(CHAIR),
    "cells:reconcile": Page(CELL, ("reconciliation",)),
    "documents:print": Page(CHAIR),
    "documents:look_up": Page(CHAIR),
    "documents:organization_paper": Page(CHAIR, ("card_file",)),
    "documents:printers": Page(CHAIR),
    "documents:add_printer": Page(CHAIR),
    "documents:edit_printer": Page(CHAIR, ("shifted_printer",)),
    "documents:programme": Page(SCHOOL),
    "documents:leaflets": Page(SCHOOL),
    "documents:print_member": Page(CHAIR, ("consent", "member")),
    "documents:print_many": Page(CHAIR, ("consent",)),
    "documents:consents": Page(CHAIR),
    "documents:mark_consent": Page(CHAIR, ("unsigned",)),
    "documents:take_back": Page(CHAIR, ("signed",)),
    "documents:add_scan": Page(CHAIR, ("signed",)),
    "documents:withdraw_consent": Page(CHAIR, ("signed",)),
    "documents:withdrawals": Page(CHAIR),
    "documents:withdrawal": Page(CHAIR, ("withdrawal",)),
    "documents:destroy_data": Page(CHAIR, ("blocked_withdrawal",)),
    "documents:requests": Page(CHAIR),
    "documents:add_request": Page(CHAIR, ("signed",)),
    "documents:request": Page(CHAIR, ("own_request",)),
    "documents:texts": Page("voi-federal"),
    "documents:text": Page("voi-federal", ("text",)),
    "documents:new_text": Page("voi-admin"),
    "documents:form_texts": Page("voi-federal"),
    "documents:form_text": Page("voi-federal", ("certificate",)),
    "documents:new_form_text": Page("voi-admin", ("certificate",)),
    "documents:blanks": Page(CHAIR),
    "documents:receive_blanks": Page("voi-federal"),
    "documents:hand_down_blanks": Page("voi-federal"),
    "documents:write_off_blanks": Page(CHAIR),
    "documents:move_issued": Page(CHAIR),
    "documents:count_blanks": Page(CHAIR),
    "documents:destroy_blanks": Page(CHAIR),
    "documents:keeper_of_blanks": Page(CHAIR),
    "documents:blank_balance": Page(CHAIR, ("local",)),
    "documents:blank_books_of": Page("voi-region", ("local",)),
    "documents:blank_paper": Page(CHAIR, ("sheet_of_tickets",)),
    "documents:blank_books": Page(CHAIR),
    "documents:issue_blanks": Page(CHAIR),
    "documents:take_over_tickets": Page(CHAIR),
    "documents:ticket_journal": Page(CHAIR),
    "documents:cards": Page(UNION_REGION),
    "documents:choose_cards": Page(SCHOOL, query="?who=all"),
    "documents:another_card": Page(SCHOOL, ("card_holder",)),
    "documents:card_order": Page(UNION_REGION, ("card_submitted",)),
    "documents:submit_cards": Page(SCHOOL, ("card_draft",)),
    "documents:card_batch": Page(UNION_REGION, ("card_batch",)),
    "documents:send_cards": Page(UNION_REGION, ("card_batch_draft",)),
    "documents:load_card_answer": Page(UNION_REGION, ("card_batch",)),
    "documents:card_answer": Page(UNION_REGION, ("card_answer",)),
    "documents:reject_card": Page(UNION_REGION, ("card_ordered",)),
    "documents:fail_card": Page(UNION_REGION, ("card_sent",)),
    "documents:card_parcel": Page(UNION_REGION),
    "documents:hand_cards_down": Page(SCHOOL),
    "documents:card_delivery": Page(UNION_REGION, ("card_parcel",)),
    "documents:hand_out_cards": Page(SCHOOL),
    "documents:give_card_back": Page(SCHOOL, ("card_lying",)),
    "documents:block_card": Page(SCHOOL, ("electronic_card",)),
    "documents:destroy_card": Page(SCHOOL, ("void_card",)),
    "verify_card": Page("", ("a" * 32,)),
    "dues:overview": Page(CHAIR),
    "dues:collect": Page(CHAIR),
    "dues:close_books": Page(CHAIR),
    "dues:reopen_books": Page(CHAIR),
    "dues:openings": Page(CHAIR),
    "dues:load_openings": Page(CHAIR),
    "dues:check_openings": Page(CHAIR, ("openings_file",)),
    "dues:take_opening_back": Page(CHAIR, ("opened",)),
    "dues:collectors": Page(CHAIR),
    "dues:appoint_collector": Page(CHAIR),
    "dues:end_collector": Page(CHAIR, ("collector_order",)),
    "dues:registers": Page(CHAIR),
    "dues:open_register": Page(CHAIR),
    "dues:register": Page(CHAIR, ("register",)),
    "dues:cancel_register": Page(CHAIR, ("register",)),
    "dues:add_to_register": Page(CHAIR, ("register",)),
    "dues:receive": Page(CHAIR, ("closed_register",)),
    "dues:cash": Page(CHAIR),
    "dues:cash_book_period": Page(CHAIR, ("cash_journal",)),
    "dues:pay_out": Page(CHAIR),
    "dues:void_expense_order": Page(CHAIR, ("expense_order",)),
    "dues:void_cash_order": Page(CHAIR, ("cash_order",)),
    "dues:employers": Page(SCHOOL),
    "dues:add_employer": Page(SCHOOL),
    "dues:employer": Page(SCHOOL, ("employer",)),
    "dues:change_employer": Page(SCHOOL, ("employer",)),
    "dues:prepare_statements": Page(SCHOOL, ("employer",)),
    "dues:end_deduction": Page(SCHOOL, ("deduction",)),
    "dues:bank": Page(CHAIR),
    "dues:load_statement": Page(CHAIR),
    "dues:check_statement": Page(CHAIR, ("statement_file",)),
    "dues:bank_statements": Page(CHAIR),
    "dues:own_accounts": Page(CHAIR),
    "dues:add_own_account": Page(CHAIR),
    "dues:end_own_account": Page(CHAIR, ("own_account",)),
    "dues:unload_bank_statement": Page(CHAIR, ("bank_statement",)),
    "dues:bank_line": Page(CHAIR, ("bank_line",)),
    "dues:bank_line_not_dues": Page(CHAIR, ("bank_line",)),
    "dues:put_bank_line_back": Page(CHAIR, ("posted_bank_line",)),
    "dues:reminders": Page(CHAIR, query="?who=unpaid&show=all"),
    "dues:settlements": Page(CHAIR),
    "dues:decide_shares": Page(CHAIR),
    "dues:distribute": Page(CHAIR),
    "dues:distribution": Page(CHAIR, ("distribution",)),
    "dues:take_distribution_back": Page(CHAIR, ("distribution",)),
    "dues:settlement": Page(CHAIR, ("region",)),
    "dues:pass_on": Page(CHAIR, ("region",)),
    "dues:draw_act": Page(CHAIR, ("region",)),
    "dues:confirm_remittance": Page(REGION, ("remittance",)),
    "dues:remittance_not_found": Page(REGION, ("remittance",)),
    "dues:take_remittance_back": Page(CHAIR, ("remittance",)),
    "dues:answer_act": Page(REGION, ("settlement_act",)),
    "dues:payroll_lists": Page(SCHOOL),
    "dues:load_payroll_list": Page(SCHOOL),
    "dues:payroll_list": Page(SCHOOL, ("payroll_list",)),
    "dues:post_payroll_list": Page(SCHOOL, ("ready_list",)),
    "dues:reverse_payroll_list": Page(SCHOOL, ("posted_list",)),
    "dues:payroll_person": Page(SCHOOL, ("payroll_line",)),
    "dues:contributions": Page(CHAIR),
    "dues:add_contribution": Page(CHAIR),
    "dues:contribution": Page(CHAIR, ("contribution",)),
    "dues:cancel_contribution": Page(CHAIR, ("contribution",)),
    "dues:reports": Page(CHAIR),
    "dues:accounting": Page(CHAIR),
    "dues:report_lines": Page(CHAIR, query=f"?first=2020-01-01&last={timezone.localdate():%Y-%m-%d}&figure=paid"),
    "dues:rates": Page(CHAIR),
    "dues:add_reduction": Page(CHAIR),
    "dues:end_reduction": Page(CHAIR, ("reduction",)),
    "dues:reduce_member": Page(CHAIR, ("signed",)),
    "dues:add_rate": Page("voi-federal"),
    "dues:pay": Page(CHAIR, ("member",)),
    "dues:reverse": Page(CHAIR, ("ledger",)),
}

#: What a person does not open as a page: parts of pages, redirections to a page, and files.
NO_PAGES = frozenset(
    {
        "healthz", "jsi18n", "counts",
        "organizations:branch", "organizations:list_template", "organizations:passport",
        "jobs:status", "jobs:result",
        "members:photo", "members:suggest", "members:export",
        "imports:template", "imports:detail", "imports:remarks",
        "applications:scan",
        "moves:decline", "moves:decide",
        "cells:own_book",
        "supervision:own", "statistics:own",
        "documents:cards_printed",
        "documents:consent_scan",
        "documents:withdrawal_scan",
        "documents:request_scan",
    }
)  # fmt: skip


def named_addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every name of the installation's addresses with its pattern; those of the Django admin apart."""
    return _walk(get_resolver(), "")


def _walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            if not inner.startswith("admin:"):
                yield from _walk(pattern, inner)
        elif pattern.name:
            yield namespace + pattern.name, pattern


def dummy_address(name: str, pattern: URLPattern) -> str:
    """Some address of that name, to ask whether it takes GET at all."""
    samples: dict[str, Any] = {"key": "member-new", "pk": 1, "entry_pk": 1, "row_pk": 1, "slug": "x"}
    for converted, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__
        samples[converted] = (
            "00000000-0000-0000-0000-000000000000" if kind == "UUIDConverter" else samples.get(converted, 1)
        )
        if kind == "SlugConverter":
            samples[converted] = "x"
    wanted = pattern.pattern.regex.groupindex
    return reverse(name, kwargs={word: samples[word] for word in wanted})
