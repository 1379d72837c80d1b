"""Dues."""

from .base import CHAIR, DO, HEAD, KEEPERS, MINE, NO, OWN, Route

ROUTES: dict[str, Route] = {
    "dues:overview": Route(CHAIR, (), MINE, NO),
    "dues:charge_year": Route(CHAIR, (), NO, "302 302 403 403 403 302 302"),
    "dues:close_books": Route(CHAIR, (), "200 200 403 403 403 200 302", "200 200 403 403 403 200 302"),
    "dues:reopen_books": Route(CHAIR, (), "200 302 403 403 403 302 302", "200 302 403 403 403 302 302"),
    "dues:collect": Route(CHAIR, (), KEEPERS, KEEPERS),
    "dues:openings": Route(CHAIR, (), "200 200 403 403 403 403 302", "200 200 403 403 403 403 302"),
    "dues:rates": Route(CHAIR, (), MINE, NO),
    "dues:add_rate": Route(HEAD, (), "200 403 403 403 403 403 302", "200 403 403 403 403 403 302"),
    "dues:take_rate_back": Route(HEAD, ("rate",), NO, "302 403 403 403 403 403 302"),
    "dues:pay": Route(CHAIR, ("member",), OWN, OWN),
    "dues:take_opening_back": Route(CHAIR, ("member",), DO, DO),
    "dues:reverse": Route(CHAIR, ("ledger",), OWN, OWN),
}
