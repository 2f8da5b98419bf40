"""Backstage catalogs (`catalog-info.yaml`): `spec.consumesApis` declares that a component uses an API, as a whole.

Source: Backstage, "Descriptor Format of Catalog Entities" (entity references `[kind:][namespace/]name`, `consumesApis`,
`providesApis`, `kind: API` with `spec.definition`, substitutions such as `$text: ./openapi.yaml`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.contracts.document import Document
from bot.contracts.reading import Unreadable, locate, read
from bot.registry.importers.imported import Imported, Question, Sighting
from bot.registry.importers.naming import called
from bot.registry.importers.yaml_documents import Part, parts

WHOLE = "**"


def shown(question: Question, documents: Mapping[str, Document]) -> Imported:
    """Consumers by `metadata.name`. Who provides an API is none of its consumers. A catalog is never complete.

    The contract is meant by one of its names, and by every API whose definition is one of its documents.
    """
    problems: list[str] = []
    entities = [entity for path in sorted(documents) for entity in _entities(documents[path], problems)]
    names = question.names | {entity.name for entity in entities if entity.defines(question)}
    used: list[Sighting] = []
    for entity in entities:
        if any(called(_reference(one), names) for one in _texts(entity.spec.get("providesApis"))):
            continue
        consumed = entity.spec.get("consumesApis")
        for index, reference in enumerate(consumed if isinstance(consumed, list) else ()):
            if isinstance(reference, str) and called(_reference(reference), names):
                line = locate(entity.part.document, [pointer := ("spec", "consumesApis", index)])[pointer].line
                used.append(Sighting(WHOLE, entity.part.document.path, line + entity.part.above, entity.name))
    if not used and not problems:
        where = ", ".join(f"`{path}`" for path in sorted(documents)[:3])
        said = ", ".join(f"`{name}`" for name in sorted(names))
        problems.append(f"{where}: nobody there has {said or 'an API'} in `consumesApis`. Write `known_as: [name]`.")
    return Imported(tuple(used), problems=tuple(problems))


@dataclass(frozen=True, slots=True)
class _Entity:
    part: Part
    kind: str
    name: str
    spec: Mapping[str, Any]

    def defines(self, question: Question) -> bool:
        """Whether it is the API whose definition the contract is."""
        definition = self.spec.get("definition")
        if self.kind != "api" or not isinstance(definition, dict) or question.contract is None:
            return False
        folder = posixpath.dirname(self.part.document.path)
        files = {posixpath.normpath(posixpath.join(folder, one)) for one in definition.values() if isinstance(one, str)}
        return not files.isdisjoint(question.contract.documents)


def _entities(document: Document, problems: list[str]) -> Iterator[_Entity]:
    above = 0
    try:
        for part in parts(document):
            above = part.above
            value = read(part.document)
            metadata = value.get("metadata") if isinstance(value, dict) else None
            name = metadata.get("name") if isinstance(metadata, dict) else None
            if isinstance(name, str):
                spec = value.get("spec")
                kind = str(value.get("kind", "")).lower()
                yield _Entity(part, kind, name, spec if isinstance(spec, dict) else {})
    except Unreadable as error:
        problems.append(f"`{document.path}:{(error.line or 1) + above}`: {error.message}")


def _reference(reference: str) -> str:
    """`api:default/orders` is `orders`."""
    return reference.rpartition("/")[2].rpartition(":")[2]


def _texts(value: Any) -> Iterator[str]:
    yield from (one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
