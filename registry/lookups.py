"""The lookup `among`: one of many ids that are sent as a single parameter."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import AutoField, BigAutoField, ForeignKey, Lookup


class Among(Lookup[Any]):
    """Compare a column of ids with many: `filter(account__among=ids)`.

    `in` makes a parameter of each id, of which databases allow some thousands, and whose preparing takes longer than
    the query. An empty list matches nothing; objects and querysets are not accepted.
    """

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[int]:
        return [int(pk) for pk in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(self.rhs))  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        # As text, which the driver sends as it is; a list is converted one by one.
        return f"{lhs} = ANY(%s::bigint[])", (*params, "{" + ",".join(map(str, self.rhs)) + "}")


def register() -> None:
    """Let columns of ids be compared by `among`."""
    for kind in (AutoField, BigAutoField, ForeignKey):
        kind.register_lookup(Among)
