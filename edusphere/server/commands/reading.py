"""What the commands share: reading the settings, speaking, and a password."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from edusphere.settings import Settings

data_option = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder (EDUSPHERE_DATA)."
)
password_option = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


def settings_of(**overrides: Any) -> Settings:
    """Read the settings, and keep the libraries' own words to themselves."""
    from edusphere.server import logs
    from edusphere.settings import read_settings

    logs.silence()
    return read_settings(**overrides)


def say(sentence: str) -> None:
    """Tell how it goes, beside the result on stdout."""
    click.echo(sentence, err=True)


def read_password(from_stdin: bool) -> tuple[str, bool]:
    """Return a password and whether we made it up: from standard input, typed at a terminal, or neither."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise click.UsageError("There is no password on standard input.")
        return password, False
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
        return typed, False
    return secrets.token_urlsafe(12), True
