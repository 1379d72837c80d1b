"""Papers and consents."""

from .base import ADMIN, CHAIR, DO, HEAD, LOG, MINE, MINE_RIGHT, NO, OWN, READ, Route

#: A page about the blanks of one's own organisation: every reader, whoever keeps them, whoever issues them to members.
OWN_BLANKS = "200 200 200 200 403 404 302"
KEEPS_BLANKS = "200 200 200 403 403 404 302"
ISSUES_BLANKS = "200 200 404 403 403 404 302"
#: Pages of write-offs of one's own organisation, and the balance of any organisation in scope.
WRITES_OFF_BLANKS = "200 200 200 403 403 404 302"
#: A print of one's own organisation that has blanks.
PRINTS_BLANKS = WRITES_OFF_BLANKS

ROUTES: dict[str, Route] = {
    "documents:print": Route(CHAIR, (), MINE_RIGHT, NO),
    "documents:look_up": Route(CHAIR, (), MINE_RIGHT, MINE_RIGHT),
    "documents:print_blank": Route(CHAIR, ("consent",), NO, MINE_RIGHT),
    "documents:print_member": Route(CHAIR, ("consent", "member"), OWN, OWN),
    "documents:print_many": Route(CHAIR, ("consent",), "200 302 302 403 403 200 302", "302 302 302 403 403 302 302"),
    "documents:consents": Route(CHAIR, (), MINE, NO),
    "documents:mark_many": Route(CHAIR, (), NO, "302 302 302 403 403 302 302"),
    "documents:mark_consent": Route(CHAIR, ("unsigned",), OWN, OWN),
    "documents:take_back": Route(CHAIR, ("signed",), OWN, DO),
    "documents:add_scan": Route(CHAIR, ("signed",), OWN, OWN),
    "documents:consent_scan": Route(CHAIR, ("consent_row",), OWN, NO, writes=LOG),
    "documents:texts": Route(HEAD, (), MINE, NO),
    "documents:new_text": Route(ADMIN, (), "200 403 403 403 403 403 302", "200 403 403 403 403 403 302"),
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
    "documents:print_empty_blank_paper": Route(CHAIR, ("issue_sheet",), NO, PRINTS_BLANKS),
    "documents:print_blank_paper": Route(CHAIR, ("sheet",), NO, OWN),
    "documents:text": Route(HEAD, ("text",), "200 200 200 200 403 404 302", NO),
}
