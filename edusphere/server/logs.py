"""What the server writes while it runs: one line for each thing somebody should know, on stderr.

Each says which request it belongs to, and none what people wrote.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from edusphere.web.request_id import request_id

if TYPE_CHECKING:
    from edusphere.settings import Settings

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s%(of_request)s"


def configure(settings: Settings) -> None:
    """Write warnings, and our own news; with EDUSPHERE_DEBUG everybody's news."""
    handler = logging.StreamHandler()
    handler.addFilter(_name_request)
    handler.setFormatter(_json() if settings.log_format == "json" else logging.Formatter(LINE))
    level = logging.INFO if settings.debug else logging.WARNING
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("edusphere").setLevel(logging.DEBUG if settings.debug else logging.INFO)
    # While Postgres is away the pool tells each try to reach it, with a traceback; we say it in a line of our own.
    logging.getLogger("asyncpg.pool").setLevel(logging.WARNING if settings.debug else logging.ERROR)


def silence() -> None:
    """Write nothing: a command says what there is to say in its own words."""
    logging.basicConfig(level=logging.CRITICAL + 1, force=True)


def _name_request(record: logging.LogRecord) -> bool:
    request = request_id.get()
    record.of_request = f" [{request}]" if request else ""
    return True


def _json() -> logging.Formatter:
    import structlog  # a log of text does without

    def name_request(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if request := request_id.get():
            event["request"] = request
        return event

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            name_request,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
