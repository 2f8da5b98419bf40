"""How element addresses are written: from text to tokens and back. The grammar is in `bot.contracts.address`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["method", "segment", "name", "argument", "end", "scopes", "part", "named", "root", "step", "opaque"]

METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "CONNECT", "QUERY"})
NAMED_PARTS = frozenset({"query", "header", "path", "cookie"})
_PLAIN_PROPERTY = re.compile(r"[A-Za-z0-9_$@-]+")
_UNQUOTED = re.compile(r"(?!['$])[^\s:]+")
_ITEM = re.compile(r"\[(\*|\d+)\]")
_ANY_VALUE = re.compile(r"\.?\{\*\}")
_ANY_STEP = re.compile(r"\.(\*\*?)(?=$|[.\[{])")
_PROPERTY = re.compile(r"\.([^.\[\]{}'*\s]+)")
_QUOTED_PROPERTY = re.compile(r"\['((?:[^'\\]|\\.)*)'\]")
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_BEFORE_PATH = re.compile(r":\$(?=$|[.\[{])")
_PARAMETER = re.compile(r"\{[^{}]*\}")
_ARGUMENT = re.compile(r"\([^()]*\)")
_OPENING_QUOTE = re.compile(r"'(?!'(?!'))")
"""Not of `''`, which would quote nothing; three in a row are a name that begins with a quote."""
_PLAIN_WORD = re.compile(r"[^\s.:'()]+")


class AddressError(ValueError):
    """Not an element address. The message says what is wrong and what to write instead."""


@dataclass(frozen=True, slots=True)
class Token:
    """One step on the way from the whole contract to an element."""

    kind: Kind
    text: str


def property_path(parent: str, name: str) -> str:
    """The path of property `name` of the object at `parent`, quoted where the name needs it."""
    return parent + _property_step(name)


def parse_tokens(text: str) -> tuple[Token, ...]:
    """The tokens of an address without white space around it. Raises AddressError."""
    scope, rest = _parse_scope(text)
    parameters = _PARAMETER.findall(text[: len(text) - len(rest)])
    return (*scope, *(_by_position(token, before, parameters) for before, token in _pairs(_parse_part(rest))))


def _pairs(tokens: list[Token]) -> Iterator[tuple[Token | None, Token]]:
    return zip([None, *tokens], tokens, strict=False)


def _by_position(token: Token, before: Token | None, parameters: list[str]) -> Token:
    """`path:id` is the template's first parameter, whatever it is called: `path:{1}`."""
    if token.kind == "named" and before == Token("part", "path") and f"{{{token.text}}}" in parameters:
        return Token("named", f"{{{parameters.index(f'{{{token.text}}}') + 1}}}")
    return token


def _parse_scope(text: str) -> tuple[list[Token], str]:
    """The tokens of the scope, and the text behind it: nothing, or starting with a space or `:`."""
    if text == "**" or text.startswith("** "):
        return [Token("scopes", "**")], text[2:]
    if text.startswith("/"):
        template, rest = _split_template(text)
        return [Token("method", "*"), *_template_tokens(template), Token("end", "")], rest
    word, rest = _first_word(text)
    if _is_method(word, rest):
        if not rest.startswith(("/", "*")):
            raise AddressError(f"has no path behind `{word}`: write `{word.upper()} /path`")
        template, rest = _split_template(rest)
        return [Token("method", word.upper()), *_template_tokens(template), Token("end", "")], rest
    if rest.startswith("/") and word.isalpha():
        raise AddressError(f"starts with `{word}`, which is no HTTP method: write GET, POST, … or `*`")
    return _parse_name(text)


def _first_word(text: str) -> tuple[str, str]:
    word, *rest = text.split(maxsplit=1)
    return word, rest[0] if rest else ""


def _is_method(word: str, rest: str) -> bool:
    """Methods may be written small, but a word alone is then a name: the type `Query`, the message `Delete`."""
    return word == "*" or (word.upper() in METHODS and (bool(rest) or word in METHODS))


def _split_template(text: str) -> tuple[str, str]:
    """A template ends at the first white space outside of braces (`{order id}` is legal in OpenAPI)."""
    depth = 0
    for index, character in enumerate(text):
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
        elif character.isspace() and depth <= 0:
            return text[:index], text[index:]
    return text, ""


def _template_tokens(template: str) -> list[Token]:
    if ":$" in template:
        raise AddressError(f"has a path behind `{template.partition(':$')[0]}` without a part: write `… 200:$.name`")
    blanked = _PARAMETER.sub("{}", template)
    return [Token("segment", segment) for segment in blanked.removeprefix("/").split("/")]


def _parse_name(text: str) -> tuple[list[Token], str]:
    tokens: list[Token] = []
    index = 0
    while True:
        name, end = _word(text, index)
        named_part = bool(tokens) and name in NAMED_PARTS and text[end : end + 1] == ":"
        if named_part and not _BEFORE_PATH.match(text, end):
            return tokens, " " + text[index:]
        tokens.append(Token("name", name))
        if call := _ARGUMENT.match(text, end):
            tokens.append(Token("argument", call.group()))
            end = call.end()
        if not text.startswith(".", end):
            break
        index = end + 1
    rest = text[end:]
    if rest.startswith(":") and not _BEFORE_PATH.match(rest):
        raise AddressError(f"has `{rest}` behind `{text[:end]}`: a path starts with `$`, as in `{text[:end]}:$.name`")
    return tokens, rest


def _parse_part(rest: str) -> list[Token]:
    tokens: list[Token] = []
    rest = rest.strip()
    while rest and not rest.startswith(":$"):
        word, end = _word(rest, 0)
        rest = rest[end:]
        tokens.append(Token("part", word.upper() if word[0].isdigit() else word))
        if word in NAMED_PARTS and rest.startswith(":") and not _BEFORE_PATH.match(rest):
            name, rest = _split_named(rest[1:])
            tokens.append(Token("named", name.lower() if word == "header" else name))
        elif rest.startswith(":") and not rest.startswith(":$"):
            raise AddressError(f"has `{rest}` behind `{word}`: a path starts with `$`, as in `{word}:$.name`")
        if rest and rest[0] not in ". " and not rest.startswith(":$"):
            raise AddressError(f"has `{rest}` right behind `{word}`: put a `.` or a space between the two")
        rest = rest if rest.startswith(":$") else rest[1:].lstrip()
    return [*tokens, *_parse_path(rest[1:])] if rest else tokens


def _word(text: str, start: int) -> tuple[str, int]:
    """A plain or quoted name, and where it ends."""
    if _OPENING_QUOTE.match(text, start):
        return _unquote(text, start)
    if found := _PLAIN_WORD.match(text, start):
        return found.group(), found.end()
    raise AddressError("has an empty name: write `Name:$.property` or `METHOD /path status:$.property`")


def _split_named(text: str) -> tuple[str, str]:
    if _OPENING_QUOTE.match(text):
        name, end = _unquote(text, 0)
        return name, text[end:]
    path = _BEFORE_PATH.search(text)
    name, rest = (text[: path.start()], text[path.start() :]) if path else (text, "")
    if not name.strip():
        raise AddressError("names no parameter: write `query:page` or `header:ETag`")
    return name.strip(), rest


def _parse_path(text: str) -> list[Token]:
    if not text.startswith("$"):
        raise AddressError(f"has the path `{text}`: a path starts with `$`, as in `$.name`")
    tokens = [Token("root", "$")]
    index = 1
    while index < len(text):
        token, index = _parse_step(text, index)
        tokens.append(token)
    return tokens


def _parse_step(text: str, index: int) -> tuple[Token, int]:
    if found := _ITEM.match(text, index):
        return Token("step", found.group()), found.end()
    if found := _QUOTED_PROPERTY.match(text, index):
        return Token("step", "." + _ESCAPED.sub(_unescaped, found.group(1))), found.end()
    if found := _ANY_VALUE.match(text, index):
        return Token("step", "{*}"), found.end()
    if found := _ANY_STEP.match(text, index):
        return Token("step", found.group(1)), found.end()
    if text.startswith(".'", index):
        name, end = _unquote(text, index + 1)
        return Token("step", "." + name), end
    if found := _PROPERTY.match(text, index):
        return Token("step", found.group()), found.end()
    raise AddressError(
        f"cannot be read from `{text[index:]}` on: steps are `.name`, `['odd name']`, `[*]`, `.{{*}}`, `.*` and `.**`"
    )


def _unescaped(found: re.Match[str]) -> str:
    escape = found.group(1)
    return chr(int(escape[1:], 16)) if len(escape) == 5 else escape


def _unquote(text: str, start: int) -> tuple[str, int]:
    index = start + 1
    while (end := text.find("'", index)) != -1:
        if not text.startswith("''", end):
            return text[start + 1 : end].replace("''", "'"), end + 1
        index = end + 2
    raise AddressError(f"has a quote that is never closed: {text[start:]}")


def format_tokens(tokens: tuple[Token, ...]) -> str:
    text = ""
    for before, token, after in zip((None, *tokens), tokens, (*tokens[1:], None), strict=False):
        match token.kind:
            case "method" | "scopes" | "argument" | "opaque":
                text += token.text
            case "segment":
                text += (" /" if before and before.kind == "method" else "/") + token.text
            case "name":
                text += ("." if before else "") + _name(token.text)
            case "part":
                text += _before_part(before, token, after) + _part(token.text)
            case "named":
                text += ":" + _parameter_name(token.text)
            case "root":
                text += " :$" if before and before.kind in ("end", "scopes") else ":$"
            case "step":
                text += _format_step(token.text)
            case "end":
                pass
    if tokens[0].kind == "name" and _reads_as_operation(text):
        return _quoted(tokens[0].text) + text.removeprefix(tokens[0].text)
    return text


def _reads_as_operation(text: str) -> bool:
    """Whether a text that starts with a name would be read as one that starts with a method or a template."""
    return text.startswith("/") or text == "**" or text.startswith("** ") or _is_method(*_first_word(text))


def _before_part(before: Token | None, part: Token, after: Token | None) -> str:
    is_named = after is not None and after.kind == "named"
    of_message = before is not None and before.kind == "name" and part.text in NAMED_PARTS and is_named
    return "." if of_message or (before is not None and before.kind in ("part", "named")) else " "


def _format_step(step: str) -> str:
    if step.startswith("["):
        return step
    return _property_step(step[1:]) if step.startswith(".") else "." + step


def _name(name: str) -> str:
    return name if _PLAIN_WORD.fullmatch(name) else _quoted(name)


def _part(name: str) -> str:
    return _quoted(name) if name.startswith("/") else _name(name)


def _parameter_name(name: str) -> str:
    return name if _UNQUOTED.fullmatch(name) else _quoted(name)


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _property_step(name: str) -> str:
    if _PLAIN_PROPERTY.fullmatch(name):
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace("'", "\\'").replace("]", "\\u005d")
    return f"['{escaped}']"
