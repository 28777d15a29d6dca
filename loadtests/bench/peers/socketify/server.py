"""socketify, which is uWebSockets with Python around it: everybody in one topic."""

import sys
from typing import Any

from socketify import App, AppListenOptions, OpCode

app = App()


def hear(_: Any, message: str, opcode: OpCode) -> None:
    app.publish("all", message, opcode)


app.ws(
    "/*",
    {
        "compression": 0,
        "max_payload_length": 65536,
        "idle_timeout": 960,
        "send_pings_automatically": True,
        "max_backpressure": 1048576,
        "open": lambda socket: socket.subscribe("all"),
        "message": hear,
    },
)
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"), lambda _: None)
app.run()
