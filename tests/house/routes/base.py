"""Rows of the table.

Seven answers stand in the order of `cast.ACTORS`: the owner, the chair of a neighbouring organisation, the chair of
another branch, a reviewer of the owner's organisation, somebody whose appointment has ended, the chair of the other
federation, nobody signed in. The data of a POST are empty: who may do it meets the form again or is sent on.
"""

from dataclasses import dataclass

#: A page about a row that readers of the organisation open.
READ = "200 404 404 200 403 404 302"
#: A page or form of a step that the reviewer may not do.
OWN = "200 404 404 403 403 404 302"
#: A step that is done at once, and the next page.
DO = "302 404 404 403 403 404 302"
#: Refused for everybody, because the page accepts only the other method.
NO = "405 405 405 405 405 405 302"
#: A page of one's own scope, for every officer or for those who may change.
MINE = "200 200 200 200 403 200 302"
MINE_RIGHT = "200 200 200 403 403 200 302"
#: A page for organisations that keep cards.
KEEPERS = "200 200 403 403 403 200 302"
#: A page for everybody who is signed in.
SIGNED_IN = "200 200 200 200 200 200 302"


@dataclass(frozen=True)
class Route:
    """One address: whose it is, the rows its address names, the answers to GET and to POST.

    `writes` names the tables that the owner's GET may write: the log of opening and nothing else.
    """

    owner: str
    rows: tuple[str, ...]
    get: str
    post: str
    query: str = ""
    writes: tuple[str, ...] = ()


CHAIR, CELL, REGION, HEAD, ADMIN = "voi-local", "voi-primary", "voi-region", "voi-federal", "voi-admin"
SCHOOL, UNION_LOCAL, UNION_REGION, TARGET = "union-primary", "union-local", "union-region", "union-target"
UNION_ADMIN = "union-admin"
LOG = ("registry_event", "registry_journalchain")
