"""GraphQL documents that cost more to answer than to write, and some that are none; and wrong variables."""

from __future__ import annotations

from dataclasses import dataclass

from tests.security.hostile.cases import Case, ask

REFUSED = (400,)
PERSON = "id username name bio avatar role email created"


@dataclass(frozen=True, slots=True)
class Bomb:
    """A document, and the code it is refused with."""

    what: str
    document: str
    code: str


def too_complex(what: str, document: str) -> Bomb:
    return Bomb(what, document, "TOO_COMPLEX")


def invalid(what: str, document: str) -> Bomb:
    return Bomb(what, document, "INVALID")


def times(count: int, field: str, name: str = "a") -> str:
    """Ask for a field under so many names."""
    return " ".join(f"{name}{number}: {field}" for number in range(count))


def fan(levels: int, width: int = 10, leaf: str = "id") -> str:
    """Spread each fragment many times in the one before: width to the power of levels fields."""
    fragments = [f"fragment F{level} on User {{ " + f"...F{level + 1} " * width + "} " for level in range(levels)]
    return "{ me { ...F0 } } " + "".join(fragments) + f"fragment F{levels} on User {{ {leaf} }}"


def over_and_over(*path: str, often: int = 11) -> str:
    """Ask for each place of a path so often on each of those before: often to the power of its length in all."""
    selections = "id id"
    for name in reversed(path):
        selections = f"{name} {{ {selections} }} " * often
    return "{ " + selections + "}"


def stairs(steps: int) -> str:
    """Go one level deeper in each fragment."""
    fragments = [f"fragment F{step} on Room {{ host {{ ...F{step + 1} }} }} " for step in range(steps)]
    return "{ rooms { ...F0 } } " + "".join(fragments) + f"fragment F{steps} on User {{ id }}"


def circle(length: int) -> str:
    """Spread each fragment in the one before, and the first in the last."""
    fragments = [f"fragment F{place} on User {{ ...F{(place + 1) % length} }} " for place in range(length)]
    return "{ me { ...F0 } } " + "".join(fragments)


SAME = (
    "fragment F on User { ...H ...H } fragment H on User { id id id id } "
    "fragment G on Query { me { ...H } me { ... on User { id } } }"
)
ACCOUNT = 'username: "a", name: "a", email: "a", password1: "a", password2: "a"'
SIGN_IN = 'tokenAuth(email: "a", password: "b") { success }'
MEMBERS = "members(first: 100) { nodes { user { id } } }"
SAID = 'messagesByUser(userSlug: "anna") { id body user { id } room { id } }'

TOO_LONG = (
    too_complex("1,001 tokens", "{ me { " + "id " * 1_000 + "} }"),
    too_complex("30,000 tokens", "{ me { " + "id " * 30_000 + "} }"),
    too_complex("a thousand arguments", "{ rooms(" + "search: 1 " * 1_000 + ") { id } }"),
    too_complex("a list of a thousand", "{ rooms(topic: [" + '"a" ' * 1_000 + "]) { id } }"),
    too_complex("500 variables", "query A(" + "$a: Int " * 500 + ") { me { id } }"),
    too_complex("500 directives", "{ me { id " + "@skip(if: false) " * 500 + "} }"),
)
TOO_DEEP = (
    too_complex("brackets without end", "{ me " * 5_000),
    too_complex("a list as deep as can be", "{ rooms(topic: " + "[" * 50_000 + ") { id } }"),
    too_complex("an object as deep as can be", "{ rooms(topic: " + "{a:" * 20_000 + ") { id } }"),
    too_complex("a type as deep as can be", "query A($a: " + "[" * 50_000 + ") { me { id } }"),
    too_complex("eleven levels", "{ me " + "{ a " * 10 + "}" * 11),
    too_complex("a hundred levels", "{ me " + "{ a " * 100 + "}" * 101),
    too_complex("two hundred levels that are none", "{ me { " + "... { " * 200 + "id" + " }" * 202),
    too_complex("eleven levels in fragments", stairs(10)),
)
TOO_WIDE = (
    too_complex("16 aliases", "{ " + times(16, "me { id }") + " }"),
    too_complex("16 aliases in a fragment", "{ ...F } fragment F on Query { " + times(16, "me { id }") + " }"),
    too_complex("16 aliases in nothing", "{ ... { " + times(16, "me { id }") + " } }"),
    too_complex(
        "8 aliases in each of two fragments",
        "{ ...F ...G } " + "".join(f"fragment {n} on Query {{ {times(8, 'me { id }', n)} }} " for n in "FG"),
    ),
    too_complex("the same field a hundred times", "{ " + "me { id } " * 100 + "}"),
    too_complex("the same place of strangers 242 times", over_and_over("authStatus", "user")),
    too_complex("the same place of me 242 times", over_and_over("me", "children")),
    too_complex("the same place of rooms 242 times", over_and_over("rooms", "host")),
    too_complex("the same place two, six and 18 times", over_and_over("me", "children", "children", often=3)),
    too_complex("the same place under another name", "{ " + "a: me { id id id id id } " * 3 + "}"),
    too_complex("the same place in fragments", "{ me { ...F } ...G } " + SAME),
    too_complex(
        "the same 84 fields in each of five operations",
        " ".join(f"query A{n} {{ ...F }}" for n in range(5))
        + f" fragment F on Query {{ me {{ {f'{PERSON} ' * 12}}} }}",
    ),
    too_complex("402 fields", "{ me { " + "id name bio " * 134 + "} }"),
    too_complex("a billion fields of fragments", fan(9)),
    too_complex("a billion names of types", fan(9, leaf="__typename")),
    too_complex("a hundred operations", " ".join(f"query A{number} {{ me {{ id }} }}" for number in range(100))),
    too_complex("a thousand names of types", "{ " + "__typename " * 990 + "}"),
    too_complex("a fragment in itself", "{ me { ...A } } fragment A on User { ...A }"),
    too_complex("a fragment in itself that nobody spreads", "{ me { id } } fragment A on User { id ...A }"),
    too_complex("two fragments in each other", circle(2)),
    too_complex("a circle of a hundred fragments", circle(100)),
)
TOO_MUCH = (
    too_complex("everything of everybody of every room", f"{{ rooms {{ participants {{ {PERSON} }} }} }}"),
    too_complex("everybody of every room, 15 times", "{ " + times(15, "rooms { participants { id } }") + " }"),
    too_complex("everybody of every room, page by page", "{ rooms { " + MEMBERS + " } }"),
    too_complex(
        "everybody of every room, by a variable",
        "query A($n: Int!) { rooms { members(first: $n) { nodes { role user { id } } } } }",
    ),
    too_complex(
        "everybody of every room, in fragments",
        "{ rooms { ...A } } fragment A on Room { ...B } fragment B on Room { members(first: 90) { ...C } } "
        "fragment C on MembershipConnection { nodes { ...D } } fragment D on Membership { user { id name } }",
    ),
    too_complex(
        "everybody of every message's room",
        "query A($r: UUID!) { roomHistory(roomId: $r, last: 100) { nodes { room { " + MEMBERS + " } } } }",
    ),
    too_complex("all that was said, 15 times", "{ " + times(15, SAID) + " }"),
    too_complex("all people, 15 times", "{ " + times(15, f"users {{ {PERSON} }}") + " }"),
    too_complex("too much beside a little", "query A { me { id } } query B { rooms { " + MEMBERS + " } }"),
)
GUESSING = (
    too_complex("two passwords at once", "mutation { " + times(2, SIGN_IN) + " }"),
    too_complex(
        "two passwords in fragments",
        f"mutation {{ ...A ...B }} fragment A on Mutation {{ a: {SIGN_IN} }} fragment B on Mutation {{ b: {SIGN_IN} }}",
    ),
    too_complex("a password and an account", f"mutation {{ {SIGN_IN} registerUser({ACCOUNT}) {{ success }} }}"),
    too_complex("two links at once", "{ " + times(2, 'resetLinkIsGood(token: "a")') + " }"),
    invalid("all types", "{ __schema { types { name fields { name args { name } } } } }"),
    invalid("all types in a fragment", "{ ...A } fragment A on Query { __schema { types { name } } }"),
    invalid("one type", '{ me { id } __type(name: "User") { fields { name } } }'),
    invalid("the fields of all types, 240 times", "{ __schema { types { " + "fields { name } " * 240 + "} } }"),
    invalid("the names of all types, 950 times", "{ __schema { types { " + "name " * 950 + "} } }"),
    invalid("one type's insides, 235 times", '{ __type(name: "User") { ' + "ofType { name } " * 235 + "} }"),
    invalid(
        "a type's names that nobody spreads", "{ me { id } } fragment A on Query { a: __schema { types { name } } }"
    ),
    invalid("a field of the inside", "{ me { password } }"),
    invalid("a field of Python", "{ me { __class__ __dict__ } }"),
)
NONE = (
    invalid("nothing but a comment", "# hello"),
    too_complex("comments of 60 KiB", "#a\n" * 20_000 + "{"),
    invalid("commas of 90 KiB", "," * 90_000 + "{"),
    invalid("a NUL", "{ me { i\x00d } }"),
    invalid("a mark that turns the line", "{ me { \u202eid } }"),
    invalid("half a pair of surrogates", '{ user(userSlug: "\\uD800") { id } }'),
    invalid("a letter beyond all letters", '{ user(userSlug: "\\u{FFFFFFFF}") { id } }'),
    invalid("a word without end", '{ user(userSlug: "' + "a" * 90_000),
    invalid("a block without end", '{ user(userSlug: """' + "a\n" * 20_000),
    invalid("20,000 escapes that are none", '{ user(userSlug: "' + "\\x" * 20_000 + '") { id } }'),
    invalid("a number of 90,000 digits", "{ people(first: " + "9" * 90_000 + ") { nodes { id } } }"),
    invalid("a power beyond all numbers", "{ people(first: 1e999999999) { nodes { id } } }"),
    invalid("two operations and no name", "query A { me { id } } query B { me { id } }"),
    invalid("a subscription", "subscription { me { id } }"),
    invalid("a type of its own", "type Query { a: Int } { me { id } }"),
    invalid("fields that are at odds", '{ user(userSlug: "a") { id } user(userSlug: "b") { id } }'),
    invalid("skipped by a word", '{ me { id @skip(if: "true") } }'),
    invalid("streamed for ever", "{ rooms { id @defer @stream(initialCount: 0) } }"),
)
BOMBS = (*TOO_LONG, *TOO_DEEP, *TOO_WIDE, *TOO_MUCH, *GUESSING, *NONE)
DOCUMENTS = tuple(Case(bomb.what, ask(bomb.document), REFUSED, bomb.code) for bomb in BOMBS)


def wrong(what: str, document: str, **variables: object) -> Case:
    """Return a good document with a variable that is not."""
    return Case(what, ask(document, variables), REFUSED, "INVALID")


def refused(what: str, document: str, code: str = "INVALID", **variables: object) -> Case:
    """Return a good document with a value that its field refuses; `%…%` is something that the target knows."""
    return Case(what, ask(document, variables), (200,), code)


USER = "query A($a: String!) { user(userSlug: $a) { id } }"
PEOPLE = "query A($a: Int!) { people(first: $a) { nodes { id } } }"
AFTER = "query A($a: String!) { people(after: $a) { nodes { id } } }"
JOIN = "mutation A($a: UUID!) { joinRoom(roomId: $a) { room { id } } }"
AVATAR = "mutation A($a: Upload) { updateUser(avatar: $a) { user { id } } }"
NAME = "mutation A($a: String) { updateUser(name: $a) { user { id } } }"
CREATE = "mutation A($a: String!) { createRoom(name: $a, topicName: $a, description: $a) { room { id } } }"
REMOVE = "mutation A($a: UUID!) { deleteMessage(messageId: $a) { success } }"
EDIT = 'mutation A($a: UUID!) { updateMessage(messageId: $a, body: "x") { message { id } } }'
FIND = "query A($a: String) { rooms(search: $a) { id } }"
TOPICS = "query A($a: [String]) { rooms(topic: $a) { id } }"
ROOMS = "mutation A($a: [UUID!]!) { closeAccounts(userIds: $a) { closed } }"
VARIABLES = (
    wrong("a number for a word", USER, a=7),
    wrong("an object for a word", USER, a={"$ne": None}),
    wrong("nothing for a word", USER),
    wrong("a word for a number", PEOPLE, a="1 OR 1=1"),
    wrong("truth for a number", PEOPLE, a=True),
    wrong("a number of 64 bits", PEOPLE, a=2**63),
    wrong("a broken number", PEOPLE, a=1.5),
    wrong("a list for an id", JOIN, a=[]),
    wrong("an id in braces", JOIN, a="{%ROOM%}"),
    wrong("an id with SQL", JOIN, a="%ROOM%'; DROP TABLE people; --"),
    wrong("a file that is a word", AVATAR, a="/etc/passwd"),
    wrong("a file that is an object", AVATAR, a={"filename": "x"}),
    wrong("a list of lists", "query A($a: [String!]) { roomsToJoin(topic: $a) { nodes { id } } }", a=[[[["x"]]]]),
    wrong("20,000 topics at once", TOPICS, a=["a"] * 20_000),
    wrong("20,000 topics without a name", TOPICS, a=[""] * 20_000),
    wrong("30,000 ids that are none", ROOMS, a=[1] * 30_000),
    wrong("2,400 ids", ROOMS, a=["01890a5d-ac96-774b-bcce-b302099a8057"] * 2_400),
    wrong("30,000 ids that nobody asked for", PEOPLE, a=1, b=[1] * 30_000),
    wrong("15,625 topics in lists of lists", TOPICS, a=[[["a"] * 25] * 25] * 25),
    refused("a page of a million", PEOPLE, a=1_000_000),
    refused("a page of minus one", PEOPLE, a=-1),
    refused("a place that is none", AFTER, a="AAAA"),
    refused("a place of another kind", AFTER, a="W1tdLFtdXQ=="),
    refused("a place as deep as can be", AFTER, a="W1tb" * 20_000),
    refused("90 KB to be looked for", FIND, a="%" * 90_000),
    refused(
        "90 KB to be looked for, 15 times",
        "query A($a: String) { " + times(15, "people(first: 1, search: $a) { nodes { id } }") + " }",
        a="a" * 90_000,
    ),
    refused("90 KB of marks to be looked for", FIND, a="a" + "\u0301\u0316" * 7_000),
    refused("a NUL to be looked for", FIND, a="a\x00b"),
    refused("a name of 30 KB", CREATE, a="a" * 30_000),
    refused("a name that turns the line", NAME, a="\u202eneB"),
    refused("a name of marks above one another", NAME, a="a" + "\u0301\u0316" * 90),
    refused("another's words, taken away", REMOVE, "FORBIDDEN", a="%MESSAGE%"),
    refused("another's words, changed", EDIT, "FORBIDDEN", a="%MESSAGE%"),
    refused("a room he must not know of", JOIN, "NOT_FOUND", a="%CLOSED%"),
)
