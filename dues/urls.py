"""URLs of dues."""

from django.urls import path

from .bank.views import accounts, lines, partners, statements
from .collecting.views import appointments, cash, prints, registers
from .contributions import views as contributions
from .distribution import views as distribution
from .expenses import views as expenses
from .ledger import views as overview
from .notices import views as notices
from .opening.views import lists as opening_lists
from .opening.views import members as opening
from .payments.views import collecting, payments
from .payroll.views import employers
from .payroll.views import lists as payroll
from .payroll.views import prints as payroll_prints
from .rates import views as rates
from .reports.views import accounting, files, reports
from .reports.views import counted as report_counts

app_name = "dues"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("year/", overview.charge, name="charge_year"),
    path("books/close/", overview.close, name="close_books"),
    path("books/reopen/", overview.reopen, name="reopen_books"),
    path("collect/", collecting.collect, name="collect"),
    path("opening/", opening.openings, name="openings"),
    path("opening/list/", opening_lists.load_openings, name="load_openings"),
    path("opening/list/<uuid:file>/", opening_lists.check_openings, name="check_openings"),
    path("collectors/", appointments.collectors, name="collectors"),
    path("collectors/appoint/", appointments.appoint, name="appoint_collector"),
    path("collectors/<id:pk>/end/", appointments.end, name="end_collector"),
    path("registers/", registers.registers, name="registers"),
    path("registers/open/", registers.open_one, name="open_register"),
    path("registers/<id:pk>/", registers.register, name="register"),
    path("registers/<id:pk>/begin/", registers.begin, name="begin_register"),
    path("registers/<id:pk>/cancel/", registers.cancel, name="cancel_register"),
    path("registers/<id:pk>/add/", registers.add, name="add_to_register"),
    path("registers/<id:pk>/receive/", cash.receive, name="receive"),
    path("cash/", cash.cash, name="cash"),
    path("cash/pay/", expenses.pay, name="pay_out"),
    path("cash/expenses/<id:pk>/void/", expenses.void, name="void_expense_order"),
    path("cash/expenses/<id:pk>/print/", expenses.print_order, name="print_expense_order"),
    path("cash/<id:pk>/void/", cash.void, name="void_cash_order"),
    path("collectors/<id:pk>/print/", prints.print_appointment, name="print_collector_order"),
    path("registers/<id:pk>/print/", prints.print_register, name="print_register"),
    path("registers/<id:pk>/slips/", prints.print_slips, name="print_slips"),
    path("cash/<id:pk>/print/", prints.print_cash_order, name="print_cash_order"),
    path("cash/books/<slug:code>/", prints.cash_book_period, name="cash_book_period"),
    path("settlements/", distribution.settlements, name="settlements"),
    path("settlements/shares/", distribution.decide, name="decide_shares"),
    path("settlements/shares/<id:pk>/delete/", distribution.take_back_decision, name="take_shares_back"),
    path("settlements/distribute/", distribution.distribute_income, name="distribute"),
    path("settlements/distributions/<id:pk>/", distribution.distribution, name="distribution"),
    path("settlements/distributions/<id:pk>/take-back/", distribution.take_back, name="take_distribution_back"),
    path("settlements/with/<id:pk>/", distribution.with_other, name="settlement"),
    path("settlements/with/<id:pk>/pass/", distribution.pass_money_on, name="pass_on"),
    path("settlements/with/<id:pk>/act/", distribution.draw, name="draw_act"),
    path("settlements/money/<id:pk>/confirm/", distribution.confirm, name="confirm_remittance"),
    path("settlements/money/<id:pk>/missing/", distribution.not_found, name="remittance_not_found"),
    path("settlements/money/<id:pk>/take-back/", distribution.take_money_back, name="take_remittance_back"),
    path("settlements/acts/<id:pk>/answer/", distribution.answer, name="answer_act"),
    path("settlements/acts/<id:pk>/print/", distribution.print_act, name="print_act"),
    path("empty/<slug:code>/", prints.print_empty, name="print_empty_paper"),
    path("employers/", employers.employers, name="employers"),
    path("employers/add/", employers.add, name="add_employer"),
    path("employers/<id:pk>/", employers.employer, name="employer"),
    path("employers/<id:pk>/change/", employers.change, name="change_employer"),
    path("employers/<id:pk>/prepare/", employers.prepare, name="prepare_statements"),
    path("employers/<id:pk>/print/", payroll_prints.print_statements, name="print_statements"),
    path("deductions/<id:pk>/end/", employers.end, name="end_deduction"),
    path("bank/", lines.bank, name="bank"),
    path("bank/load/", statements.load_one, name="load_statement"),
    path("bank/load/<uuid:file>/", statements.check_one, name="check_statement"),
    path("bank/statements/", statements.statements, name="bank_statements"),
    path("bank/statements/<id:pk>/unload/", statements.unload, name="unload_bank_statement"),
    path("bank/accounts/", accounts.accounts, name="own_accounts"),
    path("bank/accounts/add/", accounts.add, name="add_own_account"),
    path("bank/accounts/<id:pk>/end/", accounts.end, name="end_own_account"),
    path("bank/sure/", lines.post_all_sure, name="post_sure_lines"),
    path("bank/match/", lines.match_all_again, name="match_bank_lines"),
    path("bank/lines/<id:pk>/", lines.line, name="bank_line"),
    path("bank/lines/<id:pk>/confirm/", lines.confirm, name="confirm_bank_line"),
    path("bank/lines/<id:pk>/not-dues/", lines.not_dues, name="bank_line_not_dues"),
    path("bank/lines/<id:pk>/cash/", lines.from_cash, name="bank_line_from_cash"),
    path("bank/lines/<id:pk>/own/", partners.own_transfer, name="bank_line_own_transfer"),
    path("bank/lines/<id:pk>/settle/", partners.settle_line, name="settle_bank_line"),
    path("bank/lines/<id:pk>/back/", lines.back, name="put_bank_line_back"),
    path("reminders/", notices.reminders, name="reminders"),
    path("reminders/send/", notices.remind, name="remind"),
    path("reminders/chosen/", notices.remind_chosen, name="remind_chosen"),
    path("payroll/", payroll.payroll_lists, name="payroll_lists"),
    path("payroll/load/", payroll.load_one, name="load_payroll_list"),
    path("payroll/<id:pk>/", payroll.payroll_list, name="payroll_list"),
    path("payroll/<id:pk>/answer/", payroll.answer, name="answer_payroll"),
    path("payroll/<id:pk>/post/", payroll.post, name="post_payroll_list"),
    path("payroll/<id:pk>/reverse/", payroll.reverse_one, name="reverse_payroll_list"),
    path("payroll/<id:pk>/discard/", payroll.discard, name="discard_payroll_list"),
    path("payroll/lines/<id:pk>/person/", payroll.person, name="payroll_person"),
    path("contributions/", contributions.contributions, name="contributions"),
    path("contributions/add/", contributions.add, name="add_contribution"),
    path("contributions/<id:pk>/", contributions.contribution, name="contribution"),
    path("contributions/<id:pk>/charge/", contributions.charge, name="charge_contribution"),
    path("contributions/<id:pk>/cancel/", contributions.cancel, name="cancel_contribution"),
    path("reports/", reports.report, name="reports"),
    path("reports/count/", report_counts.count_report, name="count_report"),
    path("reports/lines/", reports.lines, name="report_lines"),
    path("reports/accounting/", accounting.accounting, name="accounting"),
    path("reports/print/", files.print_report, name="print_report"),
    path("reports/download/", files.download_report, name="download_report"),
    path("rates/", rates.rate_list, name="rates"),
    path("rates/add/", rates.add, name="add_rate"),
    path("rates/reductions/add/", rates.add_reduction, name="add_reduction"),
    path("rates/reductions/<id:pk>/end/", rates.end_one, name="end_reduction"),
    path("rates/reductions/<id:pk>/delete/", rates.take_one_back, name="take_reduction_back"),
    path("members/<id:pk>/reduce/", rates.reduce_member, name="reduce_member"),
    path("rates/<id:pk>/delete/", rates.take_back, name="take_rate_back"),
    path("members/<id:pk>/pay/", payments.pay, name="pay"),
    path("members/<id:pk>/opening/take-back/", opening.take_back, name="take_opening_back"),
    path("entries/<id:pk>/reverse/", payments.reverse, name="reverse"),
]
