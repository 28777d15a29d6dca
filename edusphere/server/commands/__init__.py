"""The command line, one module a noun.

The modules here are light; what a command needs it imports when it runs, so that `--help` is at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from edusphere import __version__
from edusphere.server.commands.audit import audit
from edusphere.server.commands.backup import backup, restore
from edusphere.server.commands.contract import contract
from edusphere.server.commands.database import demo, migrate
from edusphere.server.commands.doctor import doctor
from edusphere.server.commands.key import key
from edusphere.server.commands.roles import roles
from edusphere.server.commands.roster import roster
from edusphere.server.commands.serve import serve
from edusphere.server.commands.settings import settings
from edusphere.server.commands.sweep import sweep
from edusphere.server.commands.term import term
from edusphere.server.commands.token import token
from edusphere.server.commands.user import user

WRONG = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="EduSphere", message="%(prog)s %(version)s")
def edusphere() -> None:
    """Run and look after a school's EduSphere.

    Settings come from the environment and from `.env`; `edusphere settings` explains each.
    """


COMMANDS = (
    *(serve, migrate, demo, user, token, roster, term, audit, roles),
    *(backup, restore, sweep, key, settings, doctor, contract),
)
for command in COMMANDS:
    edusphere.add_command(command)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn every refusal and mistake into one line on stderr and exit status 2."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(WRONG)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "edusphere"
        _end(f"{error.format_message()} See `{path} --help`.")
    except click.ClickException as error:
        _end(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # whoever read us has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except PermissionError as error:
        _end(f"{error.filename} belongs to another user. Run this as its owner, or make it yours with `chown`.")
    except Exception as error:  # noqa: BLE001 (a traceback helps nobody at a school)
        _end(_sentence(error))


def _sentence(error: Exception) -> str:
    """Return what to say: the refusal's own words, or that it is a fault of ours."""
    from edusphere.errors import EduSphereError, Invalid
    from edusphere.server.refused import Refused
    from edusphere.settings import BadSettings

    if isinstance(error, Invalid):
        return " ".join(f"{name.rstrip('12')}: {' '.join(why)}" for name, why in error.errors.items())
    if isinstance(error, EduSphereError):
        return error.message
    if isinstance(error, (Refused, BadSettings)) or type(error).__name__ in SENTENCES:
        return str(error)
    import logging

    logging.getLogger(__name__).debug("A fault of ours", exc_info=error)
    return f"Something went wrong inside EduSphere ({type(error).__name__}: {error})."


SENTENCES = ("PostgresProblem", "DataInUse", "SchemaTooNew")
"""Refusals of the database, which is not imported just to ask."""


def _end(sentence: str) -> None:
    click.echo(f"edusphere: {' '.join(sentence.split())}", err=True)
    sys.exit(WRONG)
