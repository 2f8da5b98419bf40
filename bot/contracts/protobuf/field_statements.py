"""Fields, extensions and maps as they are written."""

from __future__ import annotations

import re

from bot.contracts.protobuf.model import SCALARS, Field, File, Message, Options
from bot.contracts.protobuf.phrases import type_name, word
from bot.contracts.protobuf.scanner import SKIP, Scanner
from bot.contracts.protobuf.values import USUAL_BRACKETS, Bracketed, integer, read_bracketed

MAX_DEFINITIONS = 500_000
"""Fields and enum values of one file. The largest published files have some ten thousand."""

WORD = r"[A-Za-z_]\w*+"
DECIMAL = r"(0|[1-9]\d{0,9})(?![\w.])"
_NO_TYPE = r"(?!(?:option|optional|required|repeated|oneof|extensions|reserved|message|enum|extend|group|map)\b)"
_USUAL_FIELD = re.compile(
    rf"{SKIP}(?:(optional|required|repeated)\b{SKIP})?+{_NO_TYPE}(\.?{WORD}(?:\.{WORD})*+)(?=[\s/]){SKIP}({WORD})"
    rf"{SKIP}={SKIP}{DECIMAL}{SKIP}(?:({USUAL_BRACKETS}){SKIP})?+(?:;|(?=\[))",
    re.ASCII,
)
_LABELS = frozenset({"optional", "required", "repeated"})
_MAP_KEYS = SCALARS - {"double", "float", "bytes"}


class Extend:
    """The body of an `extend`: where its fields go."""

    __slots__ = ("extendee", "holder", "into", "scope")

    def __init__(self, extendee: str, into: list[Field], scope: str, holder: Message | None) -> None:
        self.extendee = extendee
        self.into = into
        self.scope = scope
        self.holder = holder


class FieldStatements:
    """Reads fields into the lists that hold them."""

    def __init__(self, file: File, scanner: Scanner) -> None:
        self._file = file
        self._scanner = scanner
        self.needs_label = True
        self._count = 0

    def usual(
        self,
        into: list[Field],
        holder: Message | None,
        *,
        oneof: str = "",
        extend: Extend | None = None,
    ) -> bool:
        """As many fields as stand here in their usual form, `[label] type name = number [options] ;`."""
        scanner, source = self._scanner, self._scanner.source
        match = _USUAL_FIELD.match(source, scanner.start)
        if match is None:
            return False
        end = scanner.start
        while match is not None:
            label, start, end = match[1] or "", match.start(1 if match[1] else 2), match.end()
            self._check_label(label, start, oneof)
            options: Options = ()
            if match[5]:
                options = Bracketed(source, match.span(5))
            elif source[end - 1] != ";":
                scanner.jump(end)
                options = read_bracketed(scanner)
                scanner.take(";", f"after the field `{match[3]}`")
                end = scanner.last
            field = Field(match[3], int(match[4]), label, match[2], (start, end), match.span(2), match.span(3), options)
            field.oneof = oneof
            self._add(into, field, holder, extend)
            match = _USUAL_FIELD.match(source, end)
        scanner.jump(end)
        return True

    def other(
        self,
        into: list[Field],
        holder: Message | None,
        *,
        oneof: str = "",
        extend: Extend | None = None,
    ) -> Message | None:
        """A field in any other form. The message whose body follows, when it is a group."""
        scanner = self._scanner
        start, label = scanner.start, ""
        if scanner.kind == "name" and scanner.text in _LABELS:
            label = scanner.text
            scanner.advance()
        if scanner.text == "map" and scanner.source[scanner.end : scanner.end + 40].lstrip()[:1] in ("<", "/"):
            self._map(into, holder, start, label, oneof, extend)
            return None
        self._check_label(label, start, oneof)
        is_group = scanner.kind == "name" and scanner.text == "group"
        type_text, type_span = type_name(scanner, "the type of a field")
        name = word(scanner, "the field's name")
        name_span = (scanner.last - len(name), scanner.last)
        scanner.take("=", f"after the field's name `{name}`")
        number = integer(scanner, f"the number of the field `{name}`")
        options = read_bracketed(scanner)
        field = Field(name, number, label, type_text, (start, 0), type_span, name_span, options, oneof=oneof)
        if is_group:
            return self._group(into, field, holder, extend)
        scanner.take(";", f"after the field `{name}`")
        field.span = (start, scanner.last)
        self._add(into, field, holder, extend)
        return None

    def _map(
        self, into: list[Field], holder: Message | None, start: int, label: str, oneof: str, extend: Extend | None
    ) -> None:
        scanner = self._scanner
        if label or oneof or extend:
            where = f"be {label}" if label else "stand in a oneof" if oneof else "be an extension"
            raise scanner.error(f"A map cannot {where}.", start)
        type_start = scanner.start
        scanner.advance()
        scanner.take("<", "after `map`")
        key = type_name(scanner, "the type of the map's keys")[0]
        if key not in _MAP_KEYS:
            raise scanner.error(f"A map's keys cannot be of the type `{key[:40]}`.", type_start)
        scanner.take(",", "between the types of a map")
        value = type_name(scanner, "the type of the map's values")[0]
        scanner.take(">", "after the types of a map")
        type_span = (type_start, scanner.last)
        name = word(scanner, "the field's name")
        name_span = (scanner.last - len(name), scanner.last)
        scanner.take("=", f"after the field's name `{name}`")
        number = integer(scanner, f"the number of the field `{name}`")
        options = read_bracketed(scanner)
        scanner.take(";", f"after the field `{name}`")
        span = (start, scanner.last)
        self._add(into, Field(name, number, "", value, span, type_span, name_span, options, key=key), holder, None)

    def _group(self, into: list[Field], field: Field, holder: Message | None, extend: Extend | None) -> Message:
        """A field and a message in one: the message is `Name`, the field `name`."""
        scanner = self._scanner
        if self._file.syntax != "proto2":
            raise scanner.error("Groups exist in proto2 only: define a message and a field of it.", field.span[0])
        name = field.name
        message = Message(name, *names_of(self._file, name, holder), (field.span[0], 0))
        (self._file.messages if holder is None else holder.messages).append(message)
        field.name, field.type, field.group = name.lower(), f".{message.full_name}", True
        self._add(into, field, holder, extend)
        return message

    def _add(self, into: list[Field], field: Field, holder: Message | None, extend: Extend | None) -> None:
        self.count(field.span[0])
        if extend is not None:
            field.extendee = extend.extendee
        if holder is not None:
            field.scope = holder.full_name
            field.full_name = f"{holder.full_name}.{field.name}"
            field.nested_name = f"{holder.nested_name}.{field.name}"
        else:
            package = self._file.package
            field.scope, field.nested_name = package, field.name
            field.full_name = f"{package}.{field.name}" if package else field.name
        into.append(field)

    def _check_label(self, label: str, start: int, oneof: str) -> None:
        error = self._scanner.error
        if oneof and label:
            raise error(f"A field of a oneof has no label: remove `{label}`.", start)
        if self.needs_label and not label and not oneof:
            message = "In proto2 a field begins with `optional`, `required` or `repeated`: none of them stands here."
            raise error(message, start)
        if label == "required" and self._file.syntax != "proto2":
            raise error("Only proto2 has `required`: remove it.", start)
        if label == "optional" and self._file.syntax == "editions":
            raise error("Editions have no `optional`: remove it, or set `features.field_presence`.", start)

    def count(self, offset: int) -> None:
        """One more definition. Raises Unreadable when there are too many."""
        self._count += 1
        if self._count > MAX_DEFINITIONS:
            message = f"The file defines more than {MAX_DEFINITIONS:,} fields and enum values, so it was not read."
            raise self._scanner.error(message, offset)


def names_of(file: File, name: str, parent: Message | None) -> tuple[str, str]:
    """Full name, and name without the package."""
    if parent is not None:
        return f"{parent.full_name}.{name}", f"{parent.nested_name}.{name}"
    return (f"{file.package}.{name}" if file.package else name), name
