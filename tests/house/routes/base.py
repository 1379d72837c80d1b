"""Rows of the table.

The seven statuses are in the order of `cast.ACTORS`: the owner, the chair of a neighbouring organisation, the chair of
another branch, a reviewer of the owner's organisation, a former officer, the chair of the other federation, an
anonymous visitor. A POST has no data, so actors with the right get the form again or are redirected.
"""

from dataclasses import dataclass

#: A page about a row, which readers of the organisation may open.
READ = "200 404 404 200 403 404 302"
#: A page or form of a step that reviewers may not take.
OWN = "200 404 404 403 403 404 302"
#: A step that is done at once and redirects to the next page.
DO = "302 404 404 403 403 404 302"
#: Refused for everybody, because the page accepts only the other method.
NO = "405 405 405 405 405 405 302"
#: A page of the actor's own scope, for every officer or for those who may change.
MINE = "200 200 200 200 403 200 302"
MINE_RIGHT = "200 200 200 403 403 200 302"
#: A page for organisations that keep cards.
KEEPERS = "200 200 403 403 403 200 302"
#: A page for every signed-in account.
SIGNED_IN = "200 200 200 200 200 200 302"


@dataclass(frozen=True)
class Route:
    """One address: its owner, the rows in the address, the statuses of GET and of POST.

    `writes` names the tables that the owner's GET may write: the log of opened records and nothing else.
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
