"""Which tables there are: what Tortoise is told about the models and their migrations."""

from __future__ import annotations

from typing import Any

from tortoise.context import TortoiseContext

APP = "school"
APPS: dict[str, dict[str, Any]] = {
    APP: {"models": ["edusphere.school.models"], "migrations": "migrations", "default_connection": "default"}
}

_declared: TortoiseContext | None = None


async def declare_tables() -> None:
    """Tell Tortoise the tables, once per process.

    Its context is the one thing of the whole process here. It never connects: it lends the models their dialect and
    relations, whatever task asks. Every query names its own database.
    """
    global _declared
    if _declared is not None:
        return
    _declared = context = TortoiseContext()
    with context:
        await context.init(
            config={
                "connections": {"default": {"engine": "edusphere.database.client", "credentials": {}}},
                "apps": APPS,
            },
            _enable_global_fallback=True,
        )
