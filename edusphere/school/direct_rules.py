"""Who may write to whom directly, by the roles of the two: as the school decided, and what that means for open talks.

A direct room that the rules no longer allow (the school decided anew, the course they shared is over) is archived: read
by its people, and written in by nobody. `settle_direct` sees to that after every change that may matter.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from enum import StrEnum
from itertools import combinations_with_replacement
from uuid import UUID

from edusphere.database import Asking, Row
from edusphere.school.models import Role
from edusphere.school.room_news import TOLD

NAME = "direct_rules"
"""The school's decisions, in its settings."""


class DirectRule(StrEnum):
    NEVER = "NEVER"
    SHARED_COURSE = "SHARED_COURSE"
    """Who takes part in the same course, as long as it goes on."""
    ANYONE = "ANYONE"


Pair = tuple[Role, Role]
"""In the order of `Role`: one rule holds both ways."""
PAIRS: tuple[Pair, ...] = tuple(combinations_with_replacement(Role, 2))
FIRST: dict[Pair, DirectRule] = dict.fromkeys(PAIRS, DirectRule.ANYONE) | {
    (Role.STUDENT, Role.STUDENT): DirectRule.NEVER,
    (Role.STUDENT, Role.TEACHER): DirectRule.SHARED_COURSE,
    (Role.STUDENT, Role.GUARDIAN): DirectRule.NEVER,
    (Role.TEACHER, Role.GUARDIAN): DirectRule.SHARED_COURSE,
    (Role.GUARDIAN, Role.GUARDIAN): DirectRule.NEVER,
}
"""Until the school decides otherwise."""

# Whether the people `one` and `other` may write to each other; $1 to $3 are the rules.
ALLOWED = """
    EXISTS (
        SELECT FROM unnest($1::text[], $2::text[], $3::text[]) AS rules (role, other_role, says)
        WHERE ((role, other_role) = (one.role, other.role) OR (role, other_role) = (other.role, one.role))
          AND (says = 'ANYONE' OR says = 'SHARED_COURSE' AND EXISTS (
              SELECT FROM enrolments mine
              JOIN enrolments theirs ON theirs.course_id = mine.course_id AND theirs.person_id = other.id
              JOIN courses ON courses.id = mine.course_id AND courses.state = 'ACTIVE'
              WHERE mine.person_id = one.id
          ))
    )
"""
# Some may talk if each two of them may, or if staff are among them who may write to all the others. $4: whose direct
# rooms are looked at, NULL for all.
SETTLE = f"""
    WITH looked_at AS (
        SELECT id FROM rooms WHERE kind = 'DIRECT' AND deleted IS NULL AND ($4::uuid[] IS NULL OR id IN (
            SELECT room_id FROM memberships WHERE person_id = ANY($4)
        ))
    ), pairs AS (
        SELECT ones.room_id, one.id AS one, one.role IN ('TEACHER', 'ADMIN') AS staff, {ALLOWED} AS allowed
        FROM looked_at JOIN memberships ones ON ones.room_id = looked_at.id JOIN people one ON one.id = ones.person_id
        JOIN memberships others ON others.room_id = ones.room_id AND others.person_id <> ones.person_id
        JOIN people other ON other.id = others.person_id
    ), per_person AS (
        SELECT room_id, one, bool_and(allowed) AS with_all, bool_or(staff) AS staff FROM pairs GROUP BY room_id, one
    ), verdicts AS (
        SELECT room_id, bool_and(with_all) OR bool_or(staff AND with_all) AS allowed FROM per_person GROUP BY room_id
    )
    UPDATE rooms SET archived = CASE WHEN allowed THEN NULL ELSE now() END
    FROM verdicts WHERE rooms.id = room_id AND allowed = (archived IS NOT NULL)
    RETURNING {TOLD}
"""  # noqa: S608 (our own text)


async def direct_rules(asking: Asking) -> dict[Pair, DirectRule]:
    """Return what holds now, for every pair of roles."""
    row = await asking.row("SELECT value FROM school_settings WHERE name = $1", NAME)
    return FIRST if row is None else FIRST | decoded(row["value"])


def decoded(value: str | Mapping[str, str]) -> dict[Pair, DirectRule]:
    """Read what was kept: `{"STUDENT TEACHER": "NEVER"}`; what this version does not know is left out."""

    kept = json.loads(value) if isinstance(value, str) else value
    return {pair: DirectRule(kept[" ".join(pair)]) for pair in PAIRS if " ".join(pair) in kept}


def columns(rules: Mapping[Pair, DirectRule]) -> tuple[list[str], list[str], list[str]]:
    """Return the rules as SQL takes them."""
    return (
        [one.value for one, _ in rules],
        [other.value for _, other in rules],
        [rule.value for rule in rules.values()],
    )


async def settle_direct(asking: Asking, person_ids: Collection[UUID] | None) -> list[Row]:
    """Archive the direct rooms of these people (None: of all) that are no longer allowed, and open those that are.

    Returns those that changed, to be told by `tell_rooms`.
    """
    rules = columns(await direct_rules(asking))
    return await asking.rows(SETTLE, *rules, None if person_ids is None else list(person_ids))
