"""Signing in and staying signed in. A session is one device's; its refresh tokens are a family.

A refresh token is used once: it is then replaced by its successor, which is made from it by the school's key. So a
second tab that brings the same token within the grace is given the same successor. Who brings a used token later has
stolen it, or was stolen from: the whole family ends.
Source: RFC 9700, 4.14.2 (refresh token rotation).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from edusphere.contract.close_codes import CloseCode
from edusphere.contract.events import SessionEnded
from edusphere.database import Database, Row, Transaction
from edusphere.errors import Invalid, NotFound, NotSignedIn, TooMany, Unavailable
from edusphere.realtime import Realtime
from edusphere.school import words
from edusphere.school.keys import Keys, digest, new_token
from edusphere.school.known_devices import KnownDevices
from edusphere.school.me import Me, in_person
from edusphere.school.models import Role, Session
from edusphere.school.models.ids import new_id
from edusphere.school.pace import AddressPace, Limit, SharedPace
from edusphere.school.passwords import Passwords
from edusphere.school.telling import to_the_end
from edusphere.settings import MINUTES, Settings

log = logging.getLogger(__name__)

SUCCESSOR = "refresh token"
WRONG = "The e-mail address or the password is wrong."
OVER = "You were signed out. Please sign in again."
EndedWhy = Literal["signed_out", "password_changed", "disabled", "expired", "reused"]
SEEN_EVERY = timedelta(minutes=1)
LISTED = 100
DEVICES = 3
"""So many times what one known device may guess is what all that are known to an account may."""

# $1 is how long a session may rest. All that makes one alive, in one place.
ALIVE = """
    sessions.ended IS NULL AND sessions.expires > now() AND sessions.seen > now() - $1::interval
    AND people.disabled IS NULL
"""
ME = "people.id, people.username, people.name, people.avatar, people.role"


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody signs in: the browser's own name for itself, and its address."""

    name: str = ""
    address: str = ""
    proof: str = field(default="", repr=False)
    """What it brings to say that it is known."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    me: Me
    session_id: UUID
    refresh_token: str = field(repr=False)
    expires: datetime
    """When the session ends at the latest."""


def _give_back(counted: Iterable[tuple[SharedPace, str]]) -> None:
    for pace, key in counted:
        pace.give_back(key)


class Sessions:
    def __init__(
        self, database: Database, realtime: Realtime, settings: Settings, keys: Keys, passwords: Passwords
    ) -> None:
        self._database = database
        self._realtime = realtime
        self._keys = keys
        self._passwords = passwords
        self.known_devices = KnownDevices(keys)
        self._idle = timedelta(seconds=settings.session_idle)
        self._lifetime = timedelta(seconds=settings.session_lifetime)
        self._grace = timedelta(seconds=settings.refresh_grace)
        sentence = "There were too many attempts to sign in. Please wait a little and try again."
        on = settings.limits == "on"

        def pace(what: str, times: int, kind: type[SharedPace] = SharedPace) -> SharedPace:
            return kind(realtime, f"sign-ins of {what}", Limit(times, 5 * MINUTES), sentence=sentence, on=on)

        self._per_account = pace("an account", settings.sign_ins_per_account)
        self._per_address = pace("an address", settings.sign_ins_per_address, AddressPace)
        self._per_device = pace("a known device", settings.sign_ins_per_account)
        self._per_accounts_devices = pace("an account's known devices", DEVICES * settings.sign_ins_per_account)

    async def sign_in(self, email: str, password: str, device: Device) -> SignedIn:
        """Begin a session.

        Raises:
            Invalid: wrong, whatever of it is: no account, another password, a disabled account. All take as long.
            TooMany: too many failed for this account or from this address, or too many sign in just now. A device that
                is known to the account has tries of its own, whatever others did.
        """
        account = email.strip().lower()
        if words.is_clean(account):
            account = words.composed(account)
        known = self._known_device(account, device)
        # Counted before the answer is known, so that a hundred guesses at once are still a hundred. Not so for the
        # address: a whole school may be signing in from there in the same second, and all of them rightly.
        if known is None:
            self._per_address.look(device.address)
            counted: list[tuple[SharedPace, str]] = [(self._per_account, digest(account))]
        else:
            counted = [(self._per_device, known), (self._per_accounts_devices, digest(account))]
        for pace, key in counted:
            pace.take(key)
        person = None
        try:
            if words.is_clean(account):
                person = await self._database.row(
                    f"SELECT {ME}, people.password FROM people WHERE email = $1 AND disabled IS NULL",  # noqa: S608
                    account,
                )
            right = await self._passwords.is_right(person and person["password"], password)
        except (TooMany, Unavailable):
            _give_back(counted)
            raise
        if not right or person is None:
            if known is None:
                self._per_address.note(device.address)
            raise Invalid("password", WRONG)
        _give_back(counted)
        async with self._database.transaction() as transaction:
            # Locked: nobody comes in by a password that was just changed, or into an account that was just disabled.
            still = "SELECT FROM people WHERE id = $1 AND password = $2 AND disabled IS NULL FOR SHARE"
            if await transaction.row(still, person["id"], person["password"]) is None:
                raise Invalid("password", WRONG)
            return await self.begin(transaction, person, device)

    def _known_device(self, account: str, device: Device) -> str | None:
        """Return which device of the account's it is; None for others, and while too much was guessed by known ones:
        whoever had a session once could have let any number of proofs be made."""
        known = self.known_devices.known(account, device.proof)
        if known is not None:
            try:
                self._per_accounts_devices.look(digest(account))
            except TooMany:
                return None
        return known

    async def begin(self, transaction: Transaction, person: Row, device: Device) -> SignedIn:
        """Begin a session of `person` (a row with at least what Me needs)."""
        session_id, token = new_id(), new_token()
        row = await transaction.one(
            """
            INSERT INTO sessions (id, person_id, device, address, created, seen, expires)
            VALUES ($1, $2, $3, $4, now(), now(), now() + $5::interval) RETURNING expires
            """,
            session_id,
            person["id"],
            _kept(device.name, 300),
            _kept(device.address, 64),
            self._lifetime,
        )
        await self._keep(transaction, token, session_id)
        return SignedIn(_me(person, session_id), session_id, token, row["expires"])

    async def renew(self, refresh_token: str, device: Device) -> SignedIn:
        """Take a refresh token and return its successor; the session goes on.

        Raises:
            NotSignedIn: unknown, too old, of a session that ended; or used before, and then its family ends here.
        """
        presented = digest(refresh_token)
        async with self._database.transaction() as transaction:
            # One UPDATE decides between tabs: the first uses the token up, the others wait here and find it used.
            won = await transaction.row(
                "UPDATE refresh_tokens SET used = now() WHERE digest = $1 AND used IS NULL RETURNING session_id",
                presented,
            )
            session = await transaction.row(
                f"""
                SELECT {ME}, sessions.id AS session_id, sessions.expires, ({ALIVE}) AS alive,
                       refresh_tokens.used >= now() - $3::interval AS within_grace
                FROM refresh_tokens
                JOIN sessions ON sessions.id = refresh_tokens.session_id
                JOIN people ON people.id = sessions.person_id
                WHERE refresh_tokens.digest = $2
                """,  # noqa: S608 (our own text)
                self._idle,
                presented,
                self._grace,
            )
            if session is None or not session["alive"]:
                raise NotSignedIn(OVER)
            successor = None
            if won is not None:
                successor = next(self._keys.derive(SUCCESSOR, refresh_token))
                await self._keep(transaction, successor, session["session_id"])
                await transaction.execute(
                    "UPDATE sessions SET seen = now(), device = $2, address = $3 WHERE id = $1",
                    session["session_id"],
                    _kept(device.name, 300),
                    _kept(device.address, 64),
                )
            elif session["within_grace"]:
                successor = await self._known(transaction, self._keys.derive(SUCCESSOR, refresh_token))
        if successor is None:
            log.warning("A used refresh token came back: session %s ends.", session["session_id"])
            await to_the_end(self._end(session["id"], [session["session_id"]], "reused"))
            raise NotSignedIn(OVER)
        return SignedIn(_me(session, session["session_id"]), session["session_id"], successor, session["expires"])

    async def me(self, session_id: UUID) -> Me | None:
        """Return whose session it is, or None where it is over or its person is disabled."""
        row = await self._database.row(
            f"""
            SELECT {ME}, sessions.seen < now() - $3::interval AS unseen
            FROM sessions JOIN people ON people.id = sessions.person_id WHERE sessions.id = $2 AND {ALIVE}
            """,  # noqa: S608 (our own text)
            self._idle,
            session_id,
            SEEN_EVERY,
        )
        if row is None:
            return None
        if row["unseen"]:
            await self._database.rows("UPDATE sessions SET seen = now() WHERE id = $1", session_id)
        return _me(row, session_id)

    async def anew(self, me: Me) -> Me:
        """Return who was let in, as they are now.

        Raises:
            NotSignedIn: there is nobody like that any more.
        """
        row = await self._database.row(f"SELECT {ME} FROM people WHERE id = $1", me.id)  # noqa: S608 (our own text)
        if row is None:
            raise NotSignedIn
        now = _me(row, me.session_id)
        return replace(me, username=now.username, name=now.name, avatar=now.avatar, role=now.role)

    async def otherwise(self, known: Collection[tuple[UUID, str]]) -> list[UUID]:
        """Return which of these people are in another role than they are known in."""
        rows = await self._database.rows(
            """
            SELECT people.id FROM unnest($1::uuid[], $2::text[]) AS known (id, role) JOIN people ON people.id = known.id
            WHERE people.role <> known.role
            """,
            [person_id for person_id, _ in known],
            [role for _, role in known],
        )
        return [row["id"] for row in rows]

    async def over(self, credential_ids: Collection[UUID]) -> dict[UUID, EndedWhy]:
        """Return which of these sessions and programs' tokens let nobody in any more, each with why."""
        rows = await self._database.rows(
            f"""
            SELECT asked.id, coalesce(CASE WHEN people.disabled IS NOT NULL THEN 'disabled' END,
                                      sessions.ended_why, 'expired') AS why
            FROM unnest($2::uuid[]) AS asked (id)
            LEFT JOIN sessions ON sessions.id = asked.id
            LEFT JOIN api_tokens ON api_tokens.id = asked.id
            LEFT JOIN people ON people.id = coalesce(sessions.person_id, api_tokens.person_id)
            WHERE NOT coalesce(
                CASE WHEN sessions.id IS NOT NULL THEN {ALIVE} ELSE
                    people.disabled IS NULL AND (api_tokens.expires IS NULL OR api_tokens.expires > now())
                    AND api_tokens.id IS NOT NULL
                END,
                false
            )
            """,  # noqa: S608 (our own text)
            self._idle,
            list(credential_ids),
        )
        return {row["id"]: row["why"] for row in rows}

    async def mine(self, me: Me | None) -> list[Session]:
        """Return one's own sessions that are alive, last seen first; at most 100.

        Raises:
            NotSignedIn, Forbidden: nobody, or a program, asks.
        """
        return await self._database.models(
            Session,
            f"""
            SELECT sessions.* FROM sessions JOIN people ON people.id = sessions.person_id
            WHERE people.id = $2 AND {ALIVE} ORDER BY sessions.seen DESC, sessions.id DESC LIMIT {LISTED}
            """,  # noqa: S608 (our own text)
            self._idle,
            in_person(me).id,
        )

    async def end(self, me: Me) -> None:
        """Sign out: this session ends, on all its sockets at once."""
        if me.session_id is not None:
            await to_the_end(self._end(me.id, [me.session_id], "signed_out"))

    async def end_by_refresh_token(self, refresh_token: str) -> bool:
        """Sign out with nothing but a refresh token; return whether it was one of ours."""
        row = await self._database.row(
            """
            SELECT sessions.id, sessions.person_id FROM sessions
            JOIN refresh_tokens ON refresh_tokens.session_id = sessions.id WHERE refresh_tokens.digest = $1
            """,
            digest(refresh_token),
        )
        if row is None:
            return False
        await to_the_end(self._end(row["person_id"], [row["id"]], "signed_out"))
        return True

    async def end_one(self, me: Me | None, session_id: UUID) -> None:
        """Sign out one of one's own devices, on all its sockets at once.

        Raises:
            NotSignedIn, Forbidden
            NotFound: one has no such session.
        """
        me = in_person(me)
        row = await self._database.row("SELECT FROM sessions WHERE id = $1 AND person_id = $2", session_id, me.id)
        if row is None:
            raise NotFound("There is no such sign-in.")
        await to_the_end(self._end(me.id, [session_id], "signed_out"))

    async def end_all(self, me: Me | None, except_current: bool = True) -> None:
        """Sign out everywhere, or everywhere else. The tokens of programs go on.

        Raises:
            NotSignedIn, Forbidden
        """
        me = in_person(me)
        await to_the_end(self._end_all(me.id, me.session_id if except_current else None))

    # --

    async def _keep(self, transaction: Transaction, token: str, session_id: UUID) -> None:
        await transaction.execute(
            "INSERT INTO refresh_tokens (digest, session_id, issued) VALUES ($1, $2, now())", digest(token), session_id
        )

    async def _known(self, transaction: Transaction, candidates: Iterable[str]) -> str | None:
        """Return the successor that was given out: by the current key, or by the previous one just before a change."""
        for candidate in candidates:
            if await transaction.row("SELECT FROM refresh_tokens WHERE digest = $1", digest(candidate)) is not None:
                return candidate
        return None

    async def _end(self, person_id: UUID, session_ids: Sequence[UUID], why: Literal["signed_out", "reused"]) -> None:
        await self._database.rows(
            "UPDATE sessions SET ended = now(), ended_why = $2 WHERE id = ANY($1) AND ended IS NULL", session_ids, why
        )
        await self._realtime.end_sessions(
            SessionEnded(why=why), CloseCode.SESSION_ENDED, person_id=person_id, session_ids=session_ids
        )

    async def _end_all(self, person_id: UUID, except_session: UUID | None) -> None:
        rows = await self._database.rows(
            "SELECT id FROM sessions WHERE person_id = $1 AND ended IS NULL AND id IS DISTINCT FROM $2",
            person_id,
            except_session,
        )
        await self._end(person_id, [row["id"] for row in rows], "signed_out")


def _me(row: Row, session_id: UUID | None) -> Me:
    return Me(row["id"], row["username"], row["name"], row["avatar"], Role(row["role"]), session_id)


def _kept(text: str, longest: int) -> str:
    """What a browser says of itself is for its person's eyes: whatever cannot be kept is left out."""
    return "".join(character for character in text if words.is_clean(character))[:longest]
