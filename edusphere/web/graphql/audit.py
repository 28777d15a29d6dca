"""What staff did."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from ariadne import ObjectType, QueryType

from edusphere.school.models import AuditEntry
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query, entry = QueryType(), ObjectType("AuditEntry")
bindables = [query, entry]


@query.field("auditEntries")
async def audit_entries(
    _: Any,
    info: Info,
    first: int,
    search: str | None = None,
    subject_id: UUID | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    return connection(await context.school.audit.listed(context.me, search, subject_id, first, after))


@entry.field("details")
def details(source: AuditEntry, _info: Info) -> Any:
    return json.loads(source.details) if isinstance(source.details, str) else source.details
