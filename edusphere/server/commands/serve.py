"""`edusphere serve`."""

from __future__ import annotations

from pathlib import Path

import click

from edusphere.server.commands.reading import data_option, settings_of


@click.command()
@click.option("--host", help="The address to listen on (EDUSPHERE_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on (EDUSPHERE_PORT).")
@click.option("--workers", type=click.IntRange(1, 64), help="App processes (EDUSPHERE_WORKERS).")
@data_option
@click.option("--demo", is_flag=True, help="Fill an empty school with people, rooms and weeks of messages.")
def serve(host: str | None, port: int | None, workers: int | None, data: Path | None, demo: bool) -> None:
    """Run the school until Ctrl-C or SIGTERM.

    Without DB_ settings it runs a Postgres of its own in the data folder.
    """
    settings = settings_of(host=host, port=port, workers=workers, data=data)
    from edusphere.server import supervisor

    supervisor.serve(settings, with_demo=demo, say=click.echo)
