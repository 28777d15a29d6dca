"""`edusphere audit …`: what staff did."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from edusphere.server.commands.reading import data_option, say, settings_of


@click.group()
def audit() -> None:
    """Look after the record of what staff did."""


@audit.command()
@click.option("--seal", help="The last seal that was noted elsewhere: the record must still contain it.")
@data_option
def verify(seal: str | None, data: Path | None) -> None:
    """Verify that no entry of the record was changed, taken out or put in between. Exit status 1 when one was.

    Print the last seal alone on the last line. Whoever notes it elsewhere, on paper say, can later prove by --seal that
    even the record's end was not cut off and written anew.
    """
    settings = settings_of(data=data)
    from edusphere.school.audit import Verdict
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def verified(parts: Parts) -> tuple[Verdict, bool]:
        found = await parts.school.audit.verify()
        return found, seal is None or await parts.school.audit.contains(seal)

    verdict, contains = act(settings, "audit verify", verified, say)
    if verdict.broken_at is not None:
        click.echo(f"The record is broken: entry {verdict.broken_at:,} is missing, or not as it was.", err=True)
        sys.exit(1)
    if not contains:
        click.echo("The record does not have this seal: its end was cut off, or all of it written anew.", err=True)
        sys.exit(1)
    say(f"{verdict.entries:,} entries, each as it was written. The last seal:")
    click.echo(verdict.last_seal)
