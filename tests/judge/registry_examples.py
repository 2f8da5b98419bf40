"""The examples of `rules/registry.yml`, made into registries and compared the way that a pull request's are."""

from __future__ import annotations

import hashlib
from typing import Any

import yaml

from bot.contracts.document import Document
from bot.judge.catalogue import Catalogue
from bot.registry.edited import edited
from bot.registry.reading import read_registry
from bot.registry.snapshot import RegistryEdit, Snapshot
from tests.judge.examples import TODAY

MAIN = ".github/contracts.yml"
_ENVELOPE = {"apiVersion": "contracts.review/v1", "kind": "ContractRegistry"}
_CONTRACT = {"id": "orders", "type": "openapi", "files": ["api/**"]}
_CONSUMER = {"id": "shop", "uses": [{"contract": "orders"}]}


def registry_rules_found(catalogue: Catalogue, before: Any, after: Any, paths: list[str]) -> set[str]:
    """Ids of all rules that match the edit from one registry to another. `paths`: the files of the repository."""
    old, new = _documents(before), _documents(after)
    edit = RegistryEdit(old, new, paths=frozenset(paths))
    snapshot = Snapshot("tip", "tip", "head", (), old, registry_edit=edit)
    impacts = edited(snapshot, read_registry(old).registry, catalogue, TODAY)
    return {impact.finding.rule.id for impact in impacts}


def registries(example: dict[str, Any]) -> tuple[Any, Any]:
    """Both registries of an example, whichever form it has."""
    if "registry" in example:
        return example["registry"]["before"], example["registry"]["after"]
    form = "contract" if "contract" in example else "consumer"
    before, after = (_around(form, example[form][name]) for name in ("before", "after"))
    return before, after


def _around(form: str, entry: Any) -> Any:
    if form == "contract":
        others = [{**_CONTRACT, "id": "another"}]
        return {"contracts": others + ([{**_CONTRACT, **entry}] if entry is not None else [])}
    return {"contracts": [_CONTRACT], "consumers": [{**_CONSUMER, **entry}] if entry is not None else []}


def _documents(registry: Any) -> dict[str, Document]:
    if registry is None:
        return {}
    text = registry if isinstance(registry, str) else yaml.safe_dump({**_ENVELOPE, **registry}, sort_keys=False)
    data = text.encode()
    return {MAIN: Document(MAIN, hashlib.sha1(data, usedforsecurity=False).hexdigest(), data)}
