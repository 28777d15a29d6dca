"""`edusphere settings`."""

from __future__ import annotations

import click

from edusphere.server.commands.reading import settings_of
from edusphere.server.commands.tables import print_table


@click.command()
def settings() -> None:
    """Explain every setting.

    Its default, its unit, what it is set to and what it means. Secrets are never shown.
    """
    from pydantic import SecretStr

    now = settings_of()
    rows = []
    for name, field in type(now).model_fields.items():
        value = getattr(now, name)
        if isinstance(value, SecretStr):
            value = "(set)"
        elif name == "redis_url" and value:
            value = "(set)"  # it may hold a password
        unit = field.json_schema_extra["unit"] if isinstance(field.json_schema_extra, dict) else ""
        set_to = _shown(value) if value != field.default else ""
        rows.append((str(field.validation_alias), _shown(field.default), str(unit), set_to, field.description or ""))
    print_table(("setting", "default", "unit", "set to", "meaning"), rows)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)
