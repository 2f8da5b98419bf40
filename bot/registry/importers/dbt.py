"""dbt manifests (`target/manifest.json`): who depends on the models and sources that a contract promises.

Exposures (dashboards, notebooks, applications) are consumers, called by their owner; models of other packages are, too,
called by their package. A manifest tells which models are used, not which columns: columns are named only where an
exposure lists them under `meta.columns` (`orders.customer_email`, or `customer_email` when it depends on one model).

Source: dbt, "Manifest JSON file" and "Exposure properties" (`depends_on.nodes`, `owner.name`, `owner.email`,
`original_file_path`, `patch_path`, unique ids `model.package.name` and `source.package.source.table`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.contracts.document import Document
from bot.contracts.reading import Unreadable, locate, read
from bot.contracts.tree import Pointer
from bot.registry.importers.imported import Imported, Question, Sighting
from bot.registry.importers.naming import called

_TABLES = ("model", "source", "seed", "snapshot")


def shown(question: Question, documents: Mapping[str, Document]) -> Imported:
    """Addresses are `orders` and `orders.customer_email`. A manifest is never complete: people query tables as well."""
    problems: list[str] = []
    used: list[Sighting] = []
    for path in sorted(documents):
        try:
            used += _Manifest(documents[path], question, problems).sightings()
        except Unreadable as error:
            problems.append(f"`{path}:{error.line or 1}`: {error.message}")
    return Imported(tuple(used), problems=tuple(problems))


class _Manifest:
    def __init__(self, document: Document, question: Question, problems: list[str]) -> None:
        self._document, self._question, self._problems = document, question, problems
        value = read(document)
        self._value: Mapping[str, Any] = value if isinstance(value, dict) else {}
        self._tables = {
            key: node
            for section in ("nodes", "sources")
            for key, node in _members(self._value, section)
            if key.partition(".")[0] in _TABLES
        }

    def sightings(self) -> Iterator[Sighting]:
        if "nodes" not in self._value and "exposures" not in self._value:
            self._problems.append(f"`{self._document.path}:1`: This is no dbt manifest: it has no `nodes`.")
            return
        promised = self._promised()
        found: dict[tuple[str, str], Pointer] = {}
        for key, exposure in _members(self._value, "exposures"):
            consumer, at = _owner(exposure), ("exposures", key)
            for element, index in self._used(exposure, promised):
                found.setdefault((element, consumer), (*at, "depends_on", "nodes", index))
        home = {str(self._tables[key].get("package_name", "")) for key in promised}
        for key, node in _members(self._value, "nodes"):
            package = str(node.get("package_name", ""))
            if package in home:
                continue
            for element, index in self._used(node, promised):
                found.setdefault((element, package), ("nodes", key, "depends_on", "nodes", index))
        lines = locate(self._document, list(set(found.values())))
        for (element, consumer), pointer in found.items():
            yield Sighting(element, self._document.path, lines[pointer].line, consumer)

    def _promised(self) -> frozenset[str]:
        """The tables of the contract: those that its documents describe, else those that are called by its names."""
        contract, names = self._question.contract, self._question.names
        if contract is not None:
            described = [key for key, node in self._tables.items() if _is_described(node, contract.documents)]
            if described:
                return frozenset(described)
        named = [key for key, node in self._tables.items() if any(called(one, names) for one in _names(key, node))]
        if not named:
            said = ", ".join(f"`{name}`" for name in sorted(names))
            self._problems.append(
                f"`{self._document.path}`: no model or source in it is called {said}. "
                "Write `known_as:` with its name, or that of its dbt package, at the contract."
            )
        return frozenset(named)

    def _used(self, node: Mapping[str, Any], promised: frozenset[str]) -> Iterator[tuple[str, int]]:
        """The elements that a node uses, and which of its dependencies says so."""
        depends = node.get("depends_on")
        nodes = depends.get("nodes") if isinstance(depends, dict) else None
        tables = [
            (self._table(key), index)
            for index, key in enumerate(nodes if isinstance(nodes, list) else ())
            if isinstance(key, str) and key in promised
        ]
        columns = list(_columns(node))
        for table, index in tables:
            own = [one.partition(".")[2] for one in columns if one.startswith(f"{table}.")]
            if len(tables) == 1 == len(nodes or ()):
                own += [one for one in columns if "." not in one]
            if own:
                yield from ((f"{table}.{column}", index) for column in own)
            else:
                yield table, index

    def _table(self, key: str) -> str:
        node = self._tables.get(key, {})
        return str(node.get("name") or key.rpartition(".")[2])


def _is_described(node: Mapping[str, Any], documents: Mapping[str, Document]) -> bool:
    """Paths in a manifest start at the dbt project, which may be a folder of the repository."""
    paths = [str(node.get(key) or "").rpartition("://")[2] for key in ("original_file_path", "patch_path")]
    return any(path and (one == path or one.endswith(f"/{path}")) for path in paths for one in documents)


def _names(key: str, node: Mapping[str, Any]) -> Iterator[str]:
    for name in ("name", "alias", "package_name", "source_name", "identifier"):
        if isinstance(node.get(name), str):
            yield node[name]
    yield key.rpartition(".")[2]


def _owner(exposure: Mapping[str, Any]) -> str:
    owner = exposure.get("owner")
    for name in ("name", "email"):
        if isinstance(owner, dict) and isinstance(owner.get(name), str) and owner[name]:
            return str(owner[name])
    return str(exposure.get("name", ""))


def _columns(node: Mapping[str, Any]) -> Iterator[str]:
    for holder in (node, node.get("config")):
        meta = holder.get("meta") if isinstance(holder, dict) else None
        columns = meta.get("columns") if isinstance(meta, dict) else None
        yield from (one for one in columns if isinstance(one, str)) if isinstance(columns, list) else ()


def _members(owner: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    value = owner.get(key)
    for name, member in value.items() if isinstance(value, dict) else ():
        if isinstance(member, dict):
            yield name, member
