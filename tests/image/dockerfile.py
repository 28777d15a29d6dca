"""A Dockerfile, read: as much of it as ours uses, and nothing else passes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

KNOWN = {
    *("ARG", "FROM", "RUN", "COPY", "ENV", "USER", "WORKDIR", "VOLUME", "EXPOSE"),
    *("STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"),
}


@dataclass(frozen=True, slots=True)
class Instruction:
    word: str
    value: str

    @property
    def listed(self) -> list[str] | None:
        """The value where it is a JSON list, of the form that needs no shell."""
        if not self.value.startswith("["):
            return None
        values: list[str] = json.loads(self.value)
        return values


@dataclass
class Stage:
    name: str
    base: str
    """Another stage's name, or an image."""
    steps: list[Instruction] = field(default_factory=list)


@dataclass
class Recipe:
    arguments: dict[str, str]
    stages: dict[str, Stage]

    @property
    def last(self) -> Stage:
        return list(self.stages.values())[-1]

    def needed(self, stage: Stage) -> list[Stage]:
        """Return what a stage is made of, itself the last, as an engine would make it."""
        wanted: dict[str, Stage] = {}

        def want(stage: Stage) -> None:
            others = [stage.base, *(copied_from(step) for step in stage.steps if step.word == "COPY")]
            for other in others:
                if other in self.stages:
                    want(self.stages[other])
            wanted.setdefault(stage.name, stage)

        want(stage)
        return list(wanted.values())


def read(path: Path) -> Recipe:
    """Read a Dockerfile."""
    text = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
    recipe = Recipe({}, {})
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if not line.strip():
            continue
        word, _, value = line.strip().partition(" ")
        assert word in KNOWN, f"{path.name} says {word}, which nobody here can do"
        step = Instruction(word, " ".join(value.split()) if word != "RUN" else value.strip())
        if word == "ARG" and not recipe.stages:
            name, _, default = step.value.partition("=")
            recipe.arguments[name] = default
        elif word == "FROM":
            base, _, name = expanded(step.value, recipe.arguments).partition(" AS ")
            name = name or f"stage {len(recipe.stages)}"
            recipe.stages[name] = Stage(name, base)
        else:
            recipe.last.steps.append(step)
    return recipe


def expanded(value: str, known: dict[str, str]) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda found: known.get(found[1], ""), value)


def environment(step: Instruction) -> dict[str, str]:
    """Return what an ENV says, as it is written."""
    return dict(pair.partition("=")[::2] for pair in step.value.split())


def copied_from(step: Instruction) -> str:
    """Return the stage of a COPY, or nothing where it is from the sources."""
    first = step.value.split()[0]
    return first.removeprefix("--from=") if first.startswith("--from=") else ""


def copied(step: Instruction) -> tuple[list[str], str]:
    """Return what a COPY takes, and where to."""
    *sources, target = [word for word in step.value.split() if not word.startswith("--")]
    return sources, target
