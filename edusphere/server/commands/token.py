"""`edusphere token …`: bearer tokens for programs."""

from __future__ import annotations

from pathlib import Path

import click

from edusphere.server.commands.reading import data_option, say, settings_of


@click.group()
def token() -> None:
    """Let programs in with a token of their own."""


@token.command()
@click.option("--email", required=True, help="In whose name the program acts.")
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="Until it ends; without it, never.")
@data_option
def create(email: str, name: str, days: int | None, data: Path | None) -> None:
    """Make a bearer token and print it alone on the last line. It is shown this once."""
    settings = settings_of(data=data)
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def made(parts: Parts) -> str:
        person = await parts.school.people.named(email)
        return await parts.school.sessions.make_api_token(person.id, name, days)

    click.echo(act(settings, "token create", made, say))
