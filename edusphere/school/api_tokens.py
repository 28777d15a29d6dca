"""Tokens by which programs act in a person's name: made by the person or at the command line, shown once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import SessionEnded
from edusphere.database import Database
from edusphere.errors import Conflict, Invalid, NotFound
from edusphere.realtime import Realtime
from edusphere.school import words
from edusphere.school.credentials import Credentials
from edusphere.school.keys import digest, new_token
from edusphere.school.me import Me, in_person
from edusphere.school.models import ApiToken, Role, TokenScope
from edusphere.school.models.ids import new_id
from edusphere.school.sessions import ME, SEEN_EVERY
from edusphere.school.telling import to_the_end
from edusphere.settings import DAYS, Settings

MOST_DAYS = 3650


class ApiTokens:
    def __init__(self, database: Database, realtime: Realtime, settings: Settings, credentials: Credentials) -> None:
        self._database = database
        self._realtime = realtime
        self._credentials = credentials
        self._most = settings.api_tokens_per_person

    async def create(
        self, me: Me | None, name: str, scope: TokenScope, days: int | None, password: str
    ) -> tuple[ApiToken, str]:
        """Make a token for a program of one's own; who asks types their password. Returned with it: its secret.

        Raises:
            NotSignedIn, Forbidden, TooMany
            Invalid: another password, a name that is none, a number of days that cannot be.
            Conflict: one has too many already.
        """
        person = await self._credentials.prove(me, "password", password)
        return await self.make(person.id, name, scope, days)

    async def make(
        self, person_id: UUID, name: str, scope: TokenScope = TokenScope.WRITE, days: int | None = None
    ) -> tuple[ApiToken, str]:
        """Make a token, as whoever sits at the command line.

        Raises:
            Invalid, Conflict: as `create`.
        """
        label = words.check("name", words.line, name, 100)
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise Invalid("days", f"A token is good for 1 to {MOST_DAYS:,} days.")
        secret = new_token()
        async with self._database.transaction() as transaction:
            await transaction.execute("DELETE FROM api_tokens WHERE person_id = $1 AND expires < now()", person_id)
            # The person's row is locked: of two who make the last one at once the second waits.
            await transaction.execute("SELECT FROM people WHERE id = $1 FOR UPDATE", person_id)
            there = await transaction.one("SELECT count(*) AS n FROM api_tokens WHERE person_id = $1", person_id)
            if there["n"] >= self._most:
                raise Conflict(f"There are {self._most} tokens already. Please revoke one that is no longer used.")
            made = await transaction.rows(
                """
                INSERT INTO api_tokens (id, person_id, name, scope, digest, created, expires)
                VALUES ($1, $2, $3, $4, $5, now(), now() + $6::interval) RETURNING *
                """,
                new_id(),
                person_id,
                label,
                scope.value,
                digest(secret),
                None if days is None else timedelta(seconds=days * DAYS),
            )
        return self._database.made(ApiToken, made)[0], secret

    async def mine(self, me: Me | None) -> list[ApiToken]:
        """Return one's own tokens that are good, newest first; there are never many.

        Raises:
            NotSignedIn, Forbidden: nobody, or a program, asks.
        """
        return [token for token, _ in await self.all(in_person(me).id)]

    async def all(self, person_id: UUID | None = None) -> list[tuple[ApiToken, str]]:
        """Return the tokens that are good, of everybody or of one, each with its person's username."""
        rows = await self._database.rows(
            """
            SELECT api_tokens.*, people.username FROM api_tokens JOIN people ON people.id = person_id
            WHERE ($1::uuid IS NULL OR person_id = $1) AND (expires IS NULL OR expires > now())
            ORDER BY people.username, api_tokens.created DESC
            """,
            person_id,
        )
        return [(token, row["username"]) for token, row in zip(self._database.made(ApiToken, rows), rows, strict=True)]

    async def revoke(self, me: Me | None, token_id: UUID) -> None:
        """End one of one's own tokens, on all its sockets at once.

        Raises:
            NotSignedIn, Forbidden
            NotFound: one has none of this id.
        """
        await to_the_end(self._revoke(token_id, in_person(me).id))

    async def revoke_any(self, token_id: UUID) -> None:
        """End a token, as whoever sits at the command line.

        Raises:
            NotFound: there is none of this id.
        """
        await to_the_end(self._revoke(token_id, None))

    async def me(self, secret: str) -> Me | None:
        """Return in whose name a program asks, or None."""
        row = await self._database.row(
            f"""
            SELECT {ME}, api_tokens.id AS token_id, api_tokens.scope,
                   coalesce(api_tokens.used < now() - $2::interval, true) AS unseen
            FROM api_tokens JOIN people ON people.id = api_tokens.person_id
            WHERE api_tokens.digest = $1 AND people.disabled IS NULL
              AND (api_tokens.expires IS NULL OR api_tokens.expires > now())
            """,  # noqa: S608 (our own text)
            digest(secret),
            SEEN_EVERY,
        )
        if row is None:
            return None
        if row["unseen"]:
            await self._database.rows("UPDATE api_tokens SET used = now() WHERE id = $1", row["token_id"])
        return Me(
            row["id"],
            row["username"],
            row["name"],
            row["avatar"],
            Role(row["role"]),
            session_id=None,
            token_id=row["token_id"],
            read_only=row["scope"] != TokenScope.WRITE,
        )

    async def _revoke(self, token_id: UUID, person_id: UUID | None) -> None:
        row = await self._database.row(
            "DELETE FROM api_tokens WHERE id = $1 AND ($2::uuid IS NULL OR person_id = $2) RETURNING person_id",
            token_id,
            person_id,
        )
        if row is None:
            raise NotFound("There is no such token.")
        await self._realtime.end_sessions(
            SessionEnded(why="signed_out"), CloseCode.SESSION_ENDED, person_id=row["person_id"], session_ids=[token_id]
        )
