"""GraphQL operations of a consumer: documents (`.graphql`) and manifests of persisted queries (`.json`)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.document import Document
from bot.contracts.formats import used_elements
from bot.registry.importers.imported import Imported, Question, Sighting


def shown(question: Question, documents: Mapping[str, Document]) -> Imported:
    """The schema coordinates that operations use. Operations name all that they read and send, so they are complete."""
    if question.contract is None:
        where = ", ".join(f"`{path}`" for path in sorted(documents)[:3])
        return Imported(problems=(f"{where}: what operations use can't be told without the schema.",))
    uses = used_elements(question.format, question.contract, documents)
    used = tuple(Sighting(use.element, use.path, use.line) for use in uses.used)
    return Imported(used, complete=not uses.problems, problems=uses.problems)
