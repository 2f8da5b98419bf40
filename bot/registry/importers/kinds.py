"""The kinds of evidence that files can show, and who reads each. An importer is loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from bot.contracts.document import Document
from bot.registry.importers.imported import Imported, Importer, Question

IMPORTERS: Mapping[str, str] = {
    "backstage": "bot.registry.importers.backstage",
    "dbt": "bot.registry.importers.dbt",
    "graphql": "bot.registry.importers.graphql_operations",
    "har": "bot.registry.importers.har",
    "pact": "bot.registry.importers.pact",
    "pact-full": "bot.registry.importers.pact.full",
    "stub": "bot.registry.importers.stubs",
}
"""By the kind that a registry writes; each module has a function `shown`, an `Importer`."""


def import_evidence(kind: str, question: Question, documents: Mapping[str, Document]) -> Imported:
    """What files of one kind, by path, show to be used of a contract. Never raises because of what is in them."""
    module = IMPORTERS.get(kind)
    if module is None:
        known = ", ".join(f"`{name}`" for name in IMPORTERS)
        return Imported(problems=(f"No file can be read as evidence of kind `{kind}`: write one of {known}.",))
    try:
        return cast("Importer", import_module(module).shown)(question, documents)
    except RecursionError:
        return Imported(problems=(f"{named(documents)}: it nests too deeply to be read.",))


def named(documents: Mapping[str, Document]) -> str:
    """The files, for a sentence that is about all of them."""
    first = next(iter(sorted(documents)), "")
    return f"`{first}`" + (f" or one of {len(documents) - 1:,} more files" if len(documents) > 1 else "")
