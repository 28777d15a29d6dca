"""Who may do what, for people to read."""

from __future__ import annotations

from typing import Any

from ariadne import QueryType

from edusphere.school.roles import role_tables
from edusphere.web.graphql.context import Context, Info, Payload

query = QueryType()
bindables = [query]


@query.field("roleTables")
def tables(_: Any, info: Info) -> list[Payload]:
    context: Context = info.context
    _me = context.signed_in
    return [
        {
            "place": table.place,
            "roles": table.roles,
            "permissions": [{"permission": name.name, "roles": able} for name, able in table.permissions.items()],
        }
        for table in role_tables()
    ]
