"""Files that show who uses what, known by their content: pacts, GraphQL operations, Backstage's catalogue."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import yaml

from bot.contracts.document import Document, Position
from bot.registry.drafting.found import Consumed

_OPERATION = re.compile(rb"^[ \t]*(query|mutation|subscription|fragment)\b|^[ \t]*\{", re.MULTILINE)
_SUFFIXES = ("-api", "-service", "-provider", "-server", "-backend")
_MOST_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Pact:
    """A pact file's two names, and where it says so."""

    consumer: str
    provider: str
    position: Position


def pact(document: Document) -> Pact | None:
    """The parties of a pact file; None when it is none."""
    if not document.path.endswith(".json") or not all(word in document.data for word in (b'"consumer"', b'"provider"')):
        return None
    try:
        value = json.loads(document.data) if len(document.data) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not ("interactions" in value or "messages" in value):
        return None
    names = [
        party.get("name") if isinstance(party := value.get(key), dict) else None for key in ("consumer", "provider")
    ]
    if not all(isinstance(name, str) and name.strip() for name in names):
        return None
    line = document.data[: document.data.index(b'"consumer"')].count(b"\n") + 1
    return Pact(str(names[0]), str(names[1]), Position(document.path, line))


def operation_files(documents: Iterable[Document]) -> Mapping[str, list[str]]:
    """GraphQL files that hold operations, by a glob of the folder in which a consumer keeps them."""
    found: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        suffix = PurePosixPath(document.path).suffix
        if suffix in (".graphql", ".gql") and _OPERATION.search(document.data):
            folder = document.path.partition("/")[0] if "/" in document.path else ""
            found[f"{folder}/**/*{suffix}".lstrip("/")].append(document.path)
    return dict(found)


def catalogued(document: Document) -> Iterator[Consumed]:
    """What Backstage's catalogue says is consumed (`spec.consumesApis`). Source: backstage.io, "Descriptor Format"."""
    if PurePosixPath(document.path).stem != "catalog-info" or b"consumesApis" not in document.data:
        return
    try:
        entities = list(yaml.load_all(document.data, Loader=yaml.CBaseLoader))
    except (yaml.YAMLError, RecursionError):
        return
    for entity in entities:
        metadata, spec = (entity.get(key) if isinstance(entity, dict) else None for key in ("metadata", "spec"))
        if not isinstance(metadata, dict) or not isinstance(spec, dict):
            continue
        consumed = spec.get("consumesApis")
        for name in consumed if isinstance(consumed, list) else ():
            if isinstance(name, str) and (plain := name.rpartition("/")[2].rpartition(":")[2]):
                line = document.data[: max(document.data.find(name.encode()), 0)].count(b"\n") + 1
                component = str(metadata.get("name", ""))
                yield Consumed(plain, component, "backstage", document.path, Position(document.path, line))


def same_name(a: str, b: str) -> bool:
    """Whether two names are one to people: capitals, separators and a closing `-api` or `-service` do not count."""
    return _bare(a) == _bare(b)


def _bare(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()).strip("-")
    for suffix in _SUFFIXES:
        words = words.removesuffix(suffix)
    return words.replace("-", "")
