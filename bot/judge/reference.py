"""`python -m bot.judge.reference > docs/rules.md`: the rule reference, made from the catalogue."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.judge.catalogue import ABSENT, Catalogue, rules_directory
from bot.judge.entry import Entry
from bot.judge.finding import Level

_NAMES = {
    "asyncapi": "AsyncAPI",
    "avro": "Avro",
    "common": "Every format",
    "graphql": "GraphQL",
    "json-schema": "JSON Schema",
    "openapi": "OpenAPI",
    "other": "Other documents",
    "protobuf": "Protocol Buffers",
    "registry": "The registry itself",
    "schema": "Schemas (OpenAPI, AsyncAPI)",
}
_EXPECTATIONS = frozenset({"finds", "reversed"})
_INTRODUCTION = """# Rules

What each change means, and to whom. Made from `rules/*.yml` by `python -m bot.judge.reference > docs/rules.md`;
edit the rules, not this page.

A rule is named by its id in `compatibility.rules` of the registry, which may give it another level. *When* is the fact
that a comparison reports, with what has to hold besides; the first rule that matches decides. In the titles `‹…›`
stands for what the change is about.
"""


def reference(directory: Path) -> str:
    """The whole page."""
    catalogue = Catalogue.load(directory, examples=True)
    parts = [_INTRODUCTION, *_overview(catalogue)]
    for name, entries in catalogue.files.items():
        parts.append(f"## {_NAMES.get(name, name)}\n")
        parts += [_section(entry) for entry in entries]
    parts.append(_absent(directory / f"{ABSENT}.yml"))
    return "\n".join(parts)


def _overview(catalogue: Catalogue) -> Iterator[str]:
    levels = (Level.BREAKING, Level.UNCLASSIFIED, Level.RISKY, Level.COMPATIBLE)
    yield f"| format | rules | {' | '.join(level.value for level in levels)} |"
    yield f"| --- | --- |{' --- |' * len(levels)}"
    for name, entries in catalogue.files.items():
        numbers = " | ".join(str(sum(entry.level is level for entry in entries)) for level in levels)
        yield f"| {_NAMES.get(name, name)} | {len(entries)} | {numbers} |"
    yield ""


def _section(entry: Entry) -> str:
    lines = [f"### `{entry.id}`\n", f"**{entry.level.value}** · {_plain(entry.title)}\n", _plain(entry.why)]
    if entry.instead:
        lines.append(f"\nInstead: {_plain(entry.instead)}")
    lines.append(f"\nWhen: {_when(entry)}")
    if entry.also:
        lines.append(f"\nAlso known as: {', '.join(f'`{name}`' for name in entry.also)}")
    if entry.examples:
        shown = {key: value for key, value in entry.examples[0].items() if key not in _EXPECTATIONS}
        lines.append(f"\n```yaml\n{_yaml(shown)}```")
    return "\n".join(lines) + "\n"


def _when(entry: Entry) -> str:
    facts = " or ".join(f"`{fact}`" for fact in entry.fact)
    conditions = [f"`{name}` {_condition(wanted)}" for name, wanted in entry.where.items()]
    return f"{facts} with {', '.join(conditions)}" if conditions else facts


def _condition(wanted: Any) -> str:
    if isinstance(wanted, Mapping):
        return f"not {_condition(wanted.get('not'))}"
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        return " or ".join(_condition(one) for one in wanted)
    return {None: "absent", True: "true", False: "false"}.get(wanted, str(wanted)) if _is_flag(wanted) else str(wanted)


def _is_flag(wanted: object) -> bool:
    return wanted is None or isinstance(wanted, bool)


def _plain(text: str) -> str:
    """Placeholders as a reader of a page meets them: `{name}` is ‹name›."""
    return " ".join(text.replace("{", "‹").replace("}", "›").split())


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks: examples hold whole files."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def _yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, default_flow_style=None, sort_keys=False, width=116, allow_unicode=True)


def _absent(path: Path) -> str:
    lines = ["## Checks of other tools without a rule\n"]
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        lines.append(f"{', '.join(f'`{id}`' for id in entry['ids'])}: {entry['reason']}\n")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(reference(rules_directory()))
