"""`edusphere roles`: who may do what."""

from __future__ import annotations

import click


@click.command()
def roles() -> None:
    """Print what each role may do, as Markdown.

    The rules of the program themselves are asked: what is printed is what holds.
    """
    from edusphere.school.roles import in_markdown

    click.echo(in_markdown(), nl=False)
