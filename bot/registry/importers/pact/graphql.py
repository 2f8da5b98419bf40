"""HTTP interactions with a GraphQL server: the operation stands in the request's body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.contracts.document import Document, Side
from bot.contracts.formats import used_elements
from bot.contracts.tree import Pointer
from bot.contracts.used import Uses
from bot.registry.importers.pact.collected import Collected
from bot.registry.importers.pact.contents import contents, header_values
from bot.registry.importers.pact.file import Interaction, part

_CALLED = re.compile(r"`(\d+\.graphql)(?::\d+)?`")


@dataclass(frozen=True, slots=True)
class Query:
    """The text of an operation, and where it stands in the pact."""

    text: str
    pointer: Pointer
    pending: bool


def query(interaction: Interaction) -> Query | None:
    """The operation that an interaction sends, None when it sends none."""
    request = part(interaction, "request")
    headers = header_values(request.value.get("headers")) if request is not None else {}
    body = contents(interaction, request, "body", headers) if request is not None else None
    text = body.value.get("query") if body is not None and isinstance(body.value, dict) else None
    if body is None or not isinstance(text, str):
        return None
    return Query(text, interaction.written(body.at if body.embedded else (*body.at, "query")), interaction.pending)


def collect(queries: Sequence[Query], schema: Side, out: Collected) -> None:
    """What the operations use. Each is a file of its own to the reader of operations, called by its number."""
    for pending in (False, True):
        some = {f"{index}.graphql": one for index, one in enumerate(queries) if one.pending is pending}
        texts = {path: Document(path, "", one.text.encode("utf-8", "replace")) for path, one in some.items()}
        found = used_elements("graphql", schema, texts) if texts else Uses(())
        for use in found.used:
            out.use(use.element, some[use.path].pointer, pending=pending)
        for problem in found.problems:
            called = _CALLED.search(problem)
            at = some[called[1]].pointer if called is not None and called[1] in some else ()
            out.problem(_CALLED.sub("The operation", problem), at)
