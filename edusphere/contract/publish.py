"""Prints the language of the socket as JSON Schema, for browsers and for integrators."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from edusphere.contract import CONTRACT
from edusphere.contract.acts import Act
from edusphere.contract.close_codes import COME_BACK
from edusphere.contract.commands import ClientCommand
from edusphere.contract.events import ServerEvent


def realtime_language() -> dict[str, Any]:
    """Return everything said on `/ws/`.

    `events` and `commands` name the members of the two unions; `schemas` is the JSON Schema
    (2020-12) of each; `closeCodes` says what the browser does after each close; `acts` are those
    that the audit record may name.
    """
    events, commands = get_args(ServerEvent), get_args(ClientCommand)
    _, event_schemas = msgspec.json.schema_components(events, ref_template="#/$defs/{name}")
    _, command_schemas = msgspec.json.schema_components(commands, ref_template="#/$defs/{name}")
    return {
        "contract": CONTRACT,
        "events": {"names": [event.__name__ for event in events], "$defs": event_schemas},
        "commands": {"names": [command.__name__ for command in commands], "$defs": command_schemas},
        "closeCodes": {
            code.name: {"code": code.value, "comeBack": come_back.value} for code, come_back in COME_BACK.items()
        },
        "acts": list(get_args(Act)),
    }
