"""`edusphere backup` and `edusphere restore`."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from edusphere.server.commands.reading import data_option, say, settings_of

MEBIBYTES = 1024 * 1024  # the settings are not read just to ask for help
EACH = 0.2
"""Seconds between two looks at how it goes."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--without-media", is_flag=True, help="Leave uploaded files and pictures out.")
@click.option(
    "--recipient",
    help="Encrypt it for this public key, age1… (EDUSPHERE_BACKUP_RECIPIENT). Only its private key reads it.",
)
@click.option(
    "--new-key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Only make a new private key in this file, and print its public key.",
)
@click.option("--nightly", is_flag=True, help="The night's backup, if it is still to be made; older ones are rotated.")
@data_option
def backup(
    file: Path | None,
    without_media: bool,
    recipient: str | None,
    new_key: Path | None,
    nightly: bool,
    data: Path | None,
) -> None:
    """Write the whole school into FILE: database, files, pictures and the school's key.

    It may be served meanwhile: the backup is of one moment. `tar` and `sha256sum` can read it. A school that is being
    served makes one each night, in the folder `backups` of its data.
    """
    if new_key is not None:
        _make_key(new_key)
        return
    settings = settings_of(data=data)
    if file is None and not nightly:
        raise click.UsageError("Name the file to write, or ask for the night's backup by --nightly.")
    from edusphere.database.address import Address
    from edusphere.server.backup import nightly as by_night
    from edusphere.server.backup.archive import recipient_of
    from edusphere.server.backup.making import Made, make, name_of
    from edusphere.server.opened import answering, database

    recipient = recipient or settings.backup_recipient or None
    if recipient is not None:
        recipient_of(recipient)
    if nightly:
        day = by_night.due(settings, datetime.now().astimezone())
        if day is None:
            say("Tonight's backup is there already, or none is wanted (EDUSPHERE_BACKUPS_KEPT).")
            return
        file = name_of(settings, f"edusphere-{day}")
    assert file is not None  # noqa: S101 (seen to above)
    if settings.embedded_database and not (settings.data / "postgres").exists():
        raise click.UsageError(f"There is no school in {settings.data.absolute()}.")

    async def made(address: Address, file: Path) -> Made:
        async with answering(settings, address):
            return await make(
                settings, address, file, recipient=recipient, with_media=not without_media, tell=_Telling()
            )

    began = time.monotonic()
    with database(settings, "backup", say) as address:
        result = asyncio.run(made(address, file))
    for key in result.missing[:20]:
        say(f"{key} is gone from the data folder, and so not in the backup.")
    seconds = time.monotonic() - began
    click.echo(f"{file.absolute()}: {result.about.counts}, {_amount(file.stat().st_size)}, in {seconds:.1f} s.")
    if nightly:
        for old in by_night.rotate(settings):
            click.echo(f"{old.name} was rotated away.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), help="The private key of an encrypted backup.")
@click.option("--check", is_flag=True, help="Only read all of it and say what it is of.")
@click.option("--replace", "replacing", is_flag=True, help="Put it in the place of the school that is here.")
@click.option(
    "--database", "aside", metavar="NAME", help="Restore into a new database beside the school's, to look into."
)
@data_option
def restore(file: Path, key: Path | None, check: bool, replacing: bool, aside: str | None, data: Path | None) -> None:
    """Bring a school back from FILE, which `edusphere backup` wrote.

    Into an empty data folder, or with --replace in the place of a school that is not being served just then: what it
    was is kept in a backup of its own first. A damaged file, or one of a newer EduSphere, changes nothing.
    """
    settings = settings_of(data=data)
    from edusphere.server.backup.archive import Reader
    from edusphere.server.backup.restoring import checked

    reader = Reader(file, key)
    about = checked(reader, _Telling())
    click.echo(f"{file}: {about.counts}, of {about.made:%Y-%m-%d %H:%M} UTC, by EduSphere {about.version}.")
    if check:
        click.echo("It is whole.")
        return
    from edusphere.database.address import Address
    from edusphere.database.embedded import refuse_second_serve
    from edusphere.server.backup.restoring import bring_aside, bring_back
    from edusphere.server.folder import prepare_folder
    from edusphere.server.opened import answering, database

    if settings.embedded_database and aside is None:
        refuse_second_serve(settings.data)
    prepare_folder(settings.data)

    async def brought(address: Address) -> str:
        async with answering(settings, address):
            if aside is not None:
                return await bring_aside(replace(address, database=aside), address, reader, about, _Telling())
            return await bring_back(settings, address, reader, about, replacing=replacing, say=say, tell=_Telling())

    with database(settings, "restore", say) as address:
        click.echo(asyncio.run(brought(address)))


class _Telling:
    """Tells how it goes: at a terminal in one line that changes, elsewhere not at all, for a log has no use for it."""

    def __init__(self) -> None:
        self._step = ""
        self._next = 0.0
        self._seen = sys.stderr.isatty()

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if not self._seen or (step == self._step and time.monotonic() < self._next and done != total):
            return
        self._step, self._next = step, time.monotonic() + EACH
        share = f", {100 * done // total} %" if total else ""
        click.echo(f"\r\033[K{step}: {_amount(done)}{share}", err=True, nl=False)
        if done == total:
            click.echo("\r\033[K", err=True, nl=False)


def _amount(size: int) -> str:
    return f"{size / MEBIBYTES:,.1f} MiB"


def _make_key(file: Path) -> None:
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(f"# public key: {public}\n{identity}\n")
    except OSError as error:
        raise click.UsageError(f"The key {file} cannot be written ({error.strerror}).") from error
    say(f"The private key is in {file}. Keep it elsewhere, and a copy on paper: without it no backup opens.")
    say("Set EDUSPHERE_BACKUP_RECIPIENT to the public key:")
    click.echo(public)
