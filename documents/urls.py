"""URLs of papers, consents and their texts."""

from django.urls import path

from documents.consents.views import consents, texts

from .printing import views as printing
from .tickets.views import balance, issuing, journals, papers, prints, stock, writing_off

app_name = "documents"

urlpatterns = [
    path("", printing.overview, name="print"),
    path("check/", printing.look_up, name="look_up"),
    path("forms/<slug:form>/blank/", printing.print_blank, name="print_blank"),
    path("forms/<slug:form>/members/<id:pk>/", printing.print_member, name="print_member"),
    path("forms/<slug:form>/many/", printing.print_many, name="print_many"),
    path("consents/", consents.register, name="consents"),
    path("consents/mark/", consents.mark_many, name="mark_many"),
    path("consents/members/<id:pk>/", consents.mark, name="mark_consent"),
    path("consents/members/<id:pk>/take-back/", consents.take_back, name="take_back"),
    path("consents/members/<id:pk>/scan/", consents.add_scan, name="add_scan"),
    path("consents/<id:pk>/scan/", consents.scan, name="consent_scan"),
    path("texts/", texts.versions, name="texts"),
    path("texts/new/", texts.new, name="new_text"),
    path("texts/<id:pk>/", texts.show, name="text"),
    path("blanks/", stock.overview, name="blanks"),
    path("blanks/receive/", stock.receive, name="receive_blanks"),
    path("blanks/hand-down/", stock.hand_down, name="hand_down_blanks"),
    path("blanks/write-off/", writing_off.write_off, name="write_off_blanks"),
    path("blanks/returned/", writing_off.move_issued, name="move_issued"),
    path("blanks/count/", writing_off.count, name="count_blanks"),
    path("blanks/destroy/", writing_off.destroy, name="destroy_blanks"),
    path("blanks/keeper/", writing_off.keeper, name="keeper_of_blanks"),
    path("blanks/balance/<id:pk>/", balance.balance, name="blank_balance"),
    path("blanks/papers/<id:pk>/", papers.paper, name="blank_paper"),
    path("blanks/books/", prints.books, name="blank_books"),
    path("blanks/empty/<slug:code>/", prints.print_empty, name="print_empty_blank_paper"),
    path("blanks/papers/<id:pk>/print/", prints.print_paper, name="print_blank_paper"),
    path("blanks/papers/<id:pk>/confirm/", papers.confirm, name="confirm_blanks"),
    path("blanks/papers/<id:pk>/take-back/", papers.take_back, name="take_back_blanks"),
    path("blanks/issue/", issuing.issue, name="issue_blanks"),
    path("blanks/issue/chosen/", issuing.issue_chosen, name="issue_chosen"),
    path("blanks/papers/<id:pk>/post/", papers.post, name="post_issue"),
    path("blanks/papers/<id:pk>/drop/", papers.drop, name="drop_issue"),
    path("blanks/opening/", issuing.opening, name="take_over_tickets"),
    path("blanks/journal/", journals.journal, name="ticket_journal"),
]
