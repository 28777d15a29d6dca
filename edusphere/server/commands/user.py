"""`edusphere user …`: the people's accounts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from edusphere.server.commands.reading import data_option, password_option, read_password, say, settings_of

ROLES = ("STUDENT", "TEACHER", "GUARDIAN", "ADMIN")


def who_argument(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command be told whom it is for: `user disable anna`, or `user disable --email anna@school.example`."""

    @wraps(command)
    def told(who: str | None, email: str | None, **others: Any) -> None:
        if (who is None) == (email is None):
            raise click.UsageError("Name one person, by e-mail address or username.")
        command(who or email, **others)

    named = click.argument("who", metavar="EMAIL|USERNAME", required=False)
    return named(click.option("--email", help="The person, by e-mail address.")(told))


@click.group()
def user() -> None:
    """Make, list and change people's accounts."""


@user.command()
@click.option("--email", required=True)
@click.option("--username", required=True, help="Lower case letters, digits, - and _; it never changes.")
@click.option("--name", required=True, help="As others read it.")
@click.option("--role", type=click.Choice(ROLES, case_sensitive=False), default="STUDENT", show_default=True)
@password_option
@data_option
def create(email: str, username: str, name: str, role: str, password_stdin: bool, data: Path | None) -> None:
    """Make an account.

    The password is asked for at a terminal. Where there is none, and without --password-stdin, one is made up and
    printed alone on the last line.
    """
    settings = settings_of(data=data)
    password, made_up = read_password(password_stdin)
    from edusphere.school.models import Role
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def created(parts: Parts) -> None:
        await parts.school.people.create(username, name, email, password, Role(role.upper()))

    act(settings, "user create", created, say)
    say(f"{username} has an account ({role.lower()}).")
    _print_if_made_up(password, made_up)


@user.command("list")
@data_option
def list_people(data: Path | None) -> None:
    """List everybody: a table at a terminal, lines with tabs for a program."""
    settings = settings_of(data=data)
    from edusphere.school.models import Person
    from edusphere.server.commands.tables import print_table
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def listed(parts: Parts) -> list[Person]:
        return await parts.school.people.all()

    print_table(
        ("username", "email", "name", "role", "since", "disabled"),
        [
            (
                person.username,
                person.email,
                person.name,
                person.role.value,
                f"{person.created:%Y-%m-%d}",
                f"{person.disabled:%Y-%m-%d}" if person.disabled else "",
            )
            for person in act(settings, "user list", listed, say)
        ],
    )


@user.command()
@who_argument
@password_option
@data_option
def password(who: str, password_stdin: bool, data: Path | None) -> None:
    """Give an account a new password; it is signed out everywhere.

    The password is asked for, read or made up as by `user create`.
    """
    settings = settings_of(data=data)
    new, made_up = read_password(password_stdin)
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def changed(parts: Parts) -> None:
        await parts.school.credentials.set(who, new)

    act(settings, "user password", changed, say)
    say(f"{who} has a new password.")
    _print_if_made_up(new, made_up)


@user.command("reset-link")
@who_argument
@data_option
def reset_link(who: str, data: Path | None) -> None:
    """Print a link by which a person chooses a new password.

    It works once and for an hour, and stands alone on the last line: hand it to nobody else.
    """
    settings = settings_of(data=data)
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def made(parts: Parts) -> str:
        return await parts.school.credentials.reset_link(who)

    click.echo(act(settings, "user reset-link", made, say))


@user.command()
@click.option("--email", required=True, help="Whom to invite.")
@click.option("--role", type=click.Choice(ROLES, case_sensitive=False), default="STUDENT", show_default=True)
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True, help="How long it is good.")
@data_option
def invite(email: str, role: str, days: int, data: Path | None) -> None:
    """Invite somebody to make an account.

    The link works once and stands alone on the last line. Where EDUSPHERE_SMTP_URL is set it is mailed too.
    """
    settings = settings_of(data=data)
    from edusphere.school.models import Role
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def invited(parts: Parts) -> str:
        return (await parts.school.invitations.make(email, Role(role.upper()), days)).link

    click.echo(act(settings, "user invite", invited, say))


@user.command()
@who_argument
@data_option
def disable(who: str, data: Path | None) -> None:
    """Close an account; it is signed out everywhere."""
    settings = settings_of(data=data)
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def disabled(parts: Parts) -> None:
        await parts.school.people.disable(who)

    act(settings, "user disable", disabled, say)
    say(f"{who} is disabled.")


@user.command()
@who_argument
@data_option
def enable(who: str, data: Path | None) -> None:
    """Open a disabled account again."""
    settings = settings_of(data=data)
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def enabled(parts: Parts) -> None:
        await parts.school.people.enable(who)

    act(settings, "user enable", enabled, say)
    say(f"{who} is enabled.")


def _print_if_made_up(password: str, made_up: bool) -> None:
    if made_up:
        say("The password, shown this once:")
        click.echo(password)
