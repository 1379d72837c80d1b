"""URLs of papers, consents and their texts."""

from django.urls import path

from documents.consents.views import consents, texts

from . import views
from .ecards.views import batches, cards, deliveries, orders, overview
from .ecards.views import prints as card_prints
from .exchange.views import leaflets, messages, settings
from .printing import views as printing
from .tickets.views import balance, issuing, journals, papers, prints, stock, writing_off

app_name = "documents"

urlpatterns = [
    path("", printing.overview, name="print"),
    path("forms/<slug:form>/blank/", printing.print_blank, name="print_blank"),
    path("forms/<slug:form>/members/<id:pk>/", printing.print_member, name="print_member"),
    path("forms/<slug:form>/many/", printing.print_many, name="print_many"),
    path("organization/<slug:code>/", views.organization_paper, name="organization_paper"),
    path("consents/", consents.register, name="consents"),
    path("consents/mark/", consents.mark_many, name="mark_many"),
    path("consents/members/<id:pk>/", consents.mark, name="mark_consent"),
    path("consents/members/<id:pk>/take-back/", consents.take_back, name="take_back"),
    path("consents/members/<id:pk>/scan/", consents.add_scan, name="add_scan"),
    path("consents/<id:pk>/scan/", consents.scan, name="consent_scan"),
    path("texts/", texts.versions, name="texts"),
    path("texts/new/", texts.new, name="new_text"),
    path("texts/<id:pk>/", texts.show, name="text"),
    path("programme/", messages.overview, name="programme"),
    path("programme/again/", messages.send_again, name="send_again"),
    path("programme/leaflets/", leaflets.leaflets, name="leaflets"),
    path("programme/leaflets/give/", leaflets.give, name="give_leaflets"),
    path("programme/settings/", settings.change, name="programme_settings"),
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
    path("blanks/books/<id:pk>/", prints.books, name="blank_books_of"),
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
    path("cards/", overview.overview, name="cards"),
    path("cards/choose/", orders.choose, name="choose_cards"),
    path("cards/chosen/", orders.order_chosen, name="order_chosen"),
    path("cards/members/<id:pk>/another/", orders.another, name="another_card"),
    path("cards/orders/<id:pk>/", orders.order, name="card_order"),
    path("cards/orders/<id:pk>/submit/", orders.submit, name="submit_cards"),
    path("cards/orders/<id:pk>/recall/", orders.recall, name="recall_cards"),
    path("cards/orders/<id:pk>/drop/", orders.drop, name="drop_card_order"),
    path("cards/orders/<id:pk>/check/", orders.check, name="check_cards"),
    path("cards/orders/<id:pk>/print/", card_prints.print_order, name="print_card_order"),
    path("cards/requests/<id:pk>/take-out/", orders.take_out, name="take_out_card"),
    path("cards/requests/<id:pk>/reject/", batches.reject, name="reject_card"),
    path("cards/requests/<id:pk>/fail/", batches.fail, name="fail_card"),
    path("cards/requests/<id:pk>/return/", cards.give_back, name="give_card_back"),
    path("cards/gather/", batches.gather, name="gather_cards"),
    path("cards/batches/<id:pk>/", batches.batch, name="card_batch"),
    path("cards/batches/<id:pk>/send/", batches.send, name="send_cards"),
    path("cards/batches/<id:pk>/drop/", batches.drop, name="drop_card_batch"),
    path("cards/batches/<id:pk>/archive/", batches.archive, name="card_archive"),
    path("cards/batches/<id:pk>/answer/", batches.load_answer, name="load_card_answer"),
    path("cards/batches/<id:pk>/printed/", batches.printed, name="cards_printed"),
    path("cards/batches/<id:pk>/faces/", card_prints.print_faces, name="print_card_faces"),
    path("cards/answers/<id:pk>/", batches.answer, name="card_answer"),
    path("cards/parcel/", deliveries.parcel, name="card_parcel"),
    path("cards/hand-down/", deliveries.hand_down, name="hand_cards_down"),
    path("cards/deliveries/<id:pk>/", deliveries.delivery, name="card_delivery"),
    path("cards/deliveries/<id:pk>/confirm/", deliveries.confirm, name="confirm_cards"),
    path("cards/hand-out/", cards.hand_out, name="hand_out_cards"),
    path("cards/hand-out/sheet/", card_prints.print_sheet, name="print_card_sheet"),
    path("cards/<id:pk>/block/", cards.block, name="block_card"),
    path("cards/<id:pk>/destroy/", cards.destroy, name="destroy_card"),
]
