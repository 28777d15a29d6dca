"""`edusphere contract`: what is said between server and browser, printed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import click

CHECKOUT = Path(__file__).parents[3]


@click.command()
@click.option("--write", is_flag=True, help="In a checkout: print it anew for the front end (frontend/src/contract).")
def contract(write: bool) -> None:
    """Print what server and browser say to each other.

    One JSON object: the language of the socket as JSON Schema, and the GraphQL schema (SDL).
    """
    if write:
        _write()
        return
    from edusphere.contract.publish import realtime_language
    from edusphere.web.graphql.schema import sdl

    click.echo(json.dumps({"realtime": realtime_language(), "graphql": sdl()}, indent=2, ensure_ascii=False))


def _write() -> None:
    from edusphere.server.refused import Refused

    frontend = CHECKOUT / "frontend"
    npm = shutil.which("npm")
    if not (frontend / "package.json").exists():
        raise Refused("`contract --write` needs the front end's sources: run it in a checkout of EduSphere.")
    if npm is None or not (frontend / "node_modules").is_dir():
        raise Refused("`contract --write` needs Node and the front end's packages: run `./dev contract`.")
    python = f"EDUSPHERE_PYTHON={sys.executable}"
    done = subprocess.run(["/usr/bin/env", python, npm, "--prefix", str(frontend), "run", "contract"])  # noqa: S603
    if done.returncode:
        raise Refused("The contract could not be printed; what is above says why.")
