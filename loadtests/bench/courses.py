"""What a large school costs: a roster of five thousand, a course of 150, lists of a hundred thousand and a million."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import asyncpg

from edusphere.school.demo import DemoLogins
from loadtests.bench import talk
from loadtests.bench.effort import Effort
from loadtests.bench.page import Page, medians
from loadtests.bench.school import SUPERUSER, fill_demo
from loadtests.bench.served import Browser, Served, Trouble
from loadtests.bench.statements import Statements
from loadtests.bench.table import Goal, Table, figure, goals

COURSE = "bio-10a"
IN_COURSE = 150
PEOPLE, FEW_PEOPLE = 100_000, 10_000
ROSTER, SHORT_ROSTER = 5_000, 1_000
REQUESTS, COUNTED = 100, 10
BOUNDARY = "a-line-between-two-parts"

PERSON = "id username name avatar role"
ACCOUNTS = (
    f"{{{{ accounts{{}} {{{{ nodes {{{{ email seen sessions user {{{{ {PERSON} }}}} }}}} "
    "pageInfo {{ endCursor }} }} }}"
)
REQUESTS_OF = {
    "my courses": (
        "{ myCourses(first: 20) { nodes { id slug code title colour state studentCount newMaterials "
        f"owner {{ {PERSON} }} "
        "viewerEnrolment { role } rooms { id name viewerMembership { unread } } } } }"
    ),
    "the course": (
        f'{{ course(slug: "{COURSE}") {{ id slug code title description colour state studentCount newMaterials '
        f"owner {{ {PERSON} }} sections {{ id name }} viewerEnrolment {{ role visited }} "
        "viewerMay { change enrol giveAnyRole copy changeMaterials } "
        "rooms { id name slug posting archived lastNumber viewerMembership { unread } } } }"
    ),
    "its people": (
        f'{{ course(slug: "{COURSE}") {{ people(first: 100) {{ nodes {{ role section {{ name }} user {{ {PERSON} }} }} '
        "pageInfo { endCursor } } } }"
    ),
    "its materials": (
        f'{{ course(slug: "{COURSE}") {{ units {{ id title materials {{ id kind title body updated '
        f"author {{ {PERSON} }} file {{ id name }} }} }} }} }}"
    ),
    "accounts": ACCOUNTS.format(""),
    "accounts, searched": ACCOUNTS.format('(search: "son 9999")'),
    "accounts, by role": ACCOUNTS.format("(order: ROLE)"),
    "accounts, the last to be here first": ACCOUNTS.format("(order: SEEN, descending: true)"),
    "accounts, the longest away first": ACCOUNTS.format("(order: SEEN)"),
    "the record of staff": "{ auditEntries { nodes { number at actor act subject details } } }",
}
# People who are right by construction, with some who are in the course.
PEOPLE_BY_THE_THOUSAND = """
    INSERT INTO people (id, username, email, name, role, password, bio, avatar, created)
    SELECT gen_random_uuid(), 'p' || n, 'p' || n || '@school.example.org', 'Person ' || n, 'STUDENT', '', '', '', now()
    FROM generate_series(1, $1::int) AS n
"""
# Nine of ten have been here, within the last hundred days.
VISITS = """
    INSERT INTO sessions (id, person_id, device, address, created, seen, expires)
    SELECT gen_random_uuid(), id, '', '', seen, seen, now() + interval '30 days'
    FROM (
        SELECT id, now() - random() * interval '100 days' AS seen FROM people WHERE username ~ '^p[0-9]*[1-9]$'
    ) visits
"""
ENROLLED = """
    INSERT INTO enrolments (id, course_id, person_id, role, by_child, joined)
    SELECT gen_random_uuid(), courses.id, people.id, 'STUDENT', false, now()
    FROM courses, people WHERE slug = $1 AND people.username = ANY($2) ON CONFLICT DO NOTHING
"""


def page(folder: Path, effort: Effort, say: Callable[[str], None]) -> Page:
    people, lines = (FEW_PEOPLE, SHORT_ROSTER) if effort.quick else (PEOPLE, ROSTER)
    with Served(folder / "courses") as served:
        logins = fill_demo(served.address)
        roster, imported = _rosters(served, logins, lines, effort.runs, say)
        say(f"{people:,} people come …")
        asyncio.run(_come(served, people))
        pages = _pages(served, logins, effort.runs, people, say)

        def measure(document: str) -> tuple[str, str, str]:
            return _asked(served, logins.people[0].email, logins.password, document, effort.runs)

        said = talk.table(served, measure, say, quick=effort.quick)
    seconds = [one.seconds for one in imported]
    bars = [
        Goal.most(f"a roster of {lines:,}: preview, s", [one.seconds for one in roster], 5),
        Goal.most(f"a roster of {lines:,}: import, s", seconds, 10),
    ]
    lead = f"Written by `./dev bench courses`: {medians(effort.runs)}"
    return Page("Courses and rosters", lead, [goals(bars), _table(lines, roster, imported), pages, said])


class Took:
    """How long something took, and what it cost."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def __enter__(self) -> Took:
        self._before, self._began = self._served.cpu(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._began
        spent = self._served.cpu() - self._before
        self.app, self.postgres = spent.app, spent.postgres


def _rosters(
    served: Served, logins: DemoLogins, lines: int, runs: int, say: Callable[[str], None]
) -> tuple[list[Took], list[Took]]:
    """Import as many rosters of new people; each first looked at."""
    looked, imported = [], []
    for run in range(runs):
        say(f"A roster of {lines:,}: run {run + 1} of {runs} …")
        token = _token(served, logins)
        text = "email,name,course\n" + "".join(
            f"r{run}-{number}@school.example.org,Pupil {number},BIO-10A\n" for number in range(lines)
        )
        with Took(served) as took:
            seen = _upload(served, token, "previewRoster(file: $file) { roster { fingerprint newcomerCount } }", text)
        looked.append(took)
        if seen["previewRoster"]["roster"]["newcomerCount"] != lines:
            raise Trouble(f"The roster was not understood: {seen}.")
        fingerprint = seen["previewRoster"]["roster"]["fingerprint"]
        doing = f'importRoster(file: $file, fingerprint: "{fingerprint}") {{ roster {{ placementCount }} }}'
        with Took(served) as took:
            _upload(served, token, doing, text)
        imported.append(took)
        asyncio.run(_leave(served))
    return looked, imported


def _table(lines: int, looked: list[Took], imported: list[Took]) -> Table:
    table = Table(
        f"A roster of {lines:,} new people in one course",
        ["", "s", "CPU s of the app", "CPU s of Postgres"],
        "Each line makes an account, an enrolment and the memberships of the course's rooms; all in one transaction.",
    )
    for name, took in (("preview", looked), ("import", imported)):
        figures = [figure([getattr(one, part) for one in took], 2) for part in ("seconds", "app", "postgres")]
        table.rows.append([name, *figures])
    return table


def _pages(served: Served, logins: DemoLogins, runs: int, people: int, say: Callable[[str], None]) -> Table:
    table = Table(
        f"Pages, in a school of {people:,} people",
        ["request", "SQL queries", "CPU ms of the app", "CPU ms of Postgres"],
        f"The course has {IN_COURSE} people; asked by its teacher, accounts and the record by an administrator.",
    )
    for name, document in REQUESTS_OF.items():
        say(f"{name[0].upper()}{name[1:]} …")
        who = logins.people[1 if "cours" in name or "its" in name else 0].email
        table.rows.append([name, *_asked(served, who, logins.password, document, runs)])
    return table


def _asked(served: Served, who: str, password: str, document: str, runs: int) -> tuple[str, str, str]:
    """Return how many queries a document takes, and the CPU ms of the app and of Postgres."""
    app, postgres = [], []
    for _ in range(runs):
        browser = _browser(served, who, password)
        with Took(served) as took:
            for _ in range(REQUESTS):
                browser.ask(document, {})
        app.append(1_000 * took.app / REQUESTS)
        postgres.append(1_000 * took.postgres / REQUESTS)
    browser = _browser(served, who, password)
    browser.ask(document, {})
    with Statements(served) as statements:
        for _ in range(COUNTED):
            browser.ask(document, {})
    return f"{statements.count / COUNTED:g}", figure(app, 2), figure(postgres, 2)


def _browser(served: Served, email: str, password: str) -> Browser:
    browser = served.browser()
    browser.sign_in(email, password)
    return browser


def _token(served: Served, logins: DemoLogins) -> str:
    answer = served.browser().ask(
        "mutation A($email: String!, $password: String!) { tokenAuth(email: $email, password: $password) { token } }",
        {"email": logins.people[0].email, "password": logins.password},
    )
    token: str = answer["tokenAuth"]["token"]
    return token


def _upload(served: Served, token: str, mutation: str, text: str) -> dict[str, Any]:
    """Ask GraphQL with a file, by the multipart specification."""
    operations = {"query": f"mutation A($file: Upload) {{ {mutation} }}", "variables": {"file": None}}
    parts = [
        ('name="operations"', json.dumps(operations)),
        ('name="map"', json.dumps({"0": ["variables.file"]})),
        ('name="0"; filename="roster.csv"', text),
    ]
    body = "".join(f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n{said}\r\n" for head, said in parts)
    connection = HTTPConnection("127.0.0.1", served.port, timeout=120)
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Authorization": f"JWT {token}"}
    connection.request("POST", "/graphql/", f"{body}--{BOUNDARY}--\r\n".encode(), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    if "errors" in answer:
        raise Trouble(f"The roster was refused: {answer['errors']}")
    data: dict[str, Any] = answer["data"]
    return data


async def _come(served: Served, people: int) -> None:
    connection = await asyncpg.connect(**served.address.credentials | {"user": SUPERUSER})
    try:
        await connection.execute(PEOPLE_BY_THE_THOUSAND, people)
        await connection.execute(VISITS)
        await connection.execute(ENROLLED, COURSE, [f"p{number}" for number in range(1, IN_COURSE + 1)])
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _leave(served: Served) -> None:
    """Take those of a roster out of the course again, so that the next run finds it as this one did."""
    connection = await asyncpg.connect(**served.address.credentials | {"user": SUPERUSER})
    try:
        for table in ("memberships", "enrolments"):
            await connection.execute(
                f"DELETE FROM {table} USING people WHERE people.id = person_id AND username ~ '^r[0-9]+-'"  # noqa: S608
            )
    finally:
        await connection.close()
