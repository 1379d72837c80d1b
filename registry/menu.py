"""Entries of the navigation, in their order and groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .enums import Permission


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation, shown to actors with any of the permissions, or to everybody if there are none."""

    url_name: str
    label: Any
    icon: str
    #: Key of `GROUPS`.
    group: str
    #: Purpose of the page, for the help page.
    hint: Any
    permissions: tuple[Permission, ...] = ()
    #: The URL takes the id of the actor's organisation.
    own: bool = False
    #: Only for organisations that keep cards.
    keeper: bool = False
    #: Only for organisations that keep cards, and their cells.
    collects: bool = False
    #: Not for cells below the organisations that keep the cards.
    no_cell: bool = False
    #: Only for organisations that may have subordinate ones.
    above: bool = False
    #: Only under charters with blanks of strict accountability.
    blanks: bool = False
    #: Only under charters with electronic cards.
    electronic_cards: bool = False
    #: Only under charters with a bonus programme.
    programme: bool = False
    #: Only under charters with cells below the organisations that keep the cards.
    cells: bool = False
    #: Only under charters with dues that are a percentage of pay.
    percentage: bool = False
    #: Key of `tasks.known_counts` whose count is shown beside the label.
    count: str = ""


#: Groups of the navigation by activity; entries without a group come first.
GROUPS = {
    "people": _("People"),
    "decisions": _("Decisions"),
    "papers": _("Papers"),
    "dues": _("Dues"),
    "supervision": _("Supervision"),
    "organization": _("Organisation"),
}
#: Maximum number of entries for which nothing is folded.
MAX_UNFOLDED_ENTRIES = 8

NAVIGATION = (
    Entry(
        "start",
        _("Tasks"),
        "list-todo",
        "",
        _("What is to be done now and until when; each button leads to where it is done."),
        count="tasks",
    ),
    Entry(
        "members:list",
        _("Members"),
        "users",
        "people",
        _("Find a person, open the card, print for many at once, download the list."),
        (Permission.VIEW_MEMBERS,),
        count="members",
    ),
    Entry(
        "members:add",
        _("Register"),
        "user-plus",
        "people",
        _("Enter one person by hand."),
        (Permission.EDIT_MEMBERS,),
        keeper=True,
    ),
    Entry(
        "imports:list",
        _("Load a list"),
        "file-spreadsheet",
        "people",
        _("Enter many people from an Excel file at once; a mistaken list can be undone."),
        (Permission.IMPORT_MEMBERS,),
        keeper=True,
    ),
    Entry(
        "cells:own_book",
        _("Registration book"),
        "book-open",
        "people",
        _("Who came and who left, and who was registered on a past day."),
        (Permission.VIEW_MEMBERS,),
    ),
    Entry(
        "moves:list",
        _("Transfers"),
        "arrow-left-right",
        "people",
        _("Members who move to another organisation, and arrivals by ticket and code."),
        (Permission.VIEW_MEMBERS,),
    ),
    Entry(
        "cells:proposals",
        _("Proposed changes"),
        "message-square-diff",
        "people",
        _("What is to be corrected on the cards, as the chairs of the cells ask."),
        (Permission.VIEW_MEMBERS,),
        cells=True,
    ),
    Entry(
        "cells:reconciliations",
        _("Reconciliation"),
        "clipboard-check",
        "people",
        _("In December: compare the questionnaires with the book and send the report."),
        (Permission.VIEW_MEMBERS,),
        cells=True,
    ),
    Entry(
        "applications:list",
        _("Applications"),
        "inbox",
        "decisions",
        _("Take an application, check its papers, tell the applicant the decision."),
        (Permission.VIEW_MEMBERS,),
        count="applications",
    ),
    Entry(
        "meetings:list",
        _("Meetings"),
        "gavel",
        "decisions",
        _("Plan a meeting, make its agenda, enter the decisions, print the minutes."),
        (Permission.VIEW_MEMBERS,),
        no_cell=True,
    ),
    Entry(
        "documents:consents",
        _("Consents"),
        "file-check",
        "papers",
        _("Print consents and mark the signed ones with their date."),
        (Permission.MARK_CONSENTS, Permission.VIEW_MEMBERS),
    ),
    Entry(
        "breaches:list",
        _("Breaches of data"),
        "triangle-alert",
        "papers",
        _("What happened, which people it concerns, and the notices within 24 and 72 hours."),
        (Permission.ERASE,),
    ),
    Entry(
        "documents:programme",
        _("Bonus programme"),
        "gift",
        "papers",
        _("Messages about members to the programme, and leaflets for members."),
        (Permission.VIEW_MEMBERS,),
        programme=True,
    ),
    Entry(
        "documents:blanks",
        _("Tickets and blanks"),
        "id-card",
        "papers",
        _("Blanks received, handed down, issued and written off, number by number."),
        (Permission.VIEW_MEMBERS,),
        no_cell=True,
        blanks=True,
    ),
    Entry(
        "documents:cards",
        _("Electronic cards"),
        "id-card",
        "papers",
        _("Order plastic cards, follow them to the producer and back, hand them out."),
        (Permission.VIEW_MEMBERS,),
        no_cell=True,
        electronic_cards=True,
    ),
    Entry(
        "documents:print",
        _("Printing"),
        "printer",
        "papers",
        _("Papers filled from the cards, and empty forms."),
        (Permission.PRINT,),
    ),
    Entry(
        "dues:overview",
        _("Dues"),
        "wallet",
        "dues",
        _("Rates and arrears; what was paid and charged this year."),
        (Permission.VIEW_MEMBERS,),
    ),
    Entry(
        "dues:collect",
        _("Record payments"),
        "coins",
        "dues",
        _("The fees of many people on one page. One payment is recorded on the card, on the tab «Dues»."),
        (Permission.RECORD_DUES,),
        collects=True,
    ),
    Entry(
        "dues:registers",
        _("Payment registers"),
        "clipboard-list",
        "dues",
        _("Dues collected in cells against signature, and the money handed in."),
        (Permission.VIEW_DUES,),
    ),
    Entry(
        "dues:payroll_lists",
        _("Payroll lists"),
        "file-spreadsheet",
        "dues",
        _("Dues that employers deducted from pay, month by month."),
        (Permission.VIEW_MEMBERS,),
        percentage=True,
    ),
    Entry(
        "dues:employers",
        _("Employers"),
        "building",
        "dues",
        _("Dues deducted from pay: statements of members and monthly lists of employers."),
        (Permission.VIEW_MEMBERS,),
        percentage=True,
    ),
    Entry(
        "dues:bank",
        _("Bank"),
        "building",
        "dues",
        _("Bank statements: who has paid to the account, and for what."),
        (Permission.RECORD_DUES,),
        collects=True,
        no_cell=True,
    ),
    Entry(
        "dues:settlements",
        _("Settlements"),
        "scale",
        "dues",
        _("Income shared between the levels, and what organisations owe each other."),
        (Permission.VIEW_MEMBERS,),
    ),
    Entry(
        "dues:reports",
        _("Reports of dues"),
        "table",
        "dues",
        _("Charged, paid and owed by kind, year, organisation and collector; every figure opens its lines."),
        (Permission.VIEW_MEMBERS,),
    ),
    Entry(
        "supervision:own",
        _("Overview"),
        "chart-column",
        "supervision",
        _("Figures of the organisations below yours, and the lists behind them."),
        (Permission.VIEW_FIGURES,),
        above=True,
    ),
    Entry(
        "supervision:decisions",
        _("For decision"),
        "list-checks",
        "supervision",
        _("What organisations below ask your organisation to decide, with terms."),
        (
            Permission.DECIDE_RENAMES,
            Permission.RUN_MEETINGS,
            Permission.RECORD_DUES,
            Permission.ORDER_CARDS,
            Permission.SETTLE_CHANGES,
        ),
        above=True,
    ),
    Entry(
        "remarks:list",
        _("Remarks"),
        "message-square-warning",
        "supervision",
        _("What superior organisations ask to be put right, until when, and the answers."),
        (Permission.REMARK,),
    ),
    Entry(
        "statistics:own",
        _("Statistics"),
        "table",
        "supervision",
        _("Members by age, education, category on any day; who came and left; charts and cross-tables."),
        (Permission.VIEW_ORGANIZATIONS,),
    ),
    Entry(
        "campaigns:list",
        pgettext_lazy("campaigns", "Reports"),
        "clipboard-list",
        "supervision",
        _("Reports that organisations fill in by forms: who has handed in, who is late, the totals."),
        (Permission.VIEW_FIGURES,),
    ),
    Entry(
        "campaigns:forms",
        _("Report forms"),
        "list-plus",
        "supervision",
        _("Forms by which organisations below report: lines, formulas, checks, ready examples."),
        (Permission.RUN_CAMPAIGNS,),
        above=True,
    ),
    Entry(
        "organizations:tree",
        _("Subordinate organisations"),
        "network",
        "supervision",
        _("Organisations below yours and their figures."),
        (Permission.FOUND_ORGANIZATIONS, Permission.VIEW_ORGANIZATIONS),
        above=True,
    ),
    Entry(
        "organizations:journal",
        _("Journal"),
        "scroll-text",
        "supervision",
        _("Who did what in the registry and when."),
        (Permission.VIEW_JOURNAL,),
    ),
    Entry(
        "organizations:detail",
        _("Organisation"),
        "building-2",
        "organization",
        _("Passport of your organisation, its name and governing bodies."),
        (Permission.VIEW_ORGANIZATIONS, Permission.EDIT_PASSPORT),
        own=True,
    ),
    Entry(
        "documents:programme_settings",
        _("Exchange with the bonus programme"),
        "gift",
        "organization",
        _("Address and secret of the programme; switch the exchange on or off."),
        (Permission.ADMINISTER,),
        programme=True,
    ),
    Entry(
        "documents:form_texts",
        _("Texts of forms"),
        "file-text",
        "organization",
        _("Change the texts of statements and consents, and see the earlier ones."),
        (Permission.ADMINISTER,),
    ),
    Entry(
        "accounts:list",
        _("Accounts"),
        "key-round",
        "organization",
        _("Give access, print the slip with the password, block an account."),
        (Permission.MANAGE_ACCOUNTS,),
    ),
    Entry(
        "jobs:list",
        _("Finished files"),
        "hourglass",
        "organization",
        _("Progress of long prints and downloads, and their results."),
        (Permission.PRINT, Permission.EXPORT, Permission.IMPORT_MEMBERS),
    ),
)
