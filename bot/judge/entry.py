"""A rule as it is written in `rules/*.yml`, and the reading of those files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.judge.finding import Level


class CatalogueError(Exception):
    """A rule file that can't be used. The message names the file, the line, and what to write instead."""


Scalar = str | int | float | bool | None


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else (value,) if isinstance(value, str) else value


Strings = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class Entry(BaseModel):
    """One rule.

    fact: fact ids; a trailing `*` stands for any rest.
    where: attributes of the place, or else of the change, that must have this value, or one of these. False also
        matches an attribute that is not there. `{not: …}` is the opposite.
    title, why, instead: texts for a reader; `{name}` is filled in from the attributes, `{before}` and `{after}`;
        `{subject}` is the element in words, with its own backticks, `{holder}` what holds it, `{operation}`
        where it is felt (bot.judge.subject).
    also: names of the same check elsewhere (`oasdiff/response-property-removed`).
    examples: documents that show it; their shape is known to the tests that run them and to the documentation.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    fact: Strings
    where: dict[str, Any] = {}
    level: Level
    title: str
    why: str
    instead: str = ""
    also: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+/[A-Za-z0-9_.-]+$")], ...], BeforeValidator(_as_tuple)
    ] = ()
    examples: tuple[dict[str, Any], ...] = ()


def read_entries(path: Path, *, examples: bool) -> Iterator[Entry]:
    """The rules of one file, in order. Raises CatalogueError at the first that is wrong.

    `examples`: whether to read these, too; they are half of the files, and judging does not need them.
    """
    loader = yaml.CSafeLoader(path.read_bytes())
    try:
        root = loader.get_single_node()
        if root is None:
            return
        if not isinstance(root, yaml.SequenceNode):
            raise CatalogueError(f"{path.name}:1: a rule file is a list of rules; start each with `- id:`")
        for node in root.value:
            line = node.start_mark.line + 1
            if not examples and isinstance(node, yaml.MappingNode):
                node.value = [pair for pair in node.value if pair[0].value != "examples"]
            try:
                yield Entry.model_validate(loader.construct_object(node, deep=True))
            except ValidationError as problem:
                raise CatalogueError(_sentence(path, line, problem)) from problem
    except yaml.YAMLError as problem:
        raise CatalogueError(f"{path.name}: not readable as YAML: {problem}") from problem
    finally:
        loader.dispose()


def _sentence(path: Path, line: int, problem: ValidationError) -> str:
    first = problem.errors()[0]
    where = ".".join(str(step) for step in first["loc"]) or "the rule"
    return f"{path.name}:{line}: {where}: {first['msg']} (found {str(first['input'])[:60]!r})"
