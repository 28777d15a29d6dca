"""What a part of the bench found out, as a page that is printed and kept."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.bench.compiled import has_compiler
from loadtests.bench.table import Table


@dataclass(frozen=True)
class Page:
    title: str
    lead: str
    tables: Sequence[Table]
    pictures: Mapping[str, str] = field(default_factory=dict)
    """SVG by the name of its file."""
    client: str = ""
    """What loaded the server, where it was not the bench's own client."""

    def __str__(self) -> str:
        shown = [f"![{name.removesuffix('.svg')}]({name})" for name in self.pictures]
        return "\n\n".join([f"# {self.title}", f"{self.lead} {machine(self.client)}", *map(str, self.tables), *shown])

    def keep(self, folder: Path, name: str) -> Path:
        """Write it and its pictures, and return its file."""
        folder.mkdir(exist_ok=True)
        for picture, text in self.pictures.items():
            (folder / picture).write_text(text)
        file = folder / f"{name}.md"
        file.write_text(f"{self}\n")
        return file


def machine(client: str = "") -> str:
    client = client or ("the load client in C" if has_compiler() else "the load client in Python")
    return (
        f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, {platform.python_implementation()} "
        f"{platform.python_version()}, {client}, load average "
        f"{os.getloadavg()[1]:.1f} at the end. "
        "The machine is shared: compare CPU and ratios, not lone seconds."
    )


def medians(count: int) -> str:
    return f"medians of {count} runs, with the least and the most."
