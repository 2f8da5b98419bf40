"""Commands in comments and review bodies, read as the Markdown they are written in.

What counts is what a reader sees as a line of plain text that begins with `/command`, in a paragraph that stands by
itself. Code (fenced, indented, inline), quotes, lists, tables, HTML and its comments never count. The body's first line
must itself begin with a slash word; further commands may follow on lines of their own. Slash words of other bots are
none of our business. Whatever is ours, or close to it, is never silently ignored: what can't be carried out comes back
with a `problem` that says what to write.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.review.arguments import BadArgument, LevelWord, ReasonCode, Ruling, arguments
from bot.review.spelling import HELP, Word, recognise, slash_word

SHOWN_CHARACTERS = 200

MISPLACED = (
    "A command counts only when the comment begins with it, on lines of plain text outside of HTML. Write a new "
    "comment whose first line is the command; quote and explain below it."
)

# Left out on purpose: `text_join`, so that an escaped or encoded slash (`\\/approve-breaking`) stays distinguishable.
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")


class Action(StrEnum):
    """HELP_ANYBODY is every bot's `/help`, for us to answer only where somebody is waiting for signatures."""

    APPROVE = "approve-breaking"
    OBJECT = "object"
    REVOKE = "revoke"
    RULE = "rule"
    WAIVE = "waive"
    RECLASSIFY = "reclassify"
    ACK = "ack"
    ESCALATE = "escalate"
    EXTEND = "extend"
    DEPRECATE = "deprecate"
    RECHECK = "recheck"
    STATUS = "contracts status"
    HELP = "contracts help"
    HELP_ANYBODY = "help"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Command:
    """One command line.

    text: the line as a reader sees it, cut. line: where it stands in the body, from 1.
    ids: shown ids or prefixes of them, lower case, in the order given.
    consumer: the argument of `as`, or whom `/waive` is about.
    until: the last day on which an approval or a waiver counts; until when a ruling honours; the sunset.
    ruling: what `/rule` decides. code: why `/waive` is asked for. level: what `/reclassify` makes of a finding.
    element: the address that `/extend` or `/deprecate` is about. successor, contract: what `/deprecate` names besides.
    note: the note; for commands that need a reason that reason, which may have several lines, as it was written.
    problem: why it can't be carried out and what to write instead; then `action` is NONE.
    """

    action: Action
    text: str
    line: int = 1
    ids: tuple[str, ...] = ()
    consumer: str | None = None
    until: date | None = None
    note: str = ""
    ruling: Ruling | None = None
    code: ReasonCode | None = None
    level: LevelWord | None = None
    element: str = ""
    successor: str = ""
    contract: str = ""
    problem: str = ""


@lru_cache(maxsize=256)
def parse(body: str) -> tuple[Command, ...]:
    """The commands of a comment's or review's body, in the order written. Never raises, whatever the text."""
    if not contains_command(body):
        return ()
    written = _LINE_END.split(body)
    lines = [line for line in _plain_lines(body) if slash_word(line.text)]
    first_line = next((number for number, line in enumerate(written, 1) if clean(line)), 1)
    begins = any(line.number == first_line and line.counts for line in lines)
    ours = [(line, word) for line in lines if (word := _ours(line, begins=begins)) is not None]
    ends = [line.number - 1 for line, _ in ours[1:]] + [len(written)]
    return tuple(
        _command(word, line, written[line.number - 1 : end], begins and line.counts)
        for (line, word), end in zip(ours, ends, strict=False)
    )


def _ours(line: _Line, *, begins: bool) -> Word | None:
    """A `/help` that would not count is none of ours: other bots have that word, too."""
    word = recognise(line.text)
    return None if word is not None and word.name == HELP and not (begins and line.counts) else word


def contains_command(body: str) -> bool:
    """Whether `parse` may find something: a cheap look at the lines, without reading Markdown."""
    if "/" not in body:
        return False
    return any(recognise(clean(line)) is not None for line in _LINE_END.split(body) if "/" in line)


def clean(line: str) -> str:
    """The line as a reader sees it: invisible characters out, every kind of space one space, none at the ends."""
    if line.isascii() and line.isprintable():
        return line.strip()
    seen = "".join(
        " " if character.isspace() or unicodedata.category(character) == "Zs" else character
        for character in line
        if character.isspace() or unicodedata.category(character) not in ("Cf", "Cc")
    )
    return seen.strip()


def _command(word: Word, line: _Line, written: Sequence[str], counts: bool) -> Command:
    """`written`: the lines from this command's to before the next one of ours, as they were written."""
    shown = line.text if len(line.text) <= SHOWN_CHARACTERS else line.text[: SHOWN_CHARACTERS - 1] + "…"
    problem = word.problem
    if not problem and not counts:
        problem = MISPLACED
    if problem:
        return Command(Action.NONE, shown, line.number, problem=problem)
    try:
        read = arguments(word.name, word.rest, written[0], "\n".join(written[1:]))
    except BadArgument as refused:
        return Command(Action.NONE, shown, line.number, problem=str(refused))
    return Command(
        Action(word.name),
        shown,
        line.number,
        read.ids,
        read.consumer,
        read.until,
        read.note,
        read.ruling,
        read.code,
        read.level,
        read.element,
        read.successor,
        read.contract,
    )


# ---- the Markdown side

_LINE_END = re.compile(r"\r\n|\r|\n")
_HTML_COMMENT = re.compile(r"\s*<!--.*-->\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of plain text in a paragraph or heading of its own.

    It does not count in a heading (`---` below a line makes one), nor behind HTML, which may hide or fold it away.
    """

    text: str
    number: int
    counts: bool


def _plain_lines(body: str) -> Iterator[_Line]:
    html_before = False
    for opening, content in pairwise(_MARKDOWN.parse(body)):
        if opening.type == "html_block":
            html_before = html_before or not _HTML_COMMENT.fullmatch(opening.content)
        if content.type != "inline" or opening.level != 0 or opening.map is None:
            continue
        if opening.type == "paragraph_open" or (opening.type == "heading_open" and opening.markup in ("-", "=")):
            counts = opening.type == "paragraph_open" and not html_before
            yield from _lines_of(content, opening.map[0] + 1, counts=counts)


def _lines_of(content: Token, first: int, *, counts: bool) -> Iterator[_Line]:
    """The lines that begin with plain text. Inline code, emphasis and HTML further along the line are put back as they
    were written: arguments to read or to refuse, never to overlook.
    """
    number, written, is_plain = first, "", None
    for token in content.children or ():
        if token.type in ("softbreak", "hardbreak"):
            if is_plain:
                yield _Line(clean(written), number, counts)
            number, written, is_plain = number + 1, "", None
            continue
        if is_plain is None and (token.type != "text" or clean(token.content)):
            is_plain = token.type == "text" and token.level == 0
        written += _as_written(token)
        if token.type == "html_inline":
            number += token.content.count("\n")
            counts = counts and is_plain is True and _HTML_COMMENT.fullmatch(token.content) is not None
    if is_plain:
        yield _Line(clean(written), number, counts)


def _as_written(token: Token) -> str:
    if token.type == "code_inline":
        return f"`{token.content}`"
    if token.type == "image":
        return "![]"
    if token.type.startswith("link_"):
        return "[" if token.nesting == 1 else "]"
    return token.content or token.markup
