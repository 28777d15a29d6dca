"""`edusphere sweep`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from edusphere.server.commands.reading import data_option, say, settings_of


@click.command()
@click.option("--dry-run", is_flag=True, help="Only look and tell.")
@data_option
def sweep(dry_run: bool, data: Path | None) -> None:
    """Clear away files that nobody will ask for again.

    What was uploaded and never sent, pictures that were replaced, what a crash left. A school that is being served
    does it by itself once a day. Exit status 1 when files are missing.
    """
    settings = settings_of(data=data)
    from edusphere.server.opened import act
    from edusphere.server.sweeping import report, swept
    from edusphere.web.parts import Parts

    async def done(parts: Parts) -> tuple[list[str], bool]:
        result = await swept(parts, only_look=dry_run)
        return report(result, only_look=dry_run), bool(result and result.missing)

    sentences, something_is_missing = act(settings, "sweep", done, say)
    for sentence in sentences:
        click.echo(sentence)
    sys.exit(1 if something_is_missing else 0)
