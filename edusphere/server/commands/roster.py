"""`edusphere roster …`: whole classes at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from edusphere.server.commands.reading import data_option, say, settings_of

if TYPE_CHECKING:
    from edusphere.school.roster_plan import Plan

SHOWN = 20
"""Problems that are printed; all of them are in the result."""


@click.group()
def roster() -> None:
    """Import people, and who takes part in which course, from a table."""


@roster.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--course", help="The code or address of the course that lines without one mean.")
@click.option("--dry-run", is_flag=True, help="Only look and tell.")
@click.option("--withdraw-missing", is_flag=True, help="Take students whom the file does not name out of its courses.")
@click.option("--result", type=click.File("w", encoding="utf-8-sig"), help="Write what is done, line by line, as CSV.")
@data_option
def import_roster(
    file: BinaryIO,
    course: str | None,
    dry_run: bool,
    withdraw_missing: bool,
    result: TextIO | None,
    data: Path | None,
) -> None:
    """Import a roster: a CSV file with the columns that `edusphere roster columns` explains.

    All of it is done, or where a line has a problem, nothing (exit status 1). Doing it again changes nothing.
    """
    settings = settings_of(data=data)
    from edusphere.school.rosters import Roster
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def imported(parts: Parts) -> Roster:
        school = parts.school
        course_id = None if course is None else (await school.courses.named(course)).id
        seen = await school.rosters.look_at_command_line(file, course_id)
        if dry_run or seen.plan.problems:
            return seen
        return await school.rosters.apply_at_command_line(file, course_id, seen.plan.fingerprint, withdraw_missing)

    done = act(settings, "roster import", imported, say)
    if result is not None:
        result.write(done.table)
    for sentence in _told(done.plan, done.ignored, withdraw_missing):
        click.echo(sentence)
    if done.plan.problems:
        for problem in done.plan.problems[:SHOWN]:
            click.echo(f"Line {problem.line}: {problem.what}", err=True)
        more = len(done.plan.problems) - SHOWN
        click.echo(f"{f'And {more:,} more. ' if more > 0 else ''}Nothing was changed.", err=True)
        sys.exit(1)
    if dry_run:
        say("Nothing was changed: this was a look.")


@roster.command()
def columns() -> None:
    """Explain the columns of a roster."""
    from edusphere.school.roster_file import COLUMNS
    from edusphere.server.commands.tables import print_table

    print_table(("column", "what it says"), COLUMNS.items())


def _told(plan: Plan, ignored: tuple[str, ...], withdraw_missing: bool) -> list[str]:
    come = sum(placed.before is None for placed in plan.placed)
    told = [
        f"{len(plan.newcomers):,} new in the school, {len(plan.renamed):,} with another name or role.",
        f"{come:,} come into a course, {len(plan.placed) - come:,} become something else in it, "
        f"{plan.unchanged:,} are there already.",
    ]
    if plan.leaving:
        fate = "are withdrawn" if withdraw_missing else "stay (--withdraw-missing takes them out)"
        told.append(f"{len(plan.leaving):,} students are in these courses and not in the file: they {fate}.")
    if ignored:
        told.append(f"Columns that say nothing here: {', '.join(ignored)}.")
    return told
