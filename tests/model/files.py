"""The contract whose places change, and the registry that says who reads them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from tests.model.oracle import CHANGEABLE, CONSUMERS, COUNCIL, ORDERS, READ_BY

SPEC, REGISTRY = "api/openapi.yaml", ".github/contracts.yml"

_HEAD = """\
openapi: 3.0.3
info: {title: Customers, version: 1.0.0}
paths:
  /customers:
    get:
      responses:
        "200":
          description: Customers.
          content:
            application/json:
              schema:
                type: object
"""
_WRITTEN: Mapping[tuple[str, str], str] = {
    ("status", "few"): "type: string\nenum: [open, closed]",
    ("status", "more"): "type: string\nenum: [open, closed, held]",
    ("legacy", "there"): "type: string",
}
_APART = 3
"""Properties that stay, between two that change: so that edits of both are no conflict."""
_INDENT = " " * 16


def contract(values: Mapping[str, str]) -> str:
    """values: by place. Each stands by itself, so that git puts changes of different places together."""
    required, properties = "", ""
    for place in CHANGEABLE:
        written = {place: _WRITTEN.get((place, values[place]), f"type: {values[place]}")}
        if values[place] == "gone":
            written = {}
        for name, schema in (written | {f"{place}_{n}": "type: string" for n in range(_APART)}).items():
            required += f"{_INDENT}  - {name}\n"
            properties += f"{_INDENT}  {name}:\n" + "".join(f"{_INDENT}    {line}\n" for line in schema.splitlines())
    return f"{_HEAD}{_INDENT}required:\n{required}{_INDENT}properties:\n{properties}"


VALUES: Mapping[str, Mapping[str, str]] = {
    contract(values): values
    for chosen in product(*CHANGEABLE.values())
    for values in [dict(zip(CHANGEABLE, chosen, strict=True))]
}
"""What a contract says, by its text."""

PROMISED: Mapping[str, str] = {place: values[0] for place, values in CHANGEABLE.items()}


def registry() -> str:
    text = f"""\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - id: customers-api
    type: openapi
    lifecycle: production
    files: ["api/*.yaml"]
    entrypoint: {SPEC}
    owner: "@acme/{ORDERS}"
    decision_owner: "@acme/{COUNCIL}"
    guarantees:
      - {{at: "**", level: guaranteed}}
consumers:
"""
    for consumer, team in CONSUMERS.items():
        read = [f'"GET /customers 200:$.{place}"' for place, reader in READ_BY.items() if reader == consumer]
        text += f"""\
  - id: {consumer}
    repo: acme/{consumer}
    owner: "@acme/{team}"
    uses:
      - contract: customers-api
        elements: [{", ".join(read)}]
        evidence: {{kind: traffic, ref: "gateway logs", seen: "2026-11-20"}}
"""
    return text
