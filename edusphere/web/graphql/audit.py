"""What staff did."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from ariadne import ObjectType, QueryType

from edusphere.school.audit import SubjectKind
from edusphere.school.models import AuditEntry
from edusphere.web.graphql.context import Context, Info, Payload
from edusphere.web.graphql.pages import connection

query, entry = QueryType(), ObjectType("AuditEntry")
bindables = [query, entry]


@query.field("auditEntries")
async def audit_entries(
    _: Any,
    info: Info,
    descending: bool,
    first: int,
    search: str | None = None,
    subject_id: UUID | None = None,
    subject_kind: str | None = None,
    after: str | None = None,
) -> Payload:
    context: Context = info.context
    kind = None if subject_kind is None else SubjectKind(subject_kind)
    return connection(
        await context.school.audit.listed(context.me, search, subject_id, kind, first, after, descending=descending)
    )


@entry.field("details")
def details(source: AuditEntry, _info: Info) -> Any:
    return json.loads(source.details) if isinstance(source.details, str) else source.details
