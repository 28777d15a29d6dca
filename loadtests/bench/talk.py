"""What administrators' lists of rooms and messages cost, where little was said and where much was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg

from edusphere.school.pages import cursor
from loadtests.bench.school import SUPERUSER
from loadtests.bench.served import Served
from loadtests.bench.table import Table

LITTLE, MUCH = 100_000, 1_000_000
FEW_LITTLE, FEW_MUCH = 2_000, 20_000
ROOMS = 500
PEOPLE = 1_000
"""Who speaks."""
PERSON = "user { id username name avatar }"
MESSAGE = (
    f"nodes {{ roomId room roomKind removed removedBy {{ id name }} message {{ id body edited created {PERSON} "
    "files { id name } } } pageInfo { endCursor }"
)
ALL_ROOMS = (
    "{{ allRooms(order: {}, descending: true) {{ nodes {{ id slug name kind archived created lastActivity "
    "participantCount host {{ id name }} topic {{ id name }} course {{ id code }} }} pageInfo {{ endCursor }} }} }}"
)
# Four of five rooms are open; in the others, private ones, as much is said.
MAKE_ROOMS = """
    INSERT INTO rooms
        (id, kind, host_id, slug, name, topic_id, description, last_number, last_activity, created, updated)
    SELECT gen_random_uuid(), CASE WHEN n % 5 = 0 THEN 'PRIVATE' ELSE 'OPEN' END, people.id, 'talk-' || n, 'Talk ' || n,
           (SELECT id FROM topics ORDER BY key LIMIT 1), '', 0, now(), now(), now()
    FROM generate_series(1, $1::int) AS n, people WHERE username = 'p1'
"""
# The newest of the school, in rooms and by people in turn, of eight words out of twenty thousand: few are common.
# Every hundredth was removed.
SPEAK = """
    WITH places AS (
        SELECT id, row_number() OVER (ORDER BY slug) - 1 AS place FROM rooms WHERE slug LIKE 'talk-%'
    ), speakers AS (
        SELECT id, row_number() OVER (ORDER BY username) - 1 AS place FROM people WHERE username ~ '^p[0-9]{1,3}$'
    )
    INSERT INTO messages (id, room_id, author_id, number, client_id, body, edited, removed, created, updated)
    SELECT gen_random_uuid(), places.id, speakers.id, n / $3 + 1, gen_random_uuid(), (
               SELECT string_agg('word' || floor(20000 * power(random(), 3))::int + 0 * word * n, ' ')
               FROM generate_series(1, 8) AS word
           ), false, CASE WHEN n % 100 = 0 THEN said END, said, said
    FROM generate_series($1::int, $2::int - 1) AS n
    CROSS JOIN LATERAL (SELECT now() + n * interval '1 millisecond' AS said) times
    JOIN places ON places.place = n % $3 JOIN speakers ON speakers.place = n % (SELECT count(*) FROM speakers)
"""


Measure = Callable[[str], tuple[str, str, str]]
"""Of a document: queries, CPU of the app, CPU of Postgres."""


def table(served: Served, measure: Measure, say: Callable[[str], None], *, quick: bool) -> Table:
    sizes = (FEW_LITTLE, FEW_MUCH) if quick else (LITTLE, MUCH)
    found: dict[str, list[str]] = {}
    begun = 0
    for size in sizes:
        say(f"{size:,} messages are said …")
        places = asyncio.run(_speak(served, begun, size))
        begun = size
        for name, document in _requests(places).items():
            say(f"{name[0].upper()}{name[1:]} …")
            queries, app, postgres = measure(document)
            found.setdefault(name, [name, queries])
            found[name] += [app, postgres]
    few, many = (f"{size:,}" for size in sizes)
    columns = ["request", "SQL queries", f"app, {few}", f"Postgres, {few}", f"app, {many}", f"Postgres, {many}"]
    return Table(
        f"Administrators' lists, of {few} and of {many} messages",
        columns,
        f"CPU ms of a page of 50; in {ROOMS} rooms, of which every fifth is private and its messages are only counted.",
        list(found.values()),
    )


def _requests(places: dict[str, str]) -> dict[str, str]:
    def messages(what: str) -> str:
        return f"{{ allMessages{what} {{ {MESSAGE} }} }}"

    return {
        "messages": messages(""),
        "messages, from the middle": messages(f'(after: "{places["middle"]}")'),
        "messages, removed": messages("(removed: true)"),
        "messages, not removed": messages("(removed: false)"),
        "messages, of a room": messages(f'(roomId: "{places["room"]}")'),
        "messages, of a person": messages(f'(authorId: "{places["person"]}")'),
        "messages, a common word": messages('(search: "word1")'),
        "messages, a rare word": messages('(search: "word19999")'),
        "messages, two words": messages('(search: "word7 word1999")'),
        "messages, a word of a room": messages(f'(search: "word7", roomId: "{places["room"]}")'),
        "what is only counted": "{ hiddenRooms { privateRooms directRooms messages } }",
        "messages, the oldest first": messages("(descending: false)"),
        "rooms, by activity": ALL_ROOMS.format("ACTIVITY"),
        "rooms, by how many are in them": ALL_ROOMS.format("PEOPLE"),
        "rooms, by host": ALL_ROOMS.format("HOST"),
    }


async def _speak(served: Served, begun: int, size: int) -> dict[str, str]:
    """Have that many messages be said in all; return places of the school."""
    connection = await asyncpg.connect(**served.address.credentials | {"user": SUPERUSER})
    try:
        if not begun:
            await connection.execute(MAKE_ROOMS, ROOMS)
        await connection.execute(SPEAK, begun, size, ROOMS)
        await connection.execute("VACUUM ANALYZE")
        middle = await connection.fetchrow(
            "SELECT created, id FROM messages ORDER BY created OFFSET $1 LIMIT 1", size // 2
        )
        room = await connection.fetchval("SELECT id FROM rooms WHERE slug = 'talk-1'")
        person = await connection.fetchval("SELECT id FROM people WHERE username = 'p7'")
    finally:
        await connection.close()
    return {"middle": cursor("created", *middle), "room": str(room), "person": str(person)}
