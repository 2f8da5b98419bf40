"""What one repository says about itself, as a producer, as a consumer, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.contracts.document import Document
from bot.contracts.reading import locate
from bot.registry.model import Registry
from bot.registry.reading import Reading


@dataclass(frozen=True, slots=True)
class GatheredUse:
    """One element that evidence in the repository's files shows to be used.

    contract: `owner/repository#id`. consumer: its id. ref: file and line, `pacts/checkout.json:12`. seen: a day,
    `YYYY-MM-DD`, empty when it is not known. complete: what this evidence does not list, the consumer does not use.
    pending: recorded, not counted. offered: only seen to be returned, which proves no use.
    """

    contract: str
    consumer: str
    element: str
    kind: str
    ref: str
    seen: str = ""
    complete: bool = False
    pending: bool = False
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Half:
    """A repository at the tip of its default branch.

    registry: None when there is none, or when it is broken: then `problems` say how, with file and line, and the
    registry is the last one that could be read, if there was one (`stale`).
    uses: what its files show (`evidence_from`). hidden: the repository is not public; internal: but everybody in the
    enterprise can read it. archived: nobody can write to it any more.
    writers: handles of its registry's owners who can write to it; only these can make a half block others.
    former: names that the repository had before, which others may still call it by.
    places: where a contract stands (by its id), or what is consumed (as it is written there): `contracts.yml:12`.
    """

    repository: str
    repository_id: int
    registry: Registry | None
    commit: str = ""
    problems: tuple[str, ...] = ()
    stale: bool = False
    uses: tuple[GatheredUse, ...] = ()
    hidden: bool = False
    writers: frozenset[str] = frozenset()
    refreshed_at: datetime | None = None
    internal: bool = False
    archived: bool = False
    former: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)


def places_of(reading: Reading) -> Mapping[str, str]:
    """`Half.places` of a registry that was read."""
    found: dict[str, str] = {}
    for path, file in reading.files.items():
        pointers = {("contracts", index, "id"): one.id for index, one in enumerate(file.contracts)}
        pointers |= {("consumes", index, "contract"): one.contract for index, one in enumerate(file.consumes)}
        document = reading.documents.get(path)
        if isinstance(document, Document) and pointers:
            for pointer, position in locate(document, set(pointers)).items():
                found.setdefault(pointers[pointer], f"{path}:{position.line}")  # type: ignore[index]
    return found
