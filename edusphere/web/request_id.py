"""The name of what is being answered just now, in every line that is logged meanwhile."""

from __future__ import annotations

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
