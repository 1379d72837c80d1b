"""The guides in `docs/guides`, one for each kind of reader: their texts for the help pages, and the section about each
page.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

from .access import Actor
from .enums import Role
from .places import DATA

ROOT = DATA / "docs"
PICTURES = ROOT / "images" / "guides"

#: The guides in order, with their readers.
TITLES = {
    "chair": _("To chairs"),
    "officer": _("To superior organisations"),
    "collector": _("Dues and the cash desk"),
    "administrator": _("To administrators"),
}

#: The pages that each section of a guide is about, by URL name. A page may be in several guides, once in each: readers
#: are led to their own guide, otherwise to the first.
PLACES: dict[str, dict[str, str]] = {
    "chair": {
        "sign-in": "first-password name-check profile change-password",
        "second-factor": "login-code second-factor second-factor-set-up second-factor-remove",
        "tasks": "start",
        "passport": (
            "organizations:detail organizations:passport_tab organizations:body_add organizations:body_edit"
            " organizations:seat_add organizations:seat_edit organizations:name organizations:history"
            " organizations:time_zone"
        ),
        "find": (
            "members:list members:columns members:saved_filters members:places members:export members:assign_cell"
        ),
        "card": (
            "members:detail members:questionnaire members:accounting members:papers members:history members:access"
            " members:edit members:correct members:edit_questionnaire members:add_entry members:edit_entry"
            " members:delete_entry members:change_photo"
        ),
        "register": "members:add",
        "load-list": (
            "imports:list imports:upload imports:columns imports:rows imports:row imports:apply imports:finish"
            " imports:undo imports:discard"
        ),
        "change-many": "imports:updates imports:update imports:update_value imports:undo_update",
        "admit": (
            "applications:list applications:add applications:detail applications:edit"
            " applications:edit_questionnaire applications:route applications:withdraw applications:attach"
            " applications:attach_to_member meetings:admit"
        ),
        "represented": (
            "applications:add_ward applications:add_ward_to_member applications:ward applications:edit_ward"
            " applications:end_ward"
        ),
        "meeting": (
            "meetings:list meetings:queue meetings:plan meetings:detail meetings:edit meetings:attendance"
            " meetings:step meetings:decide meetings:decide_many meetings:spoken meetings:reverse"
        ),
        "propose": "meetings:propose meetings:propose_member",
        "exclude": "meetings:arrears",
        "notify": "meetings:notify applications:notices",
        "consents": (
            "documents:consents documents:mark_many documents:mark_consent documents:take_back documents:add_scan"
        ),
        "withdrawals": (
            "documents:withdraw_consent documents:withdrawals documents:withdrawal documents:destroy_data"
        ),
        "requests": "documents:requests documents:add_request documents:request",
        "print": "documents:print documents:print_member documents:print_many documents:organization_paper",
        "check-paper": "documents:look_up",
        "printers": "documents:printers documents:add_printer documents:edit_printer",
        "tickets": (
            "documents:blanks documents:write_off_blanks documents:move_issued documents:count_blanks"
            " documents:destroy_blanks documents:keeper_of_blanks documents:blank_paper documents:blank_books"
            " documents:blank_books_of documents:issue_blanks documents:issue_chosen documents:take_over_tickets"
            " documents:ticket_journal"
        ),
        "cards": (
            "documents:cards documents:choose_cards documents:order_chosen documents:another_card"
            " documents:card_order documents:submit_cards documents:card_delivery documents:hand_out_cards"
            " documents:give_card_back documents:block_card documents:destroy_card"
        ),
        "programme": "documents:programme documents:leaflets documents:give_leaflets",
        "book": "cells:book cells:on_day",
        "marks": "cells:add_mark cells:end_absence cells:reminders",
        "transfer": (
            "moves:list moves:leave moves:take_back moves:arrive moves:ask moves:offer moves:detail moves:renew_code"
        ),
        "erasing": (
            "moves:erasing moves:erase_all moves:erase moves:erase_application moves:destruction_records"
        ),
        "proposals": "cells:proposals cells:settled_proposals cells:propose",
        "reconcile": "cells:reconciliations cells:reconcile",
        "remarks": "remarks:list remarks:detail",
        "breaches": "breaches:list breaches:add breaches:detail breaches:edit breaches:people",
        "reports": (
            "campaigns:list campaigns:report campaigns:detail campaigns:definition campaigns:definition_checks"
        ),
        "files": "jobs:list jobs:detail",
        "help": "help guide",
    },
    "officer": {
        "overview": "supervision:overview supervision:behind start",
        "decisions": "supervision:decisions",
        "statistics": (
            "statistics:own statistics:composition statistics:health statistics:movement statistics:charts"
            " statistics:cross statistics:people statistics:moves statistics:organizations"
        ),
        "remarks": "remarks:list remarks:add remarks:add_many remarks:detail members:remark",
        "report-forms": (
            "campaigns:forms campaigns:add_form campaigns:form campaigns:checks campaigns:preview"
            " campaigns:change_form campaigns:issue_form campaigns:retire_form campaigns:delete_form"
            " campaigns:add_line campaigns:line campaigns:delete_line campaigns:add_check campaigns:check"
            " campaigns:delete_check"
        ),
        "campaigns": (
            "campaigns:list campaigns:open campaigns:open_by campaigns:detail campaigns:term campaigns:close"
            " campaigns:cancel campaigns:report campaigns:table campaigns:definition campaigns:definition_checks"
        ),
        "people": "members:list members:places members:detail members:reason",
        "tree": "organizations:tree organizations:detail organizations:history",
        "found": "organizations:add organizations:load_list organizations:check_list organizations:open",
        "change": (
            "organizations:rename organizations:move organizations:merge organizations:begin_liquidation"
            " organizations:stop_liquidation organizations:liquidate organizations:time_zone"
        ),
        "names": "organizations:renames organizations:rename_decide",
        "accounts": (
            "accounts:list accounts:add accounts:add_many accounts:detail accounts:edit accounts:block"
            " accounts:unblock accounts:reissue accounts:reset_factor accounts:appoint accounts:dismiss"
            " accounts:withdraw members:searches"
        ),
        "requests": "granting:list granting:detail granting:refuse",
        "appeals": "meetings:appeals meetings:appeal meetings:receive_appeal meetings:receive_of_applicant",
        "blanks": "documents:blanks documents:receive_blanks documents:hand_down_blanks documents:blank_balance",
        "cards": (
            "documents:cards documents:card_order documents:card_batch documents:send_cards"
            " documents:load_card_answer documents:card_answer documents:reject_card documents:fail_card"
            " documents:card_parcel documents:hand_cards_down documents:card_delivery"
        ),
        "money": "dues:settlements dues:confirm_remittance dues:remittance_not_found dues:answer_act",
        "journal": "organizations:journal",
        "grants": "supervision:grants",
    },
    "collector": {
        "overview": "dues:overview members:dues",
        "rates": "dues:rates dues:add_rate dues:add_reduction dues:end_reduction dues:reduce_member",
        "opening": "dues:openings dues:load_openings dues:check_openings dues:take_opening_back",
        "pay": "dues:collect dues:pay dues:reverse",
        "collectors": "dues:collectors dues:appoint_collector dues:end_collector",
        "register": (
            "dues:registers dues:open_register dues:register dues:cancel_register dues:add_to_register"
        ),
        "cash": "dues:receive dues:cash dues:cash_book_period dues:void_cash_order",
        "pay-out": "dues:pay_out dues:void_expense_order",
        "bank": (
            "dues:bank dues:load_statement dues:check_statement dues:bank_statements dues:bank_line"
            " dues:bank_line_not_dues dues:put_bank_line_back dues:unload_bank_statement"
        ),
        "accounts": "dues:own_accounts dues:add_own_account dues:end_own_account",
        "employers": (
            "dues:employers dues:add_employer dues:employer dues:change_employer dues:prepare_statements"
            " dues:end_deduction"
        ),
        "payroll": (
            "dues:payroll_lists dues:load_payroll_list dues:payroll_list dues:post_payroll_list"
            " dues:reverse_payroll_list dues:payroll_person"
        ),
        "contributions": (
            "dues:contributions dues:add_contribution dues:contribution dues:cancel_contribution"
        ),
        "remind": "dues:reminders dues:remind dues:remind_chosen",
        "settlements": (
            "dues:settlements dues:decide_shares dues:distribute dues:distribution dues:take_distribution_back"
            " dues:settlement dues:pass_on dues:draw_act dues:take_remittance_back"
        ),
        "reports": "dues:reports dues:report_lines dues:accounting",
        "close": "dues:close_books dues:reopen_books",
    },
    "administrator": {
        "settings": "admin:index start",
        "accounts": (
            "accounts:list accounts:add accounts:add_many accounts:detail accounts:edit accounts:block"
            " accounts:unblock accounts:reissue accounts:appoint accounts:dismiss accounts:withdraw"
        ),
        "requests": "granting:list granting:detail granting:refuse",
        "organizations": "organizations:tree organizations:add organizations:load_list organizations:check_list",
        "consent-text": "documents:texts documents:text documents:new_text",
        "form-texts": "documents:form_texts documents:form_text documents:new_form_text",
        "programme": "documents:programme_settings",
        "rates": "dues:rates dues:add_rate",
        "journal": "organizations:journal",
    },
}  # fmt: skip

#: The anchor of each page, by guide and URL name.
ANCHORS = {
    guide: {name: anchor for anchor, names in places.items() for name in names.split()}
    for guide, places in PLACES.items()
}
_SECTION = re.compile(r'^<a id="([a-z-]+)"></a>\n## (.+)\n', re.MULTILINE)
_OTHER_GUIDE = re.compile(r"([a-z]+)\.md#([a-z-]+)")

#: CommonMark as on GitHub, without raw HTML.
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Section:
    """One task of a guide: the anchor, the heading and the text as HTML."""

    anchor: str
    heading: str
    html: SafeString


@dataclass(frozen=True)
class Guide:
    """The heading of a guide, its introduction as HTML, and its tasks."""

    heading: str
    lead: SafeString
    sections: tuple[Section, ...]


@cache
def read(name: str) -> Guide:
    """Return the guide with this name from `TITLES`; read once in each process."""
    heading, _newline, text = source(name).partition("\n")
    lead, *parts = _SECTION.split(text)
    sections = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return Guide(
        heading.removeprefix("# "),
        _html(lead),
        tuple(Section(anchor, title, _html(body)) for anchor, title, body in sections),
    )


def source(name: str) -> str:
    """Return the Markdown of the guide of this name."""
    return (ROOT / "guides" / f"{name}.md").read_text(encoding="utf-8")


def guide_for(actor: Actor | None) -> str:
    """Return the name of the guide for the actor's work."""
    if actor is None:
        return "chair"
    if actor.administers or getattr(actor.account, "is_staff", False):
        return "administrator"
    if actor.role == Role.COLLECTOR:
        return "collector"
    own = actor.organization
    return "officer" if own is not None and not own.keeps_cards and own.level != own.charter.cell else "chair"


def place_of(page: str, actor: Actor | None) -> tuple[str, str]:
    """Return the guide and the anchor for a page by its URL name; an empty anchor if no guide describes it.

    Pages of the Django admin are described together.
    """
    own = guide_for(actor)
    page = "admin:index" if page.startswith("admin:") else page
    named = (guide for guide in (own, *TITLES) if page in ANCHORS[guide])
    guide = next(named, own)
    return guide, ANCHORS[guide].get(page, "")


def address_for(page: str, actor: Actor | None) -> str:
    """Return the address of the section about the page, or of the reader's own guide."""
    guide, anchor = place_of(page, actor)
    return address(guide, anchor)


def address(guide: str, anchor: str = "") -> str:
    """Return the address of the guide, or of one of its sections."""
    return reverse("guide", args=[guide]) + (f"#{anchor}" if anchor else "")


def _html(text: str) -> SafeString:
    """Return the Markdown as HTML with this installation's addresses. Raises `ValueError` for any other link."""
    tokens = _MARKDOWN.parse(text)
    for token in (inner for outer in tokens for inner in outer.children or ()):
        if token.type == "link_open":
            token.attrSet("href", _linked(str(token.attrGet("href"))))
        elif token.type == "image":
            picture = Path(str(token.attrGet("src"))).name
            width, height = _size(picture)
            # Reserve the space of a picture before it loads, so that the anchor stays in place.
            token.attrs |= {"src": static(f"guides/{picture}"), "width": width, "height": height, "loading": "lazy"}
    # The library escapes all text, including HTML.
    return SafeString(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _linked(href: str) -> str:
    found = _OTHER_GUIDE.fullmatch(href)
    if found is None or found[1] not in TITLES:
        raise ValueError(f"A guide links to its paragraphs and to those of other guides, not to {href}")
    return address(found[1], found[2])


def _size(picture: str) -> tuple[int, int]:
    """Return width and height of the PNG in pixels."""
    with (PICTURES / picture).open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    return width, height
