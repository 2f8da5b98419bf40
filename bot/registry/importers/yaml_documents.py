"""Files of several YAML documents, one by one: Backstage's catalogs and Spring's contracts are written so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.contracts.document import Document
from bot.contracts.text import decode
from bot.contracts.unreadable import DEFAULT_LIMITS

_MARK = re.compile(r"^(---|\.\.\.)(?=\s|\Z)", re.MULTILINE)
_DIRECTIVE = re.compile(r"^%.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a file. above: how many lines of the file come before its text."""

    document: Document
    above: int


def parts(document: Document) -> Iterator[Part]:
    """Each document that is not empty, under the path of the file. Raises Unreadable.

    `---` and `...` at the start of a line always end a document, whatever they stand in (YAML 1.2.2, section 9.1.2).
    """
    text = decode(document.data, DEFAULT_LIMITS)
    marks = [(found.start(), found.end()) for found in _MARK.finditer(text)]
    starts = [0, *(end for _, end in marks)]
    ends = [*(start for start, _ in marks), len(text)]
    line = 0
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        inner = text[start:end]
        if any(content.strip() and not content.lstrip().startswith("#") for content in _plain(inner).splitlines()):
            name = document.blob_sha if len(starts) == 1 else f"{document.blob_sha}-{number}"
            yield Part(replace(document, blob_sha=name, data=_plain(inner).encode()), line)
        line += inner.count("\n")


def _plain(text: str) -> str:
    return _DIRECTIVE.sub("", text)
