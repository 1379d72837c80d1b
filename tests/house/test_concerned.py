"""Each source of tasks and of the queue of decisions shows them to the right people, on both charters (N-S2, N-H1)."""

from __future__ import annotations

import pytest

from registry import tasks

from .acts import ACTORS, Scene
from .test_transitions_by_role import files, own_files, scenes  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: For each source, the actors of `ACTORS` in the society and in the union, whose scene has no cell («.»): «+» they see
#: the task, «-» they do not.
CONCERNED = {
    "documents.consents.tasks.consents": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "documents.consents.tasks.withdrawals": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "documents.ecards.tasks.batch_to_send": ("----- - --- -- --- -", "----- . ++- +- --- -"),
    "documents.ecards.tasks.cards_to_hand_down": ("----- - --- -- --+ -", "+++-- . ++- +- +-- -"),
    "documents.ecards.tasks.cards_to_hand_out": ("----- - --- -- --+ -", "+++-- . --- -- +-- -"),
    "documents.ecards.tasks.deliveries_to_confirm": ("----- - --- -- --+ -", "+++-- . ++- +- +-- -"),
    "documents.ecards.tasks.order_to_check": ("----- - --- -- --- -", "----- . ++- +- --- -"),
    "documents.ecards.tasks.orders_to_check": ("----- - --- -- --- -", "----- . ++- +- --- -"),
    "documents.ecards.tasks.orders_to_submit": ("----- - --- -- --+ -", "+++-- . --- -- +-- -"),
    "documents.ecards.tasks.parcels_overdue": ("----- - --- -- --- -", "----- . ++- +- --- -"),
    "documents.exchange.tasks.files_to_pick_up": ("----- - --- -- --+ -", "+++-- . --- +- +-- -"),
    "documents.exchange.tasks.overdue_messages": ("----- - --- -- --+ -", "+++-- . --- +- +-- -"),
    "documents.exchange.tasks.programme_gone": ("----- - --- -- --- -", "----- . --- -+ --- -"),
    "documents.printing.tasks.cards_to_print_again": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "documents.rights.tasks.requests_to_answer": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "documents.tickets.tasks.acts_not_confirmed": ("+++-- + ++- +- +-- -", "----- . --- -- --+ -"),
    "documents.tickets.tasks.acts_to_confirm": ("+++-- + ++- +- +-- -", "----- . --- -- --+ -"),
    "documents.tickets.tasks.blanks_to_destroy": ("+++-- + ++- +- +-- -", "----- . --- -- --+ -"),
    "documents.tickets.tasks.keeper_to_name": ("+++-- + ++- +- +-- -", "----- . --- -- --+ -"),
    "documents.tickets.tasks.new_tickets_to_issue": ("+++-- - --- -- +-- -", "----- . --- -- --+ -"),
    "documents.tickets.tasks.sheets_to_post": ("+++-- - --- -- +-- -", "----- . --- -- --+ -"),
    "documents.tickets.tasks.stock_to_count": ("+++-- + ++- +- +-- -", "----- . --- -- --+ -"),
    "documents.tickets.tasks.tickets_to_collect": ("+++-- + ++- +- +-- -", "----- . --- -- --+ -"),
    "dues.bank.tasks.payments_to_identify": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "dues.collecting.tasks.money_to_hand_in": ("---+- - --- -- --- -", "---+- . --- -- --- -"),
    "dues.collecting.tasks.money_to_receive": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "dues.contributions.tasks.contribution_to_record": ("+++-- - ++- +- +-- -", "----- . --- -- --+ -"),
    "dues.contributions.tasks.contributions_to_record": ("+++-- - ++- +- +-- -", "----- . --- -- --+ -"),
    "dues.distribution.tasks.act_to_answer": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "dues.distribution.tasks.money_to_confirm": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "dues.distribution.tasks.settlements": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "dues.ledger.tasks.arrears": ("+++-- + --- -- +-- -", "----- . --- -- --+ -"),
    "dues.ledger.tasks.due_soon": ("+++-- + --- -- +-- -", "----- . --- -- --+ -"),
    "dues.ledger.tasks.entrance_fees": ("+++-- + --- -- +-- -", "----- . --- -- --+ -"),
    "dues.payroll.tasks.payroll": ("----- - --- -- --+ -", "+++-- . --- -- +-- -"),
    "members.admission.tasks.applications": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "members.lists.tasks.open_batches": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "members.meetings.tasks.appeal_to_decide": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "members.meetings.tasks.meetings": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "members.movement.tasks.cards_to_erase": ("++--- + +-- +- +-+ -", "++--- . +-- +- +-+ -"),
    "members.movement.tasks.long_on_the_way": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "members.movement.tasks.places_of_work": ("----- - --- -- --+ -", "+++-- . --- -- +-- -"),
    "members.movement.tasks.requests_to_answer": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "members.movement.tasks.silent_requests": ("++--- + +-- +- +-+ +", "++--- . +-- +- +-+ +"),
    "members.movement.tasks.transfer_to_decide": ("++--- + +-- +- +-+ +", "++--- . +-- +- +-+ +"),
    "members.people.tasks.grounds_of_membership_lost": ("+++-- - --- -- +-- -", "----- . --- -- --+ -"),
    "members.people.tasks.incomplete_cards": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "members.people.tasks.searches_to_allow": ("++--- + +-- ++ +-+ -", "++--- . +-- ++ +-+ -"),
    "members.people.tasks.tickets_to_give": ("+++-- - --- -- +-- -", "----- . --- -- --+ -"),
    "members.people.tasks.tickets_with_a_former_name": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "members.reconciliation.tasks.cells_without_a_chair": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "members.reconciliation.tasks.change_to_settle": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "members.reconciliation.tasks.days_ahead": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "members.reconciliation.tasks.declined_proposals": ("----- + ++- +- --- -", "----- . ++- +- --- -"),
    "members.reconciliation.tasks.laggards": ("+++-+ - +++ +- +-- -", "----- . --- -- --+ -"),
    "members.reconciliation.tasks.own_reconciliation": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "members.reconciliation.tasks.proposals_to_settle": ("+++-- - --- -- +-+ -", "+++-- . --- -- +-+ -"),
    "registry.bounces.tasks.own_address": ("+++++ + +++ ++ +++ -", "+++++ . +++ ++ +++ -"),
    "registry.bounces.tasks.refused_addresses": ("++--- + +-- ++ +-+ -", "++--- . +-- ++ +-+ -"),
    "registry.breaches.tasks.breaches_to_settle": ("++--- + +-- +- +-+ -", "++--- . +-- +- +-+ -"),
    "registry.campaigns.tasks._report": ("+++-- - ++- +- +-- -", "----- . ++- +- --+ -"),
    "registry.campaigns.tasks.reports_to_fill": ("+++-- + ++- +- +-+ -", "+++-- . ++- +- +-+ -"),
    "registry.campaigns.tasks.reports_to_review": ("+++-- - ++- +- +-- -", "----- . ++- +- --+ -"),
    "registry.granting.tasks.grants_given_without_a_chair": ("++--- + +-- ++ +-+ -", "++--- . +-- ++ +-+ -"),
    "registry.granting.tasks.grants_to_confirm": ("++--- + +-- ++ +-+ -", "++--- . +-- ++ +-+ -"),
    "registry.organizations.tasks.chairs_wanted": ("++--- + +-- ++ +-+ -", "++--- . +-- ++ +-+ -"),
    "registry.organizations.tasks.ending_appointments": ("++--- + +-- ++ +-+ -", "++--- . +-- ++ +-+ -"),
    "registry.organizations.tasks.ending_seats": ("+++-- + ++- ++ +-+ -", "+++-- . ++- ++ +-+ -"),
    "registry.organizations.tasks.name_to_decide": ("++--- + +-- ++ +-+ -", "++--- . +-- ++ +-+ -"),
    "registry.organizations.tasks.passport": ("+++-- + ++- ++ +-+ -", "+++-- . ++- ++ +-+ -"),
    "registry.organizations.tasks.rename_answers": ("+++-- + ++- ++ +-+ -", "+++-- . ++- ++ +-+ -"),
    "registry.organizations.tasks.rename_decisions": ("++--- + +-- ++ +-+ -", "++--- . +-- ++ +-+ -"),
    "registry.remarks.tasks.answers_to_accept": ("+++-+ + +++ +- +-+ -", "+++-+ . +++ +- +-+ -"),
    "registry.remarks.tasks.remarks_to_answer": ("++--- + +-- +- +-+ -", "++--- . +-- +- +-+ -"),
}


@pytest.mark.parametrize("charter", ["society", "union"])
def test_n_s2_each_source_of_tasks_concerns_those_whose_work_it_is(
    scenes: dict[str, Scene],  # noqa: F811
    charter: str,
) -> None:
    actors = scenes[charter].actors
    sources = {one.provide: one.concerns for one in tasks._PROVIDERS} | {
        one.matter: one.concerns for one in tasks._MATTERS
    }
    found = {
        f"{source.__module__}.{source.__name__}": "".join(
            "." if name not in actors else "+" if concerns(actors[name]) else "-" for name in ACTORS
        )
        for source, concerns in sources.items()
    }
    which = ("society", "union").index(charter)
    assert found == {name: rows[which].replace(" ", "") for name, rows in CONCERNED.items()}
