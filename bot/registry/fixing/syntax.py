"""Text that YAML takes for something else, because it lacks quotes: `@acme/orders`, `**`, `{id}` inside of brackets."""

from __future__ import annotations

from collections.abc import Iterator

from bot.contracts.unreadable import Unreadable

_OPENERS, _CLOSERS = "[{", "]}"
_NEED_QUOTES = ("@", "`", "*", "%")


def quoted_line(text: str, error: Unreadable) -> tuple[int, str] | None:
    """The line that cannot be read, with quotes around what needs them, and its number; None when that is not what is
    wrong. Whether it can then be read is for the caller to see.
    """
    lines = text.split("\n")
    if not 0 < error.line <= len(lines):
        return None
    line = lines[error.line - 1]
    pieces: list[str] = []
    done = 0
    for start, end in _bare_values(line):
        value = line[start:end]
        if value.startswith(_NEED_QUOTES) or ("{" in value and "}" in value):
            pieces += [line[done:start], '"', value.replace("\\", "\\\\").replace('"', '\\"'), '"']
            done = end
    return (error.line, "".join([*pieces, line[done:]])) if pieces else None


def _bare_values(line: str) -> Iterator[tuple[int, int]]:
    """Where values without quotes stand in the line, keys left out."""
    depth = 0
    position = len(line) - len(line.lstrip(" "))
    while position < len(line):
        character = line[position]
        if character == "#" and (position == 0 or line[position - 1] == " "):
            return
        if character in " ,":
            position += 1
        elif character in _OPENERS:
            depth += 1
            position += 1
        elif character in _CLOSERS:
            depth -= 1
            position += 1
        elif line.startswith("- ", position):
            position += 2
        elif character in "\"'":
            position = _after_quotes(line, position)
        elif (end := _end_of_key(line, position)) is not None:
            position = end
        elif character == ":":
            position += 1
        else:
            end = _end_of_value(line, position, in_flow=depth > 0)
            yield position, end
            position = end


def _end_of_key(line: str, start: int) -> int | None:
    """Past the colon, when a plain key stands here: a word, as all our terms are."""
    end = start
    while end < len(line) and (line[end].isalnum() or line[end] in "_-"):
        end += 1
    is_key = end > start and line[end : end + 1] == ":" and line[end + 1 : end + 2] in ("", " ")
    return end + 1 if is_key else None


def _after_quotes(line: str, start: int) -> int:
    quote, position = line[start], start + 1
    while position < len(line):
        if quote == '"' and line[position] == "\\":
            position += 2
            continue
        if line[position] == quote:
            return position + 1
        position += 1
    return len(line)


def _end_of_value(line: str, start: int, *, in_flow: bool) -> int:
    """Inside of brackets up to the comma or bracket that ends it, its own ones passed over; else up to a comment."""
    inner = 0
    end = start
    while end < len(line):
        if line.startswith(" #", end):
            break
        if in_flow:
            if line[end] in _OPENERS:
                inner += 1
            elif line[end] in _CLOSERS:
                if inner == 0:
                    break
                inner -= 1
            elif line[end] == "," and inner == 0:
                break
        end += 1
    return start + len(line[start:end].rstrip())
