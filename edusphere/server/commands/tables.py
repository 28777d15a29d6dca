"""Lists on stdout: for eyes at a terminal, for programs otherwise."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table at a terminal; elsewhere one line a row, its cells apart by tabs, the heads first."""
    if not sys.stdout.isatty():
        for row in (heads, *rows):
            click.echo("\t".join(" ".join(cell.split()) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # Text: what people wrote is no markup
    Console().print(table)
