"""`edusphere migrate` and `edusphere demo`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from edusphere.server.commands.reading import data_option, say, settings_of


@click.command()
@click.option("--plan", is_flag=True, help="Only tell what would be done.")
@data_option
def migrate(plan: bool, data: Path | None) -> None:
    """Bring the database's tables up to date.

    `serve` does it by itself; this is for doing it beforehand. A school that has people is kept in a backup first.
    """
    settings = settings_of(data=data)
    from edusphere.database.address import Address
    from edusphere.database.migrate import waiting
    from edusphere.server.backup.upgrading import upgrade
    from edusphere.server.folder import prepare_folder
    from edusphere.server.opened import answering, database

    async def missing(address: Address) -> list[str]:
        async with answering(settings, address):
            return await (waiting(address) if plan else upgrade(settings, address, say))

    prepare_folder(settings.data)
    with database(settings, "migrate", say) as address:
        names = asyncio.run(missing(address))
    if not names:
        click.echo("The tables are up to date.")
    elif plan:
        click.echo(f"To be applied: {', '.join(names)}. A school that has people is kept in a backup first.")
    else:
        click.echo(f"Applied: {', '.join(names)}.")


@click.command()
@data_option
def demo(data: Path | None) -> None:
    """Fill an empty school with a demo.

    People, rooms and weeks of messages; prints how to sign in.
    """
    settings = settings_of(data=data)
    from edusphere.server.demo import fill
    from edusphere.server.opened import act
    from edusphere.web.parts import Parts

    async def filled(parts: Parts) -> str:
        return await fill(parts, say)

    click.echo(act(settings, "demo", filled, say))
