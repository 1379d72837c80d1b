"""The version of this code, and the releases that may run beside it during an upgrade (docs/deploy.md, «Upgrade»).

Each release adds its line here and increases VERSION. The commit is given instead of a tag, which a clone may lack.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "0.2.0"


@dataclass(frozen=True)
class Release:
    """A released version: its commit, and the last migration of each app in it."""

    version: str
    commit: str
    migrations: dict[str, str]


#: From the oldest to the newest. The code of the newest must be able to run on the tables of this version.
RELEASES = (
    Release(
        "0.1.0",
        "fbf119bbe00a14064e14bd8743fca0cfd8d2cb32",
        {
            "registry": "0031_breaches_of_personal_data",
            "members": "0033_searches_beyond_the_organisation",
            "dues": "0023_files_of_statements_are_taken_back",
            "documents": "0023_who_consolidates_orders_of_cards",
        },
    ),
)
FORMER = RELEASES[-1]
