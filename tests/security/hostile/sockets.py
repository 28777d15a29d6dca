"""What is said on websockets against the protocol, against our language and against patience; and wrong handshakes."""

from __future__ import annotations

from collections.abc import Callable

from tests.security.hostile.cases import CLOSED, Case, Spoken, Target, handshake
from tests.security.hostile.wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame, request

BEAT = b'{"type":"heartbeat","ref":1}'


def raw(*frames: bytes) -> Callable[[Target], bytes]:
    data = b"".join(frames)
    return lambda it: data


def text(words: str) -> Callable[[Target], bytes]:
    return lambda it: frame(TEXT, it.filled(words).encode())


def refused(what: str, words: str, code: str) -> Spoken:
    return Spoken(what, text(words), answer=f'"code":"{code}"')


FRAMES = (
    Spoken("words without a mask", raw(frame(TEXT, BEAT, masked=False)), 1002),
    Spoken("a ping without a mask", raw(frame(PING, b"", masked=False)), 1002),
    *(Spoken(f"a reserved bit ({bit})", raw(frame(TEXT, BEAT, reserved=bit)), 1002) for bit in (1, 2, 4, 7)),
    *(Spoken(f"a reserved opcode ({opcode})", raw(frame(opcode, b"x")), 1002) for opcode in (3, 7, 11, 15)),
    Spoken("a ping in parts", raw(frame(PING, b"x", final=False)), 1002),
    Spoken("a ping of 126 bytes", raw(frame(PING, b"x" * 126)), 1002),
    Spoken("the end of nothing", raw(frame(CONTINUATION, b"x")), 1002),
    Spoken("two beginnings", raw(frame(TEXT, b"x", final=False), frame(TEXT, b"x")), 1002),
    Spoken("bytes", raw(frame(BINARY, b"\x00\x01")), 1003),
    Spoken("no bytes", raw(frame(BINARY)), 1003),
    Spoken(
        "bytes in a thousand parts",
        raw(frame(BINARY, b"x", final=False), *[frame(CONTINUATION, b"x", final=False)] * 1_000),
        4029,
    ),
    Spoken("words that are no words", raw(frame(TEXT, b"\xff\xfe")), 1007),
    Spoken("words that end too early", raw(frame(TEXT, b'{"a":"\xe2\x82')), 1007),
    Spoken("half a pair of surrogates", raw(frame(TEXT, b"\xed\xa0\x80")), 1007),
    Spoken(
        "wrong words in parts",
        raw(frame(TEXT, b"\xce\xba", final=False), frame(CONTINUATION, b"\xf4\x90\x80\x80", final=False)),
        1007,
    ),
    Spoken("64 KiB and a little", raw(frame(TEXT, b" " * (64 * 1024 + 1))), 1009),
    Spoken("16 MB", raw(frame(TEXT, b" " * 16_000_000)), 1009),
    Spoken("a length beyond all memory", raw(b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff", b"\0" * 4), 1009),
    Spoken("a length with its first bit set", raw(b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\0" * 4), 1009),
    Spoken(
        "parts beyond the limit",
        raw(frame(TEXT, b" " * 30_000, final=False), *[frame(CONTINUATION, b" " * 30_000, final=False)] * 3),
        1009,
    ),
    Spoken(
        "a thousand empty parts",
        raw(frame(TEXT, b"", final=False), *[frame(CONTINUATION, b"", final=False)] * 1_000),
        4029,
    ),
    Spoken("a thousand pings", raw(*[frame(PING, b"x" * 125)] * 1_100), 4029),
    Spoken("a thousand pongs", raw(*[frame(PONG)] * 1_100), 4029),
    Spoken("a thousand commands", raw(*[frame(TEXT, BEAT)] * 1_100), 4029),
    Spoken("a goodbye of one byte", raw(frame(CLOSE, b"x")), 1002),
    *(
        Spoken(f"a goodbye nobody may say ({code})", raw(frame(CLOSE, code.to_bytes(2, "big"))), 1002)
        for code in (0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535)
    ),
    Spoken("a goodbye that is no word", raw(frame(CLOSE, b"\x03\xe8\xff\xfe")), 1007),
    Spoken("words after the goodbye", raw(frame(CLOSE, b"\x03\xe8"), frame(TEXT, BEAT)), 1000),
    Spoken("HTTP instead of frames", raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 1002),
)
WORDS = (
    Spoken("three frames of nonsense", raw(*[frame(TEXT, b"nonsense")] * 3), 1008),
    Spoken("three lists", raw(*[frame(TEXT, b"[1,2,3]")] * 3), 1008),
    Spoken("three empty frames", raw(*[frame(TEXT, b"")] * 3), 1008),
    Spoken("three frames as deep as can be", raw(*[frame(TEXT, b"[" * 60_000)] * 3), 1008),
    Spoken("three objects as deep as can be", raw(*[frame(TEXT, b'{"type":' * 8_000)] * 3), 1008),
    refused("a command nobody knows", '{"type":"room.explode","ref":1}', "INVALID"),
    refused("a command without a type", '{"ref":1}', "INVALID"),
    refused("a type that is a number", '{"type":7,"ref":1}', "INVALID"),
    refused("a type of Python", '{"type":"__class__","ref":1}', "INVALID"),
    refused("a ref beyond all numbers", '{"type":"heartbeat","ref":' + "9" * 5_000 + "}", "INVALID"),
    refused("a ref that is an object", '{"type":"heartbeat","ref":{}}', "INVALID"),
    refused("a ref of 60,000 letters", '{"type":"heartbeat","ref":"' + "a" * 60_000 + '"}', "INVALID"),
    refused("a ref that is half a pair", '{"type":"heartbeat","ref":"\\ud800"}', "INVALID"),
    refused("a room that is no id", '{"type":"room.subscribe","ref":1,"roomId":"../../etc/passwd"}', "INVALID"),
    refused("a room that is a list", '{"type":"room.subscribe","ref":1,"roomId":[]}', "INVALID"),
    refused("a room he must not know of", '{"type":"room.subscribe","ref":1,"roomId":"%CLOSED%"}', "NOT_FOUND"),
    refused(
        "a post where he must not be",
        '{"type":"message.post","ref":1,"roomId":"%CLOSED%","clientId":"%ROOM%","body":"x"}',
        "NOT_FOUND",
    ),
    refused(
        "a read mark where he must not be", '{"type":"room.read","ref":1,"roomId":"%CLOSED%","number":1}', "NOT_FOUND"
    ),
    refused("a place before the first", '{"type":"room.subscribe","ref":1,"roomId":"%ROOM%","after":-1}', "INVALID"),
    refused(
        "a place beyond all numbers", '{"type":"room.subscribe","ref":1,"roomId":"%ROOM%","after":1e400}', "INVALID"
    ),
    refused(
        "a place of 5,000 digits",
        '{"type":"room.subscribe","ref":1,"roomId":"%ROOM%","after":' + "9" * 5_000 + "}",
        "INVALID",
    ),
    refused(
        "a message without words",
        '{"type":"message.post","ref":1,"roomId":"%ROOM%","clientId":"%ROOM%","body":" \\n "}',
        "INVALID",
    ),
    refused(
        "a message of 60,000 letters",
        '{"type":"message.post","ref":1,"roomId":"%ROOM%","clientId":"%ROOM%","body":"' + "a" * 60_000 + '"}',
        "INVALID",
    ),
    refused(
        "a message with a NUL",
        '{"type":"message.post","ref":1,"roomId":"%ROOM%","clientId":"%ROOM%","body":"a\\u0000b"}',
        "INVALID",
    ),
    refused(
        "a message with half a pair",
        '{"type":"message.post","ref":1,"roomId":"%ROOM%","clientId":"%ROOM%","body":"\\ud800"}',
        "INVALID",
    ),
    refused(
        "a message that is an object",
        '{"type":"message.post","ref":1,"roomId":"%ROOM%","clientId":"%ROOM%","body":{"$ne":1}}',
        "INVALID",
    ),
    refused(
        "a message with 5,000 files",
        '{"type":"message.post","ref":1,"roomId":"%ROOM%","clientId":"%ROOM%","body":"x","fileIds":['
        + ",".join(['"%ROOM%"'] * 1_500)
        + "]}",
        "INVALID",
    ),
    refused(
        "another's words, changed", '{"type":"message.edit","ref":1,"messageId":"%MESSAGE%","body":"x"}', "FORBIDDEN"
    ),
    refused("another's words, taken away", '{"type":"message.remove","ref":1,"messageId":"%MESSAGE%"}', "FORBIDDEN"),
    Spoken(
        "nonsense on the earlier socket",
        raw(frame(TEXT, b"nonsense")),
        answer='{"error":',
        path="/ws/chat/anna/biology",
    ),
    Spoken("bytes on the earlier socket", raw(frame(BINARY, b"x")), 1003, path="/ws/chat/anna/biology"),
    Spoken(
        "another's words on the earlier socket",
        text('{"type":"delete","messageId":"%MESSAGE%"}'),
        answer='{"error":',
        path="/ws/chat/anna/biology",
    ),
    Spoken(
        "a thousand words on the earlier socket",
        raw(*[frame(TEXT, b'{"message":""}')] * 1_100),
        4029,
        path="/ws/chat/anna/biology",
    ),
)


def shake(*lines: str, path: str = "/ws/", cookie: bool = False) -> Callable[[Target], bytes]:
    def written(it: Target) -> bytes:
        own = [
            line.replace("%HOST%", it.host).replace("%JWT%", it.access).replace("%ENDED%", it.ended_access)
            for line in lines
        ]
        return handshake(it, *own, *([it.cookie] if cookie else []), path=path)

    return written


def bent(old: bytes, new: bytes) -> Callable[[Target], bytes]:
    """Return a good handshake with one thing in it replaced."""
    return lambda it: handshake(it).replace(old, new)


HANDSHAKES = (
    Case("nobody", shake("X-Note: nobody"), (401,), "UNAUTHENTICATED"),
    Case("another site's page", shake("Origin: https://evil.example", cookie=True), (403,), "FORBIDDEN"),
    Case("a page from nowhere", shake("Origin: null", cookie=True), (403,), "FORBIDDEN"),
    Case("a cookie and no page", shake(cookie=True), (401, 403)),
    Case(
        "another site's page with a program's token",
        shake("Origin: https://evil.example", "Authorization: Bearer x"),
        (403,),
        "FORBIDDEN",
    ),
    Case("a token that has ended", shake("Authorization: JWT %ENDED%"), (401,), "UNAUTHENTICATED"),
    Case("a token in the address", shake("X-Note: a", path="/ws/?token=%JWT%"), (401,), "UNAUTHENTICATED"),
    Case("an address that is no socket's", shake(path="/ws/" + "a" * 5_000), (400, 404)),
    Case("the earlier socket of a room he must not know of", shake(path="/ws/chat/anna/council"), (403,), "FORBIDDEN"),
    Case("the earlier socket of nobody's room", shake(path="/ws/chat/..%2f/%00"), (308, 403, 404)),
    Case("the earlier socket in letters of 4,000", shake(path="/ws/chat/" + "a" * 4_000 + "/x"), (403, 404)),
    Case("no key", bent(b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", b""), (400,)),
    Case("an old version", bent(b"Version: 13", b"Version: 8"), (400, 426)),
    Case("a POST", bent(b"GET /ws/", b"POST /ws/"), (400, 404, 405)),
    Case("HTTP/1.0", bent(b"HTTP/1.1", b"HTTP/1.0"), (400, 404, 426)),
    Case("another name", bent(b"Host: localhost", b"Host: evil.example"), (400,)),
    Case("no upgrade", lambda it: request("/ws/", host=it.host), (400, 404, 426)),
    Case("words before the handshake is answered", lambda it: handshake(it) + frame(TEXT, BEAT) * 3, (400, CLOSED)),
)
