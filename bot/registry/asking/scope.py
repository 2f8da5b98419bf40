"""Which contracts a question about an element is about."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.contracts import address
from bot.contracts.address import Address, AddressError, Relation
from bot.registry.asking.visible import is_private
from bot.registry.graph.graph import Graph, Node

_OF_PATHS = frozenset({"method", "segment", "end"})
_MOST_NAMED = 8
_MOST_NEAR = 3
_SEGMENT = re.compile(r"(?:[A-Za-z]+ |\* )?/([A-Za-z0-9_-]+)(?=[/\s]|\Z)")
_FIRST_NAME = re.compile(r"([A-Za-z0-9_]+)(?=[.:(\s]|\Z)")
_NAME = re.compile(r"[A-Za-z_][\w-]+")


class Unanswerable(Exception):
    """The question cannot be answered as it is put. The message says why, and what to ask instead."""


@dataclass(frozen=True, slots=True)
class Scope:
    """passed_over: full names of contracts in which such an element may exist, but of which nobody has said so."""

    element: Address
    contracts: tuple[Node, ...]
    passed_over: tuple[str, ...] = ()


def scope(graph: Graph, element: str, contract: str | None = None) -> Scope:
    """The contracts to look at: the one that is named, or those in which somebody has named anything at the element;
    when nobody has anywhere, the only one whose elements are written so. Raises Unanswerable.
    """
    try:
        wanted = address.parse(element)
    except AddressError as error:
        raise Unanswerable(f"`{element}` {error}{_near(graph, element)}") from None
    if contract is not None:
        node = contract_named(graph, contract)
        if not _speaks(node, wanted):
            raise Unanswerable(
                f"`{element}` is no element of {node.contract.id}: {_words(node)}{_near(graph, element, (node,))}"
            )
        return Scope(wanted, (node,))
    fitting = [node for node in graph.nodes if _speaks(node, wanted)]
    first = _first_word(element)
    concerned = [node for node in fitting if any(_concerns(wanted, named, first) for named in _addresses(graph, node))]
    chosen = concerned or (fitting if len(fitting) == 1 else [])
    if not graph.nodes:
        raise Unanswerable("no contract is registered: see `countersign init`")
    if not fitting:
        raise Unanswerable(f"no contract here has elements written like `{element}`{_near(graph, element)}")
    if not chosen:
        names = _listed([node.contract.id for node in fitting])
        raise Unanswerable(f"nobody names `{element}` in any contract; say which one is meant: --contract {names}")
    return Scope(wanted, tuple(chosen), tuple(node.name for node in fitting if node not in chosen))


def contract_named(graph: Graph, contract: str) -> Node:
    """The contract of that full name, or id. Raises Unanswerable."""
    found = [node for node in graph.nodes if contract.lower() == node.name.lower()]
    found = found or [node for node in graph.nodes if contract == node.contract.id]
    if len(found) == 1:
        return found[0]
    if found:
        raise Unanswerable(f"several contracts are called `{contract}`: write {_listed([n.name for n in found])}")
    ids = [node.contract.id for node in graph.nodes]
    near = difflib.get_close_matches(contract.rpartition("#")[2], ids, 1)
    raise Unanswerable(
        f"there is no contract `{contract}`"
        + (f": did you mean `{near[0]}`?" if near else f" (there are: {_listed(ids)})" if ids else "")
    )


def of_contract(graph: Graph, contract: str) -> Graph:
    """The graph of one contract alone. Raises Unanswerable."""
    node = contract_named(graph, contract)
    return replace(graph, nodes=(node,), edges=graph.users(node.name))


def _speaks(node: Node, element: Address) -> bool:
    """Whether the elements of the contract are written so: operations of paths, or names."""
    first = element.tokens[0]
    if first.kind == "scopes":
        return True
    if node.contract.type == "openapi":
        return first.kind in _OF_PATHS or first.text == "webhook"
    return first.kind not in _OF_PATHS


def _words(node: Node) -> str:
    if node.contract.type == "openapi":
        return "its elements are written as `GET /orders/{id} 200:$.status`"
    return "its elements are written by name, as `OrderCreated:$.total` or `Order.customer`"


def _concerns(element: Address, named: str, first: str | None) -> bool:
    """first: the element's own first word; an organisation names tens of thousands of elements, so most are told apart
    by that alone.
    """
    other = _first_word(named) if first else None
    if other and other != first:
        return False
    found = address.read(named)
    return found.tokens[0].kind != "scopes" and address.relation(found, element) is not Relation.DISJOINT


def _first_word(text: str) -> str | None:
    """The first segment or name of an address, where it is a plain word; None where it may stand for several."""
    found = (_SEGMENT if "/" in text else _FIRST_NAME).match(text.strip())
    return found[1] if found else None


def _addresses(graph: Graph, node: Node, *, named: bool = False) -> Iterator[str]:
    """Every address that anybody has written about the contract. named: only by those who may be named."""
    contract = node.contract
    yield from (line.at for line in contract.guarantees)
    yield from (behaviour.at for behaviour in contract.behaviours)
    yield from (entry.at for entry in contract.deprecated)
    for edge in graph.users(node.name):
        if not (named and is_private(edge)):
            yield from (element for use in edge.uses for element in use.elements)
            yield from (assumption.at for assumption in edge.assumes)


def _near(graph: Graph, text: str, nodes: Sequence[Node] = ()) -> str:
    """What the element may be meant to be, by the last name in it. nodes: where to look, everywhere when empty."""
    words = _NAME.findall(text)
    if not words:
        return ""
    addresses = {written for node in nodes or graph.nodes for written in _addresses(graph, node, named=True)}
    alike = sorted(written for written in addresses if words[-1] in _NAME.findall(written))
    near = difflib.get_close_matches(text, alike, _MOST_NEAR, cutoff=0.0)
    return f"; did you mean {_listed(near, quote=True)}?" if near else ""


def _listed(names: list[str], *, quote: bool = False) -> str:
    shown = [f"`{name}`" if quote else name for name in names[:_MOST_NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
