"""GraphQL schemas as a format: recognise, compare."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.change import Comparison
from bot.contracts.document import Document, Side
from bot.contracts.graphql.splitting import ENDINGS, KEYWORDS, first_keyword
from bot.contracts.options import Options
from bot.contracts.used import Uses

_GLANCE = 65_536


def recognise(path: str, data: bytes) -> bool:
    """By the keyword that its first definition begins with: operations documents have the same endings."""
    if not path.lower().endswith(ENDINGS):
        return False
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    keyword = first_keyword(data[:_GLANCE].decode(encoding, "replace"))
    return keyword in KEYWORDS or (not keyword and len(data) > _GLANCE)


def referenced_files(document: Document) -> frozenset[str]:  # noqa: ARG001
    """SDL has no imports: the files of a schema are those that the registry names."""
    return frozenset()


def used_elements(schema: Side, documents: Mapping[str, Document]) -> Uses:
    """What operations documents and manifests use of a schema."""
    from bot.contracts.graphql.operations import used_elements as walk

    return walk(schema, documents)


def compare(base: Side, head: Side, options: Options) -> Comparison:  # noqa: ARG001
    """All files of each side are one schema."""
    from bot.contracts.graphql.comparison import compare as compare_schemas
    from bot.contracts.graphql.reading import Sdl

    old, new = Sdl(base, "base"), Sdl(head, "head")
    record = compare_schemas(old, new)
    return Comparison(record.changes(), faults=new.all_faults())
