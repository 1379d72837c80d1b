"""Papers and consents."""

from .base import (
    ADMIN,
    CHAIR,
    DO,
    HEAD,
    LOG,
    MINE,
    MINE_RIGHT,
    NO,
    OWN,
    READ,
    SCHOOL,
    UNION_ADMIN,
    UNION_REGION,
    Route,
)

#: Pages about the organisation's blanks: for every reader, for keepers of blanks, for officers who issue them.
OWN_BLANKS = "200 200 200 200 403 404 302"
KEEPS_BLANKS = "200 200 200 403 403 404 302"
ISSUES_BLANKS = "200 200 404 403 403 404 302"
#: Pages of write-offs of the actor's own organisation, and the balance of any organisation in scope.
WRITES_OFF_BLANKS = "200 200 200 403 403 404 302"
#: A print for the actor's own organisation, which has blanks.
PRINTS_BLANKS = WRITES_OFF_BLANKS
#: A paper about an organisation of the society that keeps cards.
KEEPERS_PRINTS = "200 200 404 403 403 404 302"

#: A page that needs no sign-in.
ANYBODY = "200 200 200 200 200 200 200"
#: A page of the federation's bonus programme.
PROGRAMME = "200 200 200 200 403 404 302"
#: The same for organisations that have members.
LEAFLETS = "200 200 404 403 403 404 302"

ROUTES: dict[str, Route] = {
    "documents:print": Route(CHAIR, (), MINE_RIGHT, NO),
    "documents:look_up": Route(CHAIR, (), MINE_RIGHT, MINE_RIGHT),
    "documents:print_blank": Route(CHAIR, ("consent",), NO, MINE_RIGHT),
    "documents:print_member": Route(CHAIR, ("consent", "member"), OWN, OWN),
    "documents:print_many": Route(CHAIR, ("consent",), "200 302 302 403 403 200 302", "302 302 302 403 403 302 302"),
    "documents:organization_paper": Route(CHAIR, ("card_file",), KEEPERS_PRINTS, "200 200 404 403 403 404 302"),
    "documents:printers": Route(CHAIR, (), MINE_RIGHT, NO),
    "documents:add_printer": Route(CHAIR, (), MINE_RIGHT, MINE_RIGHT),
    "documents:edit_printer": Route(CHAIR, ("printer",), OWN, OWN),
    "documents:remove_printer": Route(CHAIR, ("printer",), NO, DO),
    "documents:test_printer": Route(CHAIR, ("printer",), NO, OWN),
    "documents:consents": Route(CHAIR, (), MINE, NO),
    "documents:mark_many": Route(CHAIR, (), NO, "302 302 302 403 403 302 302"),
    "documents:mark_consent": Route(CHAIR, ("unsigned",), OWN, OWN),
    "documents:take_back": Route(CHAIR, ("signed",), OWN, DO),
    "documents:add_scan": Route(CHAIR, ("signed",), OWN, OWN),
    "documents:withdraw_consent": Route(CHAIR, ("signed",), OWN, OWN),
    "documents:withdrawals": Route(CHAIR, (), MINE_RIGHT, NO),
    "documents:withdrawal": Route(CHAIR, ("withdrawal",), OWN, NO),
    "documents:withdrawal_scan": Route(CHAIR, ("withdrawal",), OWN, NO, writes=LOG),
    "documents:block_member": Route(CHAIR, ("withdrawal",), NO, DO),
    "documents:withdrawal_told": Route(CHAIR, ("withdrawal",), NO, OWN),
    "documents:destroy_data": Route(CHAIR, ("blocked_withdrawal",), OWN, OWN),
    "documents:release_card": Route(CHAIR, ("withdrawal",), NO, OWN),
    "documents:print_withdrawal_notice": Route(CHAIR, ("withdrawal",), NO, OWN),
    "documents:consent_scan": Route(CHAIR, ("consent_row",), OWN, NO, writes=LOG),
    "documents:requests": Route(CHAIR, (), MINE_RIGHT, NO),
    "documents:add_request": Route(CHAIR, ("signed",), OWN, OWN),
    "documents:request": Route(CHAIR, ("own_request",), OWN, NO),
    "documents:extend_request": Route(CHAIR, ("own_request",), NO, OWN),
    "documents:answer_request": Route(CHAIR, ("own_request",), NO, OWN),
    "documents:refuse_request": Route(CHAIR, ("own_request",), NO, OWN),
    "documents:recall_request": Route(CHAIR, ("own_request",), NO, OWN),
    "documents:reopen_request": Route(CHAIR, ("own_request",), NO, DO),
    "documents:print_extract": Route(CHAIR, ("own_request",), NO, OWN),
    "documents:download_extract": Route(CHAIR, ("own_request",), NO, OWN),
    "documents:print_request_letter": Route(CHAIR, ("own_request",), NO, DO),
    "documents:request_scan": Route(CHAIR, ("own_request",), OWN, NO, writes=LOG),
    "documents:texts": Route(HEAD, (), MINE, NO),
    "documents:new_text": Route(ADMIN, (), "200 403 403 403 403 403 302", "200 403 403 403 403 403 302"),
    "documents:form_texts": Route(HEAD, (), MINE, NO),
    "documents:form_text": Route(HEAD, ("certificate",), MINE, NO),
    "documents:new_form_text": Route(
        ADMIN, ("certificate",), "200 403 403 403 403 403 302", "200 403 403 403 403 403 302"
    ),
    "documents:programme": Route(SCHOOL, (), PROGRAMME, NO),
    "documents:send_again": Route(SCHOOL, (), NO, "302 302 302 403 403 404 302"),
    "documents:programme_file": Route(UNION_ADMIN, ("exchange_file",), NO, "403 404 404 403 403 404 302"),
    "documents:leaflets": Route(SCHOOL, (), LEAFLETS, NO),
    "documents:give_leaflets": Route(SCHOOL, (), NO, "302 302 404 403 403 404 302"),
    "documents:programme_settings": Route(
        UNION_ADMIN, (), "200 403 403 403 403 403 302", "200 403 403 403 403 403 302"
    ),
    "documents:blanks": Route(CHAIR, (), OWN_BLANKS, NO),
    "documents:receive_blanks": Route(CHAIR, (), KEEPS_BLANKS, KEEPS_BLANKS),
    "documents:hand_down_blanks": Route(CHAIR, (), KEEPS_BLANKS, KEEPS_BLANKS),
    "documents:blank_paper": Route(CHAIR, ("sheet",), READ, NO),
    "documents:confirm_blanks": Route(CHAIR, ("handed",), NO, OWN),
    "documents:take_back_blanks": Route(CHAIR, ("handed",), NO, "403 404 404 403 403 404 302"),
    "documents:issue_blanks": Route(CHAIR, (), ISSUES_BLANKS, "302 302 404 403 403 404 302"),
    "documents:issue_chosen": Route(CHAIR, (), NO, "302 302 404 403 403 404 302"),
    "documents:post_issue": Route(CHAIR, ("sheet",), NO, OWN),
    "documents:drop_issue": Route(CHAIR, ("sheet",), NO, DO),
    "documents:take_over_tickets": Route(CHAIR, (), ISSUES_BLANKS, ISSUES_BLANKS),
    "documents:ticket_journal": Route(CHAIR, (), OWN_BLANKS, NO),
    "documents:write_off_blanks": Route(CHAIR, (), WRITES_OFF_BLANKS, WRITES_OFF_BLANKS),
    "documents:move_issued": Route(CHAIR, (), WRITES_OFF_BLANKS, WRITES_OFF_BLANKS),
    "documents:count_blanks": Route(CHAIR, (), WRITES_OFF_BLANKS, WRITES_OFF_BLANKS),
    "documents:destroy_blanks": Route(CHAIR, (), WRITES_OFF_BLANKS, WRITES_OFF_BLANKS),
    "documents:keeper_of_blanks": Route(CHAIR, (), WRITES_OFF_BLANKS, WRITES_OFF_BLANKS),
    "documents:blank_balance": Route(CHAIR, ("local",), READ, NO),
    "documents:blank_books": Route(CHAIR, (), PRINTS_BLANKS, PRINTS_BLANKS),
    "documents:blank_books_of": Route(CHAIR, ("local",), OWN, OWN),
    "documents:print_empty_blank_paper": Route(CHAIR, ("issue_sheet",), NO, PRINTS_BLANKS),
    "documents:print_blank_paper": Route(CHAIR, ("sheet",), NO, OWN),
    "documents:cards": Route(SCHOOL, (), OWN_BLANKS, NO),
    "documents:choose_cards": Route(SCHOOL, (), ISSUES_BLANKS, "302 302 404 403 403 404 302"),
    "documents:order_chosen": Route(SCHOOL, (), NO, "302 302 404 403 403 404 302"),
    "documents:another_card": Route(SCHOOL, ("card_holder",), OWN, OWN),
    "documents:card_order": Route(SCHOOL, ("card_draft",), READ, NO),
    "documents:submit_cards": Route(SCHOOL, ("card_draft",), OWN, DO),
    "documents:recall_cards": Route(SCHOOL, ("card_draft",), NO, DO),
    "documents:drop_card_order": Route(SCHOOL, ("card_draft",), NO, DO),
    "documents:check_cards": Route(SCHOOL, ("card_draft",), NO, "403 404 404 403 403 404 302"),
    "documents:print_card_order": Route(SCHOOL, ("card_draft",), NO, OWN),
    "documents:take_out_card": Route(SCHOOL, ("card_line",), NO, DO),
    "documents:reject_card": Route(UNION_REGION, ("card_ordered",), OWN, OWN),
    "documents:fail_card": Route(UNION_REGION, ("card_sent",), OWN, OWN),
    "documents:give_card_back": Route(SCHOOL, ("card_lying",), OWN, OWN),
    "documents:gather_cards": Route(UNION_REGION, (), NO, "302 302 302 403 403 404 302"),
    "documents:card_batch": Route(UNION_REGION, ("card_batch",), READ, NO),
    "documents:send_cards": Route(UNION_REGION, ("card_batch_draft",), OWN, DO),
    "documents:drop_card_batch": Route(UNION_REGION, ("card_batch_draft",), NO, DO),
    "documents:card_archive": Route(UNION_REGION, ("card_batch",), NO, DO),
    "documents:load_card_answer": Route(UNION_REGION, ("card_batch",), OWN, OWN),
    "documents:cards_printed": Route(UNION_REGION, ("card_batch",), DO, DO),
    "documents:print_card_faces": Route(UNION_REGION, ("card_batch",), NO, "404 404 404 403 403 404 302"),
    "documents:card_answer": Route(UNION_REGION, ("card_answer",), READ, NO),
    "documents:card_parcel": Route(UNION_REGION, (), KEEPS_BLANKS, KEEPS_BLANKS),
    "documents:hand_cards_down": Route(SCHOOL, (), KEEPS_BLANKS, KEEPS_BLANKS),
    "documents:card_delivery": Route(UNION_REGION, ("card_parcel",), READ, NO),
    "documents:print_card_act": Route(UNION_REGION, ("card_act",), NO, OWN),
    "documents:confirm_cards": Route(UNION_REGION, ("card_parcel",), NO, DO),
    "documents:hand_out_cards": Route(SCHOOL, (), ISSUES_BLANKS, ISSUES_BLANKS),
    "documents:print_empty_card_paper": Route(SCHOOL, ("card_order",), NO, ISSUES_BLANKS),
    "documents:print_card_sheet": Route(SCHOOL, (), NO, ISSUES_BLANKS),
    "documents:block_card": Route(SCHOOL, ("electronic_card",), OWN, OWN),
    "documents:destroy_card": Route(SCHOOL, ("void_card",), OWN, OWN),
    # Requests are counted, to limit guessing of codes.
    "verify_card": Route(SCHOOL, ("a" * 32,), ANYBODY, "405 405 405 405 405 405 405", writes=("registry_visitcount",)),
    "documents:text": Route(HEAD, ("text",), "200 200 200 200 403 404 302", NO),
}
