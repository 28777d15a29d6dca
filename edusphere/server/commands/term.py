"""`edusphere term …`: the parts of the school year."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from edusphere.server.commands.reading import data_option, say, settings_of

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def term() -> None:
    """List terms, open one, and roll one over into the next."""


@term.command("list")
@data_option
def list_terms(data: Path | None) -> None:
    """List the terms, the latest first."""
    settings = settings_of(data=data)
    from edusphere.school.models import Term
    from edusphere.server.commands.tables import print_table
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def listed(parts: Parts) -> list[Term]:
        return await parts.school.terms.all()

    print_table(
        ("name", "starts", "ends", "archived"),
        [
            (one.name, f"{one.starts}", f"{one.ends}", f"{one.archived:%Y-%m-%d}" if one.archived else "")
            for one in act(settings, "term list", listed, say)
        ],
    )


@term.command("open")
@click.argument("name")
@click.option("--starts", type=DAY, required=True)
@click.option("--ends", type=DAY, required=True)
@data_option
def open_term(name: str, starts: datetime, ends: datetime, data: Path | None) -> None:
    """Open a term."""
    settings = settings_of(data=data)
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def opened(parts: Parts) -> None:
        await parts.school.terms.open_at_command_line(name, starts.date(), ends.date())

    act(settings, "term open", opened, say)
    say(f"The term {name} is open.")


@term.command("roll-over")
@click.argument("name")
@click.argument("into")
@click.option("--starts", type=DAY, required=True, help="Of the new one.")
@click.option("--ends", type=DAY, required=True)
@data_option
def roll_over(name: str, into: str, starts: datetime, ends: datetime, data: Path | None) -> None:
    """Archive the term NAME with its courses, and open the term INTO with a draft of each course that was active.

    Who taught a course teaches its draft; students are enrolled anew. `term undo` takes it back until tomorrow night.
    """
    settings = settings_of(data=data)
    from edusphere.school.terms import RolledOver
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def rolled(parts: Parts) -> RolledOver:
        terms = parts.school.terms
        old = await terms.named(name)
        return await terms.roll_over(None, old.id, into, starts.date(), ends.date(), at_command_line=True)

    done = act(settings, "term roll-over", rolled, say)
    say(f"{done.archived:,} courses of {name} are archived; {into} begins with {done.copied:,} drafts.")


@term.command()
@click.argument("name")
@data_option
def undo(name: str, data: Path | None) -> None:
    """Take back that the term NAME was rolled over.

    Its courses go on, and drafts that nobody touched are gone.
    """
    settings = settings_of(data=data)
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def undone(parts: Parts) -> None:
        terms = parts.school.terms
        await terms.undo(None, (await terms.named(name)).id, at_command_line=True)

    act(settings, "term undo", undone, say)
    say(f"The courses of {name} go on.")
