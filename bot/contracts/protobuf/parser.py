"""From text to what a Protobuf file defines.

Grammar: the language specifications of proto2, proto3 and of editions 2023 and 2024 (protobuf.dev/reference/protobuf).
Bodies are read with a stack of their own, so that nesting costs no stack of ours; statements in their usual form are
read by one expression each, all others token by token. The first thing that is not in the language ends the reading.
"""

from __future__ import annotations

import re

from bot.contracts.protobuf.model import (
    MAX_ENUM,
    MAX_FIELD,
    MAX_MESSAGE_SET,
    Enum,
    EnumValue,
    Field,
    File,
    Import,
    Message,
    Method,
    Oneof,
    Option,
    Range,
    Service,
    Span,
    flag,
)
from bot.contracts.protobuf.scanner import SKIP, Scanner
from bot.contracts.protobuf.values import integer, read_bracketed, read_option, string
from bot.contracts.unreadable import DEFAULT_LIMITS, Limits

_WORD = r"[A-Za-z_]\w*+"
_DECIMAL = r"(0|[1-9]\d{0,9})(?![\w.])"
_NO_TYPE = r"(?!(?:option|optional|required|repeated|oneof|extensions|reserved|message|enum|extend|group|map)\b)"
_USUAL_FIELD = re.compile(
    rf"(?:(optional|required|repeated)\b{SKIP})?+{_NO_TYPE}(\.?{_WORD}(?:\.{_WORD})*+)(?=[\s/]){SKIP}({_WORD})"
    rf"{SKIP}={SKIP}{_DECIMAL}{SKIP}(?:;|(?=\[))",
    re.ASCII,
)
_USUAL_VALUE = re.compile(rf"(?!(?:option|reserved)\b)({_WORD}){SKIP}={SKIP}(-?){_DECIMAL}{SKIP}(?:;|(?=\[))", re.ASCII)
_LABELS = frozenset({"optional", "required", "repeated"})
_EDITIONS = frozenset({"2023", "2024"})
_MAP_KEYS = frozenset(
    [
        "int32",
        "int64",
        "uint32",
        "uint64",
        "sint32",
        "sint64",
        "fixed32",
        "fixed64",
        "sfixed32",
        "sfixed64",
        "bool",
        "string",
    ]
)


def parse(path: str, text: str, limits: Limits = DEFAULT_LIMITS) -> File:
    """Raises Unreadable, with line and column, for what is not in the language."""
    return _Parser(path, text, limits).file()


class _Extend:
    """The body of an `extend`: where its fields go."""

    __slots__ = ("extendee", "holder", "into", "scope")

    def __init__(self, extendee: str, into: list[Field], scope: str, holder: Message | None) -> None:
        self.extendee = extendee
        self.into = into
        self.scope = scope
        self.holder = holder


class _InOneof:
    """The body of a `oneof`."""

    __slots__ = ("message", "oneof")

    def __init__(self, message: Message, oneof: Oneof) -> None:
        self.message = message
        self.oneof = oneof


_Body = Message | Enum | Service | Method | _Extend | _InOneof


class _Parser:
    def __init__(self, path: str, text: str, limits: Limits) -> None:
        self._file = File(path, text)
        self._scanner = Scanner(text)
        self._limits = limits
        self._stack: list[_Body] = []
        self._needs_label = True

    def file(self) -> File:
        self._syntax()
        scanner = self._scanner
        while True:
            if self._stack:
                self._in_body()
            elif scanner.kind == "end":
                break
            else:
                self._top_level()
        return self._file

    # ── the file itself ──

    def _syntax(self) -> None:
        scanner, file = self._scanner, self._file
        if scanner.kind != "name" or scanner.text not in ("syntax", "edition"):
            return
        start, keyword = scanner.start, scanner.text
        scanner.advance()
        scanner.take("=", f"after `{keyword}`")
        at = scanner.start
        value = string(scanner, f"the {keyword}")
        if keyword == "syntax" and value not in ("proto2", "proto3"):
            raise scanner.error(f'The syntax "{value[:40]}" is not known: write "proto2" or "proto3".', at)
        if keyword == "edition" and value not in _EDITIONS:
            known = " or ".join(f'"{edition}"' for edition in sorted(_EDITIONS))
            raise scanner.error(f'The edition "{value[:40]}" is not supported: write {known}.', at)
        scanner.take(";", f"after the {keyword}")
        file.syntax, file.edition = (value, "") if keyword == "syntax" else ("editions", value)
        file.syntax_span = (start, scanner.last)
        self._needs_label = value == "proto2"

    def _top_level(self) -> None:
        scanner, file = self._scanner, self._file
        start, word = scanner.start, scanner.text
        if scanner.kind == "symbol" and word == ";":
            scanner.advance()
            return
        if scanner.kind != "name":
            scanner.fail("Expected a definition such as `message`, `enum`, `service` or `import`")
        scanner.advance()
        if word == "package":
            self._package(start)
        elif word == "import":
            self._import(start)
        elif word == "option":
            file.options.append(self._option())
        elif word == "service":
            self._service(start)
        elif not self._definition(word, start, None):
            if word in ("syntax", "edition"):
                raise scanner.error(f"`{word}` must be the first statement of the file.", start)
            message = (
                f"Expected a definition such as `message`, `enum`, `service` or `import`, but found `{word[:40]}`."
            )
            raise scanner.error(message, start)

    def _package(self, start: int) -> None:
        scanner, file = self._scanner, self._file
        if file.package_span != (0, 0):
            raise scanner.error("The file has a second `package`: keep one of them.", start)
        name = self._type_name("the package's name")[0]
        if name.startswith("."):
            raise scanner.error("A package's name does not begin with a dot.", start)
        scanner.take(";", "after the package")
        if file.messages or file.enums or file.services or file.extensions:
            # Names were already given; the language allows it, so they are given anew.
            raise scanner.error("Put `package` before the first definition of the file.", start)
        file.package, file.package_span = name, (start, scanner.last)

    def _import(self, start: int) -> None:
        scanner = self._scanner
        modifier = scanner.text if scanner.kind == "name" and scanner.text in ("public", "weak", "option") else ""
        if modifier:
            scanner.advance()
        path = string(scanner, "the path of the imported file")
        scanner.take(";", "after the import")
        self._file.imports.append(Import(path, modifier, (start, scanner.last)))

    # ── definitions, at the top and in messages ──

    def _definition(self, word: str, start: int, parent: Message | None) -> bool:
        """`message`, `enum` or `extend`, its keyword already passed; False for any other statement."""
        scanner = self._scanner
        visibility = ""
        if word in ("export", "local") and self._file.edition >= "2024" and scanner.text in ("message", "enum"):
            visibility, word = word, scanner.text
            scanner.advance()
        if word == "message":
            self._open(self._message(start, parent, visibility))
        elif word == "enum":
            self._open(self._enum(start, parent, visibility))
        elif word == "extend":
            extendee = self._type_name("the message to extend")[0]
            into = self._file.extensions if parent is None else parent.extensions
            scope = self._file.package if parent is None else parent.full_name
            self._open(_Extend(extendee, into, scope, parent))
        else:
            return False
        return True

    def _open(self, body: _Body) -> None:
        if len(self._stack) >= self._limits.nesting:
            message = f"Definitions are nested more than {self._limits.nesting} levels deep."
            raise self._scanner.error(message, self._scanner.start)
        self._scanner.take("{", "to open the definition")
        self._stack.append(body)

    def _message(self, start: int, parent: Message | None, visibility: str = "") -> Message:
        name = self._word("the message's name")
        message = Message(name, *self._names(name, parent), (start, 0), visibility=visibility)
        (self._file.messages if parent is None else parent.messages).append(message)
        return message

    def _enum(self, start: int, parent: Message | None, visibility: str) -> Enum:
        name = self._word("the enum's name")
        enum = Enum(name, *self._names(name, parent), (start, 0), visibility=visibility)
        (self._file.enums if parent is None else parent.enums).append(enum)
        return enum

    def _service(self, start: int) -> None:
        name = self._word("the service's name")
        service = Service(name, *self._names(name, None), (start, 0))
        self._file.services.append(service)
        self._open(service)

    def _names(self, name: str, parent: Message | None) -> tuple[str, str]:
        """Full name, and name without the package."""
        if parent is not None:
            return f"{parent.full_name}.{name}", f"{parent.nested_name}.{name}"
        return (f"{self._file.package}.{name}" if self._file.package else name), name

    # ── bodies ──

    def _in_body(self) -> None:
        """One statement of the innermost body, or its end."""
        scanner, body = self._scanner, self._stack[-1]
        if scanner.kind == "symbol":
            if scanner.text == "}":
                self._close(body)
                return
            if scanner.text == ";":
                scanner.advance()
                return
        if isinstance(body, Message):
            self._in_message(body)
        elif isinstance(body, Enum):
            self._in_enum(body)
        elif isinstance(body, _InOneof):
            self._in_oneof(body)
        elif isinstance(body, _Extend):
            self._in_extend(body)
        elif isinstance(body, Service):
            self._in_service(body)
        else:
            self._in_method(body)

    def _close(self, body: _Body) -> None:
        scanner = self._scanner
        self._stack.pop()
        end = scanner.end
        scanner.advance()
        if isinstance(body, _InOneof):
            body.oneof.span = (body.oneof.span[0], end)
        elif not isinstance(body, _Extend):
            body.span = (body.span[0], end)
        if isinstance(body, Enum) and not body.values:
            raise scanner.error(f"The enum `{body.name}` has no values: it needs at least one.", body.span[0])

    def _in_message(self, message: Message) -> None:
        scanner = self._scanner
        if self._usual_field(message.fields, message, needs_label=self._needs_label):
            return
        start, word = scanner.start, scanner.text
        if scanner.kind != "name":
            scanner.fail(f"Expected a field or `}}` in the message `{message.name}`")
        if word == "option":
            scanner.advance()
            message.options.append(self._option())
        elif word == "oneof":
            scanner.advance()
            oneof = Oneof(self._word("the oneof's name"), (start, 0))
            message.oneofs.append(oneof)
            self._open(_InOneof(message, oneof))
        elif word == "extensions":
            scanner.advance()
            limit = MAX_MESSAGE_SET if flag(message.options, "message_set_wire_format") else MAX_FIELD
            message.extension_ranges += self._ranges(limit)
            read_bracketed(scanner)
            scanner.take(";", "after the ranges")
        elif word == "reserved":
            scanner.advance()
            self._reserved(message.reserved, message.reserved_names, MAX_FIELD)
        elif word in ("message", "enum", "extend", "export", "local") and self._starts_definition():
            scanner.advance()
            self._definition(word, start, message)
        else:
            self._field(message.fields, message, needs_label=self._needs_label)

    def _starts_definition(self) -> bool:
        """Whether the word at hand is a keyword here, and not the type of a field (`local.Thing x = 1`)."""
        word = self._scanner.text
        if word in ("export", "local"):
            return self._file.edition >= "2024"
        return True

    def _in_oneof(self, body: _InOneof) -> None:
        scanner = self._scanner
        if self._usual_field(body.message.fields, body.message, oneof=body.oneof.name):
            return
        if scanner.kind == "name" and scanner.text == "option":
            scanner.advance()
            body.oneof.options.append(self._option())
            return
        self._field(body.message.fields, body.message, oneof=body.oneof.name)

    def _in_extend(self, body: _Extend) -> None:
        if not self._usual_field(body.into, body.holder, needs_label=self._needs_label, extend=body):
            self._field(body.into, body.holder, needs_label=self._needs_label, extend=body)

    def _in_enum(self, enum: Enum) -> None:
        scanner = self._scanner
        match = _USUAL_VALUE.match(scanner.source, scanner.start)
        if match is not None:
            number = -int(match[3]) if match[2] else int(match[3])
            start, end = match.span()
            options: tuple[Option, ...] = ()
            scanner.jump(end)
            if scanner.source[end - 1] != ";":
                options = read_bracketed(scanner)
                scanner.take(";", f"after the value `{match[1]}`")
                end = scanner.last
            enum.values.append(EnumValue(match[1], number, (start, end), (match.start(2), match.end(3)), options))
            return
        start, word = scanner.start, scanner.text
        if scanner.kind != "name" or "." in word:
            scanner.fail(f"Expected a value or `}}` in the enum `{enum.name}`")
        scanner.advance()
        if word == "option" and scanner.text != "=":
            enum.options.append(self._option())
        elif word == "reserved" and scanner.text != "=":
            self._reserved(enum.reserved, enum.reserved_names, MAX_ENUM)
        else:
            scanner.take("=", f"after the name of the value `{word}`")
            at = scanner.start
            number = integer(scanner, f"the number of `{word}`")
            span = (at, scanner.last)
            options = read_bracketed(scanner)
            scanner.take(";", f"after the value `{word}`")
            enum.values.append(EnumValue(word, number, (start, scanner.last), span, options))

    def _in_service(self, service: Service) -> None:
        scanner = self._scanner
        start, word = scanner.start, scanner.text
        if scanner.kind != "name" or word not in ("rpc", "option", "stream"):
            scanner.fail(f"Expected `rpc` or `}}` in the service `{service.name}`")
        scanner.advance()
        if word == "option":
            service.options.append(self._option())
            return
        name = self._word("the method's name")
        takes, input_type, input_span = self._message_type(f"after the method `{name}`")
        scanner.take("returns", f"after the request of `{name}`")
        gives, output_type, output_span = self._message_type(f"after `returns` of `{name}`")
        method = Method(
            name, f"{service.full_name}.{name}", (start, 0), input_type, output_type, input_span, output_span
        )
        method.client_streaming, method.server_streaming = takes, gives
        service.methods.append(method)
        if scanner.text == "{":
            self._open(method)
        else:
            scanner.take(";", f"after the method `{name}`")
            method.span = (start, scanner.last)

    def _in_method(self, method: Method) -> None:
        scanner = self._scanner
        if scanner.text != "option":
            scanner.fail(f"Expected `option` or `}}` in the method `{method.name}`")
        scanner.advance()
        method.options.append(self._option())

    # ── statements ──

    def _usual_field(
        self,
        into: list[Field],
        holder: Message | None,
        *,
        oneof: str = "",
        needs_label: bool = False,
        extend: _Extend | None = None,
    ) -> bool:
        """A field in its usual form, `[label] type name = number ;` with or without options."""
        scanner = self._scanner
        match = _USUAL_FIELD.match(scanner.source, scanner.start)
        if match is None:
            return False
        label = match[1] or ""
        self._check_label(label, match.start(), oneof, needs_label)
        start, end = match.span()
        options: tuple[Option, ...] = ()
        scanner.jump(end)
        if scanner.source[end - 1] != ";":
            options = read_bracketed(scanner)
            scanner.take(";", f"after the field `{match[3]}`")
            end = scanner.last
        field = Field(match[3], int(match[4]), label, match[2], (start, end), match.span(2), match.span(3), options)
        field.oneof = oneof
        self._add(into, field, holder, extend)
        return True

    def _field(
        self,
        into: list[Field],
        holder: Message | None,
        *,
        oneof: str = "",
        needs_label: bool = False,
        extend: _Extend | None = None,
    ) -> None:
        scanner = self._scanner
        start, label = scanner.start, ""
        if scanner.kind == "name" and scanner.text in _LABELS:
            label = scanner.text
            scanner.advance()
        if scanner.text == "map" and scanner.source[scanner.end : scanner.end + 40].lstrip()[:1] in ("<", "/"):
            self._map(into, holder, start, label, oneof, extend)
            return
        self._check_label(label, start, oneof, needs_label)
        is_group = scanner.kind == "name" and scanner.text == "group"
        type_name, type_span = self._type_name("the type of a field")
        name, name_span = self._word("the field's name"), (0, 0)
        name_span = (scanner.last - len(name), scanner.last)
        scanner.take("=", f"after the field's name `{name}`")
        number = integer(scanner, f"the number of the field `{name}`")
        options = read_bracketed(scanner)
        field = Field(name, number, label, type_name, (start, 0), type_span, name_span, options, oneof=oneof)
        if is_group:
            self._group(into, field, holder, extend)
            return
        scanner.take(";", f"after the field `{name}`")
        field.span = (start, scanner.last)
        self._add(into, field, holder, extend)

    def _map(
        self, into: list[Field], holder: Message | None, start: int, label: str, oneof: str, extend: _Extend | None
    ) -> None:
        scanner = self._scanner
        if label or oneof or extend:
            where = f"be {label}" if label else "stand in a oneof" if oneof else "be an extension"
            raise scanner.error(f"A map cannot {where}.", start)
        type_start = scanner.start
        scanner.advance()
        scanner.take("<", "after `map`")
        key = self._type_name("the type of the map's keys")[0]
        if key not in _MAP_KEYS:
            raise scanner.error(f"A map's keys cannot be of the type `{key[:40]}`.", type_start)
        scanner.take(",", "between the types of a map")
        value = self._type_name("the type of the map's values")[0]
        scanner.take(">", "after the types of a map")
        type_span = (type_start, scanner.last)
        name = self._word("the field's name")
        name_span = (scanner.last - len(name), scanner.last)
        scanner.take("=", f"after the field's name `{name}`")
        number = integer(scanner, f"the number of the field `{name}`")
        options = read_bracketed(scanner)
        scanner.take(";", f"after the field `{name}`")
        span = (start, scanner.last)
        self._add(into, Field(name, number, "", value, span, type_span, name_span, options, key=key), holder, None)

    def _group(self, into: list[Field], field: Field, holder: Message | None, extend: _Extend | None) -> None:
        """A field and a message in one: the message is `Name`, the field `name`."""
        scanner = self._scanner
        if self._file.syntax != "proto2":
            raise scanner.error("Groups exist in proto2 only: define a message and a field of it.", field.span[0])
        name = field.name
        message = Message(name, *self._names(name, holder), (field.span[0], 0))
        (self._file.messages if holder is None else holder.messages).append(message)
        field.name, field.type, field.group = name.lower(), f".{message.full_name}", True
        self._add(into, field, holder, extend)
        self._open(message)

    def _add(self, into: list[Field], field: Field, holder: Message | None, extend: _Extend | None) -> None:
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

    def _check_label(self, label: str, start: int, oneof: str, needs_label: bool) -> None:
        error = self._scanner.error
        if oneof and label:
            raise error(f"A field of a oneof has no label: remove `{label}`.", start)
        if needs_label and not label and not oneof:
            message = "In proto2 a field begins with `optional`, `required` or `repeated`: none of them stands here."
            raise error(message, start)
        if label == "required" and self._file.syntax != "proto2":
            raise error("Only proto2 has `required`: remove it.", start)
        if label == "optional" and self._file.syntax == "editions":
            raise error("Editions have no `optional`: remove it, or set `features.field_presence`.", start)

    def _option(self) -> Option:
        """An option as a statement, `option` already passed. Its span is the statement's."""
        scanner = self._scanner
        start = scanner.source.rfind("option", 0, scanner.last)
        found = read_option(scanner)
        scanner.take(";", f"after the option `{found.name}`")
        return Option(found.name, found.value, (start, scanner.last))

    def _message_type(self, after: str) -> tuple[bool, str, Span]:
        """`( [stream] Type )`."""
        scanner = self._scanner
        scanner.take("(", after)
        streams = False
        if scanner.kind == "name" and scanner.text == "stream":
            streams, at = True, scanner.start
            scanner.advance()
            if scanner.text == ")":  # a message that is called `stream`
                scanner.advance()
                return False, "stream", (at, at + len("stream"))
        name, span = self._type_name("a message")
        scanner.take(")", "after the message")
        return streams, name, span

    def _reserved(self, ranges: list[Range], names: list[str], limit: int) -> None:
        scanner = self._scanner
        if scanner.kind == "string":
            names.append(string(scanner, "a name"))
            while scanner.accept(","):
                names.append(string(scanner, "a name"))
        elif scanner.kind == "name":
            names.append(self._word("a name"))
            while scanner.accept(","):
                names.append(self._word("a name"))
        else:
            ranges += self._ranges(limit)
        scanner.take(";", "after what is reserved")

    def _ranges(self, limit: int) -> list[Range]:
        """`2, 9 to 11, 40 to max`."""
        scanner = self._scanner
        ranges: list[Range] = []
        while True:
            at = scanner.start
            first = last = integer(scanner, "a number or a range of numbers")
            if scanner.accept("to"):
                last = limit if scanner.accept("max") else integer(scanner, "the end of the range")
            if last < first:
                raise scanner.error(f"The range {first} to {last} ends before it begins.", at)
            ranges.append((first, last))
            if not scanner.accept(","):
                return ranges

    def _word(self, what: str) -> str:
        scanner = self._scanner
        word = scanner.text
        if scanner.kind != "name" or "." in word:
            scanner.fail(f"Expected {what}")
        scanner.advance()
        return word

    def _type_name(self, what: str) -> tuple[str, Span]:
        """A name with dots, between which there may be space."""
        scanner = self._scanner
        start = scanner.start
        text = "." if scanner.accept(".") else ""
        if scanner.kind != "name":
            scanner.fail(f"Expected {what}")
        text += scanner.text
        scanner.advance()
        while True:
            if scanner.kind == "name" and scanner.text.startswith("."):
                text += scanner.text
            elif scanner.text == "." and scanner.kind == "symbol":
                scanner.advance()
                if scanner.kind != "name":
                    scanner.fail("Expected a name after `.`")
                text += f".{scanner.text}"
            else:
                return text, (start, scanner.last)
            scanner.advance()
