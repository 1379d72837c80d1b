"""Dues."""

from .base import CHAIR, DO, HEAD, KEEPERS, MINE, MINE_RIGHT, NO, OWN, READ, REGION, SCHOOL, Route

#: Pages of organisations that keep cards; others have none.
KEEPERS_OR_NONE = "200 200 404 403 403 200 302"
#: Pages of organisations whose members pay a percentage; the others, the society among them, have none.
OF_PERCENTAGE = "200 200 404 403 403 404 302"
#: A paper of a record.
PRINTED = "200 404 404 403 403 404 302"

#: What the region alone does with money or an act of its local organisation.
GETS = "200 404 404 403 403 404 302"

ROUTES: dict[str, Route] = {
    "dues:overview": Route(CHAIR, (), MINE, NO),
    "dues:charge_year": Route(CHAIR, (), NO, "302 302 403 403 403 302 302"),
    "dues:close_books": Route(CHAIR, (), "200 200 403 403 403 200 302", "200 200 403 403 403 200 302"),
    "dues:reopen_books": Route(CHAIR, (), "200 302 403 403 403 200 302", "200 302 403 403 403 200 302"),
    "dues:collect": Route(CHAIR, (), KEEPERS, KEEPERS),
    "dues:openings": Route(CHAIR, (), "200 200 403 403 403 403 302", "200 200 403 403 403 403 302"),
    "dues:load_openings": Route(CHAIR, (), "200 200 403 403 403 403 302", "200 200 403 403 403 403 302"),
    "dues:check_openings": Route(
        CHAIR, ("openings_file",), "200 404 403 403 403 403 302", "200 404 403 403 403 403 302"
    ),
    "dues:collectors": Route(CHAIR, (), MINE, NO),
    "dues:appoint_collector": Route(CHAIR, (), KEEPERS_OR_NONE, KEEPERS_OR_NONE),
    "dues:end_collector": Route(CHAIR, ("collector_order",), OWN, OWN),
    "dues:registers": Route(CHAIR, (), MINE, NO),
    "dues:open_register": Route(CHAIR, (), "200 403 403 403 403 403 302", "200 403 403 403 403 403 302"),
    "dues:register": Route(CHAIR, ("register",), READ, OWN),
    "dues:begin_register": Route(CHAIR, ("register",), NO, DO),
    "dues:cancel_register": Route(CHAIR, ("register",), OWN, OWN),
    "dues:add_to_register": Route(CHAIR, ("register",), OWN, "404 404 404 403 403 404 302"),
    "dues:receive": Route(CHAIR, ("closed_register",), OWN, OWN),
    "dues:cash": Route(CHAIR, (), KEEPERS_OR_NONE, NO),
    "dues:pay_out": Route(CHAIR, (), KEEPERS_OR_NONE, KEEPERS_OR_NONE),
    "dues:void_expense_order": Route(CHAIR, ("expense_order",), OWN, OWN),
    "dues:print_expense_order": Route(CHAIR, ("expense_order",), NO, PRINTED),
    "dues:void_cash_order": Route(CHAIR, ("cash_order",), OWN, OWN),
    "dues:print_collector_order": Route(CHAIR, ("collector_order",), NO, PRINTED),
    "dues:print_register": Route(CHAIR, ("closed_register",), NO, PRINTED),
    "dues:print_slips": Route(CHAIR, ("closed_register",), NO, PRINTED),
    "dues:print_cash_order": Route(CHAIR, ("cash_order",), NO, PRINTED),
    "dues:cash_book_period": Route(CHAIR, ("cash_book",), KEEPERS_OR_NONE, KEEPERS_OR_NONE),
    "dues:print_empty_paper": Route(CHAIR, ("payment_register",), NO, KEEPERS_OR_NONE),
    "dues:employers": Route(SCHOOL, (), MINE, NO),
    "dues:add_employer": Route(SCHOOL, (), OF_PERCENTAGE, OF_PERCENTAGE),
    "dues:employer": Route(SCHOOL, ("employer",), READ, OWN),
    "dues:change_employer": Route(SCHOOL, ("employer",), OWN, OWN),
    "dues:prepare_statements": Route(SCHOOL, ("employer",), OWN, OWN),
    "dues:print_statements": Route(SCHOOL, ("employer",), NO, DO),
    "dues:end_deduction": Route(SCHOOL, ("deduction",), OWN, OWN),
    "dues:bank": Route(CHAIR, (), KEEPERS_OR_NONE, NO),
    "dues:load_statement": Route(CHAIR, (), KEEPERS_OR_NONE, KEEPERS_OR_NONE),
    "dues:check_statement": Route(
        CHAIR, ("statement_file",), "200 404 404 403 403 404 302", "200 404 404 403 403 404 302"
    ),
    "dues:bank_statements": Route(CHAIR, (), KEEPERS_OR_NONE, NO),
    "dues:post_sure_lines": Route(CHAIR, (), NO, "302 302 404 403 403 302 302"),
    "dues:match_bank_lines": Route(CHAIR, (), NO, "302 302 404 403 403 302 302"),
    "dues:bank_line": Route(CHAIR, ("bank_line",), READ, OWN),
    "dues:confirm_bank_line": Route(CHAIR, ("bank_line",), NO, "404 404 404 403 403 404 302"),
    "dues:bank_line_not_dues": Route(CHAIR, ("bank_line",), OWN, OWN),
    "dues:bank_line_from_cash": Route(CHAIR, ("bank_line",), NO, DO),
    "dues:put_bank_line_back": Route(CHAIR, ("posted_bank_line",), OWN, OWN),
    "dues:reminders": Route(CHAIR, (), "200 200 404 403 403 404 302", NO),
    "dues:remind": Route(CHAIR, (), NO, "302 302 404 403 403 404 302"),
    "dues:remind_chosen": Route(CHAIR, (), NO, "302 302 404 403 403 404 302"),
    "dues:settlements": Route(CHAIR, (), MINE, NO),
    "dues:decide_shares": Route(CHAIR, (), MINE_RIGHT, MINE_RIGHT),
    "dues:take_shares_back": Route(CHAIR, ("unused_shares",), NO, DO),
    "dues:distribute": Route(CHAIR, (), MINE_RIGHT, MINE_RIGHT),
    "dues:distribution": Route(CHAIR, ("distribution",), READ, NO),
    "dues:take_distribution_back": Route(CHAIR, ("distribution",), OWN, OWN),
    "dues:settlement": Route(CHAIR, ("region",), "200 200 404 200 403 404 302", NO),
    "dues:pass_on": Route(CHAIR, ("region",), "200 200 404 403 403 404 302", "200 200 404 403 403 404 302"),
    "dues:draw_act": Route(CHAIR, ("region",), "200 200 404 403 403 404 302", "200 200 404 403 403 404 302"),
    "dues:confirm_remittance": Route(REGION, ("remittance",), GETS, GETS),
    "dues:remittance_not_found": Route(REGION, ("remittance",), GETS, GETS),
    "dues:take_remittance_back": Route(CHAIR, ("remittance",), OWN, OWN),
    "dues:answer_act": Route(REGION, ("settlement_act",), GETS, GETS),
    "dues:print_act": Route(CHAIR, ("settlement_act",), NO, PRINTED),
    "dues:payroll_lists": Route(SCHOOL, (), MINE, NO),
    "dues:load_payroll_list": Route(SCHOOL, (), "200 302 404 403 403 404 302", "200 302 404 403 403 404 302"),
    "dues:payroll_list": Route(SCHOOL, ("payroll_list",), READ, "302 404 404 403 403 404 302"),
    "dues:answer_payroll": Route(SCHOOL, ("payroll_list",), NO, "404 404 404 403 403 404 302"),
    "dues:post_payroll_list": Route(SCHOOL, ("ready_list",), OWN, OWN),
    "dues:reverse_payroll_list": Route(SCHOOL, ("posted_list",), OWN, OWN),
    "dues:discard_payroll_list": Route(SCHOOL, ("posted_list",), NO, DO),
    "dues:payroll_person": Route(SCHOOL, ("payroll_line",), OWN, "404 404 404 403 403 404 302"),
    "dues:contributions": Route(CHAIR, (), MINE, NO),
    "dues:add_contribution": Route(CHAIR, (), "200 200 200 403 403 302 302", "200 200 200 403 403 302 302"),
    "dues:contribution": Route(CHAIR, ("contribution",), READ, NO),
    "dues:charge_contribution": Route(CHAIR, ("contribution",), NO, DO),
    "dues:cancel_contribution": Route(CHAIR, ("contribution",), OWN, OWN),
    "dues:rates": Route(CHAIR, (), MINE, NO),
    "dues:add_rate": Route(HEAD, (), "200 403 403 403 403 403 302", "200 403 403 403 403 403 302"),
    "dues:take_rate_back": Route(HEAD, ("rate",), NO, "302 403 403 403 403 403 302"),
    "dues:pay": Route(CHAIR, ("member",), OWN, OWN),
    "dues:take_opening_back": Route(CHAIR, ("member",), DO, DO),
    "dues:reverse": Route(CHAIR, ("ledger",), OWN, OWN),
}
