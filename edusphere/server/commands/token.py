"""`edusphere token …`: bearer tokens for programs."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from edusphere.server.commands.reading import data_option, say, settings_of


@click.group()
def token() -> None:
    """Let programs in with a token of their own."""


@token.command()
@click.option("--email", required=True, help="In whose name the program acts.")
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="Until it ends; without it, never.")
@click.option("--read-only", is_flag=True, help="It may look and change nothing.")
@data_option
def create(email: str, name: str, days: int | None, read_only: bool, data: Path | None) -> None:
    """Make a bearer token and print it alone on the last line. It is shown this once."""
    settings = settings_of(data=data)
    from edusphere.school.models import TokenScope
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def made(parts: Parts) -> str:
        person = await parts.school.people.named(email)
        scope = TokenScope.READ if read_only else TokenScope.WRITE
        _, secret = await parts.school.api_tokens.make(person.id, name, scope, days)
        return secret

    click.echo(act(settings, "token create", made, say))


@token.command("list")
@click.option("--email", help="Of one person; without it, everybody's.")
@data_option
def list_tokens(email: str | None, data: Path | None) -> None:
    """List the tokens that are good: a table at a terminal, lines with tabs for a program."""
    settings = settings_of(data=data)
    from edusphere.school.models import ApiToken
    from edusphere.server.commands.tables import print_table
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def listed(parts: Parts) -> list[tuple[ApiToken, str]]:
        person = await parts.school.people.named(email) if email else None
        return await parts.school.api_tokens.all(None if person is None else person.id)

    print_table(
        ("id", "username", "name", "scope", "since", "until", "last used"),
        [
            (
                str(token.id),
                username,
                token.name,
                token.scope.value.lower(),
                f"{token.created:%Y-%m-%d}",
                f"{token.expires:%Y-%m-%d}" if token.expires else "",
                f"{token.used:%Y-%m-%d %H:%M}" if token.used else "",
            )
            for token, username in act(settings, "token list", listed, say)
        ],
    )


@token.command()
@click.argument("id", type=click.UUID)
@data_option
def revoke(id: UUID, data: Path | None) -> None:  # noqa: A002 (the argument's own name)
    """End a token, named by its id in `token list`."""
    settings = settings_of(data=data)
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def revoked(parts: Parts) -> None:
        await parts.school.api_tokens.revoke_any(id)

    act(settings, "token revoke", revoked, say)
    say("The token is revoked.")
