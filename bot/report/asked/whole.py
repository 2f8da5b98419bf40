"""A graph as JSON, and back: every contract as its registry has it, and every consumer that may be named.

version     1; goes up when something is removed or changes its meaning
contracts   name, repository, contract (the terms of docs/registry.md), private (consumers that are only counted)
consumers   contract, repository, said_by, consumer, uses, assumes (the terms of docs/registry.md), only_producer,
            only_consumer, word (what its own half says about signing: blocks, why_not, signoff; null without one)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.registry.asking.scope import contract_named
from bot.registry.asking.visible import is_private
from bot.registry.graph.graph import Edge, Graph, Node, SaidBy
from bot.registry.model import Assumption, Consumer, Contract, OwnWord, Use
from bot.registry.terms import Model
from bot.report.asked.wire import VERSION, NotUnderstood

_USES = TypeAdapter(tuple[Use, ...])
_ASSUMES = TypeAdapter(tuple[Assumption, ...])
_SAID_BY: TypeAdapter[SaidBy] = TypeAdapter(SaidBy)
_TEXTS = TypeAdapter(tuple[str, ...])


def whole(graph: Graph, contract: str | None = None) -> dict[str, Any]:
    """The graph, or one contract of it. Raises bot.registry.asking.scope.Unanswerable."""
    nodes = graph.nodes if contract is None else (contract_named(graph, contract),)
    users = {node.name: graph.users(node.name) for node in nodes}
    return {
        "version": VERSION,
        "contracts": [
            {
                "name": node.name,
                "repository": node.repository,
                "contract": _plain(node.contract),
                "private": sum(map(is_private, users[node.name])),
            }
            for node in nodes
        ],
        "consumers": [_edge(edge) for found in users.values() for edge in found if not is_private(edge)],
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "contract": edge.contract,
        "repository": edge.repository,
        "said_by": edge.said_by,
        "consumer": _plain(edge.consumer.model_copy(update={"uses": (), "assumes": ()})),
        "uses": [_plain(use) for use in edge.uses],
        "assumes": [_plain(assumption) for assumption in edge.assumes],
        "only_producer": list(edge.only_producer),
        "only_consumer": list(edge.only_consumer),
        "word": _plain(edge.word) if edge.word else None,
    }


def _plain(term: Model) -> dict[str, Any]:
    return term.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def from_whole(value: object) -> Graph:
    """What a server has told. Consumers that were only counted are there without a name. Raises NotUnderstood."""
    if not isinstance(value, Mapping) or value.get("version") != VERSION:
        raise NotUnderstood(f"the server speaks another version than {VERSION}: use the countersign that fits to it")
    try:
        nodes = tuple(
            Node(str(each["name"]), str(each["repository"]), Contract.model_validate(each["contract"]))
            for each in value["contracts"]
        )
        private = tuple(
            _nameless(str(each["name"])) for each in value["contracts"] for _ in range(int(each["private"]))
        )
        return Graph(nodes=nodes, edges=(*map(_read, value["consumers"]), *private))
    except (KeyError, TypeError, ValueError, ValidationError):
        raise NotUnderstood("the server's answer is not understood") from None


def _nameless(contract: str) -> Edge:
    return Edge(
        contract, Consumer(id="private", visibility="private"), (Use(contract=contract),), (), "producer", "", True
    )


def _read(each: Mapping[str, Any]) -> Edge:
    return Edge(
        str(each["contract"]),
        Consumer.model_validate(each["consumer"]),
        _USES.validate_python(each["uses"]),
        _ASSUMES.validate_python(each["assumes"]),
        _SAID_BY.validate_python(each["said_by"]),
        str(each["repository"]),
        only_producer=_TEXTS.validate_python(each["only_producer"]),
        only_consumer=_TEXTS.validate_python(each["only_consumer"]),
        word=OwnWord.model_validate(each["word"]) if each.get("word") else None,
    )
