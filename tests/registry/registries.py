"""Registries and findings for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent, indent

from bot.contracts.change import AttributeValue, Change, Place
from bot.contracts.document import Document
from bot.judge.finding import Finding, Level, Rule, Verdict
from bot.registry.model import Registry
from bot.registry.reading import Reading, read_registry

HEAD = "apiVersion: contracts.review/v1\nkind: ContractRegistry\n"
MAIN = ".github/contracts.yml"


def document(path: str, text: str) -> Document:
    return Document(path, f"{abs(hash((path, text))):040x}"[:40], text.encode())


def reading(text: str, *, head: str = HEAD, **others: str) -> Reading:
    """A registry of one file; `others` are further files, `__` for `/` and `_yml` for the ending."""
    files = {MAIN: head + dedent(text)}
    files |= {name.replace("__", "/").replace("_yml", ".yml"): HEAD + dedent(body) for name, body in others.items()}
    return read_registry({path: document(path, body) for path, body in files.items()})


def registry(text: str) -> Registry:
    found = reading(text)
    assert found.registry is not None, [str(p) for p in found.problems]
    return found.registry


def orders(consumers: str = "", guarantees: str = "", more: str = "") -> Registry:
    """One production contract, `orders-api`, with these consumers, guarantee lines and further keys."""
    lines = [
        "contracts:",
        "  - id: orders-api",
        "    type: openapi",
        '    files: ["api/**"]',
        '    owner: "@acme/orders"',
        '    decision_owner: "@acme/council"',
    ]
    if guarantees:
        lines += ["    guarantees:", indent(dedent(guarantees).strip(), "      ")]
    if more:
        lines.append(indent(dedent(more).strip(), "    "))
    if consumers:
        lines += ["consumers:", indent(dedent(consumers).strip(), "  ")]
    return registry("\n".join(lines) + "\n")


def finding(
    *places: str,
    fact: str = "schema.property.removed",
    direction: str = "response",
    rule: str = "response-property-removed",
    element: str | None = None,
    attributes: Mapping[str, AttributeValue] | None = None,
) -> Finding:
    at = tuple(Place(place, {"direction": direction}) for place in sorted(places))
    change = Change(fact, element or at[0].address, at, attributes=attributes or {})
    text = Rule(rule, Level.BREAKING, "A title", "Why", "Instead")
    return Finding("orders-api", change, (Verdict(text, Level.BREAKING, at),))
