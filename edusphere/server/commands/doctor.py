"""`edusphere doctor`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from edusphere.server.commands.reading import data_option, settings_of


@click.command()
@data_option
def doctor(data: Path | None) -> None:
    """Ask whether all is well.

    A plain sentence for each thing that was looked at; exit status 1 when one of them is wrong.
    """
    from edusphere.settings import BadSettings

    try:
        settings = settings_of(data=data)
    except BadSettings as error:
        click.echo(f"WRONG  {error}")
        sys.exit(1)
    from edusphere.server.health import examine

    findings = examine(settings)
    for finding in findings:
        click.echo(f"{'ok   ' if finding.well else 'WRONG'}  {finding.sentence}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)
