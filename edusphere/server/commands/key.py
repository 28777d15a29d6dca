"""`edusphere key …`: the key that signs what the school gives out."""

from __future__ import annotations

from pathlib import Path

import click

from edusphere.server.commands.reading import data_option, say, settings_of


@click.group()
def key() -> None:
    """Change the key that signs tokens and links."""


@key.command()
@data_option
def rotate(data: Path | None) -> None:
    """Put a new key in the place of the one in the data folder.

    Everybody stays signed in: the one before still verifies what it signed. It is forgotten at the next change, so
    where a key may have become known, change it twice. Restart `edusphere serve` to use the new one.
    """
    settings = settings_of(data=data)
    from edusphere.server.folder import prepare_folder
    from edusphere.server.keys import rotate_key
    from edusphere.server.nonsense import refuse_weak_keys

    refuse_weak_keys(settings)
    prepare_folder(settings.data)
    rotate_key(settings)
    say("The school has a new key, and the one before still verifies. Restart `edusphere serve` to use it.")
