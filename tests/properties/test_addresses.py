"""Containment of addresses, held against small contracts of which every element is listed.

The contracts are trees: an element holds what is below it. What the address of one says about the address of another
has to be what the tree says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts.address import Relation, matches, normalise, parse, property_path, relation
from bot.contracts.change import Change, Place
from bot.judge.finding import Finding, Level, Rule, Verdict
from bot.registry.impact import Reach
from bot.registry.model import Consumer, Contract, Evidence, Registry, Use
from bot.registry.trace import trace

NAMES = ["a", "b", "total", "odd name", "it's", "x.y", "*"]


@dataclass(frozen=True, slots=True)
class Element:
    """above: the addresses of everything that holds it, from the outside in."""

    address: str
    above: tuple[str, ...] = ()

    def holds(self, other: Element) -> bool:
        return self.address in other.above


Schema = dict[str, "Schema"]

schemas: st.SearchStrategy[Schema] = st.recursive(
    st.just({}),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
        st.dictionaries(st.sampled_from(["[*]"]), inner, max_size=1),
        st.dictionaries(st.sampled_from(["{*}"]), inner, max_size=1),
    ),
    max_leaves=5,
)
operations = st.dictionaries(
    st.sampled_from(["GET /orders", "GET /orders/{id}", "POST /orders", "DELETE /orders/{id}/items/{item}"]),
    st.dictionaries(st.sampled_from(["200", "404", "default", "request", "query:page", "200.header:ETag"]), schemas),
    min_size=1,
    max_size=3,
)
messages = st.dictionaries(st.sampled_from(["OrderCreated", "OrderCancelled", "acme.Order"]), schemas, min_size=1)
types: st.SearchStrategy[dict[str, dict[str, list[str]]]] = st.dictionaries(
    st.sampled_from(["Query", "Order", "Customer"]),
    st.dictionaries(st.sampled_from(["id", "order", "customer"]), st.lists(st.sampled_from(["id", "n"]), unique=True)),
    min_size=1,
)
full_names = st.sets(
    st.lists(st.sampled_from(["acme", "orders", "v1", "Order", "Orders", "Get", "id"]), min_size=1, max_size=4).map(
        ".".join
    ),
    min_size=1,
    max_size=8,
)


def _below(schema: Schema, root: str, path: str, above: tuple[str, ...]) -> Iterator[Element]:
    here = root + path
    yield Element(here, above)
    for name, inner in schema.items():
        step = f"{path}[*]" if name == "[*]" else path + ".{*}" if name == "{*}" else property_path(path, name)
        yield from _below(inner, root, step, (*above, here))


def _of_operations(contract: dict[str, dict[str, Schema]]) -> Iterator[Element]:
    for operation, parts in contract.items():
        yield Element(operation)
        for part, schema in parts.items():
            whole = f"{operation} {part}"
            if part == "200.header:ETag":
                yield Element(whole, (operation, f"{operation} 200"))
            else:
                yield Element(whole, (operation,))
                yield from _below(schema, f"{whole}:", "$", (operation, whole))


def _of_messages(contract: dict[str, Schema]) -> Iterator[Element]:
    for message, schema in contract.items():
        yield Element(message)
        yield from _below(schema, f"{message}:", "$", (message,))


def _of_types(contract: dict[str, dict[str, list[str]]]) -> Iterator[Element]:
    for type, fields in contract.items():
        yield Element(type)
        for field, arguments in fields.items():
            yield Element(f"{type}.{field}", (type,))
            yield from (Element(f"{type}.{field}({argument}:)", (type, f"{type}.{field}")) for argument in arguments)


def _of_full_names(names: set[str]) -> Iterator[Element]:
    """Also tables with their columns: `orders.customer_email`."""
    everything = {".".join(name.split(".")[:n]) for name in names for n in range(1, name.count(".") + 2)}
    for name in everything:
        parts = name.split(".")
        yield Element(name, tuple(".".join(parts[:n]) for n in range(1, len(parts))))


contracts = st.one_of(
    operations.map(lambda c: list(_of_operations(c))),
    messages.map(lambda c: list(_of_messages(c))),
    types.map(lambda c: list(_of_types(c))),
    full_names.map(lambda c: list(_of_full_names(c))),
)


def _expected(used: Element, changed: Element) -> Relation:
    if used.address == changed.address:
        return Relation.EQUAL
    if changed.holds(used):
        return Relation.ELEMENT_CONTAINS_USE
    return Relation.USE_CONTAINS_ELEMENT if used.holds(changed) else Relation.DISJOINT


def _is_of_default(one: Element, other: Element) -> bool:
    """`default` stands for every error without a response of its own, which the tree does not know of."""
    return ("default" in one.address) != ("default" in other.address)


@given(contracts)
@settings(deadline=None, max_examples=150)
def test_containment_agrees_with_the_list_of_all_elements(elements: list[Element]) -> None:
    for used, changed in product(elements, elements):
        if not _is_of_default(used, changed):
            assert relation(used.address, changed.address) is _expected(used, changed), (used, changed)
            assert matches(used.address, changed.address) is (
                _expected(used, changed) in (Relation.EQUAL, Relation.USE_CONTAINS_ELEMENT)
            ), (used, changed)


@st.composite
def patterns(draw: st.DrawFn) -> tuple[list[Element], list[str]]:
    """A contract, and addresses of it in which some steps are wildcards."""
    elements = draw(contracts)
    made = [element.address for element in draw(st.lists(st.sampled_from(elements), min_size=3, max_size=3))]
    return elements, [draw(_blurred(address)) for address in made]


@st.composite
def _blurred(draw: st.DrawFn, address: str) -> str:
    tokens = parse(address).tokens
    blurred = tuple(
        replace(token, text=draw(st.sampled_from([token.text, token.text, "*", "**"])))
        if token.kind in ("segment", "step", "name", "part") and token.text[:1] != "["
        else token
        for token in tokens
    )
    try:
        text = str(replace(parse(address), tokens=blurred))
        parse(text)
    except ValueError:
        return address
    return text


@given(patterns())
@settings(deadline=None, max_examples=300)
def test_containment_is_reflexive_and_transitive(drawn: tuple[list[Element], list[str]]) -> None:
    elements, (one, other, third) = drawn
    for text in (one, other, third):
        assert relation(text, text) is Relation.EQUAL
        assert matches(text, text)
        assert normalise(normalise(text)) == normalise(text)
    for relates in (Relation.EQUAL, Relation.DISJOINT):
        assert (relation(one, other) is relates) is (relation(other, one) is relates)
    if matches(one, other) and matches(other, third):
        assert matches(one, third)
    for element in elements:
        if matches(one, other) and matches(other, element.address):
            assert matches(one, element.address), "what a covered pattern covers is covered"


@given(patterns())
@settings(deadline=None, max_examples=300)
def test_a_pattern_covers_with_an_element_all_that_is_in_it(drawn: tuple[list[Element], list[str]]) -> None:
    elements, texts = drawn
    for pattern in texts:
        for element in elements:
            if matches(pattern, element.address):
                assert relation(pattern, element.address) is not Relation.DISJOINT
                assert all(matches(pattern, inner.address) for inner in elements if element.holds(inner))


_ORDER = {Relation.EQUAL: Reach.AFFECTED, Relation.ELEMENT_CONTAINS_USE: Reach.AFFECTED}


@given(contracts, st.data())
@settings(deadline=None, max_examples=100)
def test_a_consumer_is_reached_by_exactly_what_the_tree_says(elements: list[Element], data: st.DataObject) -> None:
    used = data.draw(st.sampled_from(elements))
    evidence = Evidence(kind=data.draw(st.sampled_from(["declared", "pact", "graphql"])))
    registry = Registry(
        contracts=(Contract(id="c", type="other", files=("c",)),),
        consumers=(Consumer(id="shop", uses=(Use(contract="c", elements=(used.address,), evidence=evidence),)),),
    )
    changed = [element for element in elements if not _is_of_default(used, element)]
    for element, impact in zip(changed, trace([_finding(e.address) for e in changed], registry, "c"), strict=True):
        expected = _expected(used, element)
        wanted = Reach.POSSIBLY if expected is Relation.USE_CONTAINS_ELEMENT else _ORDER.get(expected, Reach.NOT)
        assert impact.consumers[0].reach is wanted, (used, element)


def _finding(address: str) -> Finding:
    place = Place(address, {"direction": "response"})
    rule = Rule("response-property-removed", Level.BREAKING, "", "", "")
    return Finding(
        "c", Change("schema.property.removed", address, (place,)), (Verdict(rule, Level.BREAKING, (place,)),)
    )
