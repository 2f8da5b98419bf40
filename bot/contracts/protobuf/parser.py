"""From text to what a Protobuf file defines.

Grammar: the language specifications of proto2, proto3 and of editions 2023 and 2024 (protobuf.dev/reference/protobuf).
Bodies are read with a stack of their own, so that nesting costs no stack of ours; statements in their usual form are
read by one expression each, all others token by token. The first thing that is not in the language ends the reading.
"""

from __future__ import annotations

import re

from bot.contracts.protobuf.field_statements import DECIMAL, WORD, Extend, FieldStatements, names_of
from bot.contracts.protobuf.model import (
    MAX_ENUM,
    MAX_FIELD,
    MAX_MESSAGE_SET,
    Enum,
    EnumValue,
    File,
    Import,
    Message,
    Method,
    Oneof,
    Option,
    Options,
    Range,
    Service,
    Span,
    flag,
)
from bot.contracts.protobuf.phrases import ranges, type_name
from bot.contracts.protobuf.phrases import word as word_of
from bot.contracts.protobuf.scanner import SKIP, Scanner
from bot.contracts.protobuf.values import USUAL_BRACKETS, Bracketed, integer, read_bracketed, read_option, string
from bot.contracts.unreadable import DEFAULT_LIMITS, Limits

_USUAL_VALUE = re.compile(
    rf"{SKIP}(?!(?:option|reserved)\b)({WORD}){SKIP}={SKIP}(-?){DECIMAL}{SKIP}"
    rf"(?:({USUAL_BRACKETS}){SKIP})?+(?:;|(?=\[))",
    re.ASCII,
)
_EDITIONS = frozenset({"2023", "2024"})


def parse(path: str, text: str, limits: Limits = DEFAULT_LIMITS) -> File:
    """Raises Unreadable, with line and column, for what is not in the language."""
    return _Parser(path, text, limits).file()


class _InOneof:
    """The body of a `oneof`."""

    __slots__ = ("message", "oneof")

    def __init__(self, message: Message, oneof: Oneof) -> None:
        self.message = message
        self.oneof = oneof


_Body = Message | Enum | Service | Method | Extend | _InOneof


class _Parser:
    def __init__(self, path: str, text: str, limits: Limits) -> None:
        self._file = File(path, text)
        self._scanner = Scanner(text)
        self._limits = limits
        self._stack: list[_Body] = []
        self._fields = FieldStatements(self._file, self._scanner)

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
        self._fields.needs_label = value == "proto2"

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
        name = type_name(self._scanner, "the package's name")[0]
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
            extendee = type_name(self._scanner, "the message to extend")[0]
            into = self._file.extensions if parent is None else parent.extensions
            scope = self._file.package if parent is None else parent.full_name
            self._open(Extend(extendee, into, scope, parent))
        else:
            return False
        return True

    def _open(self, body: _Body) -> None:
        if len(self._stack) >= self._limits.nesting:
            message = f"Definitions are nested more than {self._limits.nesting} levels deep."
            raise self._scanner.error(message, self._scanner.start)
        self._scanner.take("{", "to open the definition")
        self._stack.append(body)

    def _open_group(self, message: Message | None) -> None:
        if message is not None:
            self._open(message)

    def _message(self, start: int, parent: Message | None, visibility: str = "") -> Message:
        name = word_of(self._scanner, "the message's name")
        message = Message(name, *names_of(self._file, name, parent), (start, 0), visibility=visibility)
        (self._file.messages if parent is None else parent.messages).append(message)
        return message

    def _enum(self, start: int, parent: Message | None, visibility: str) -> Enum:
        name = word_of(self._scanner, "the enum's name")
        enum = Enum(name, *names_of(self._file, name, parent), (start, 0), visibility=visibility)
        (self._file.enums if parent is None else parent.enums).append(enum)
        return enum

    def _service(self, start: int) -> None:
        name = word_of(self._scanner, "the service's name")
        service = Service(name, *names_of(self._file, name, None), (start, 0))
        self._file.services.append(service)
        self._open(service)

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
        elif isinstance(body, Extend):
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
        elif not isinstance(body, Extend):
            body.span = (body.span[0], end)
        if isinstance(body, Enum) and not body.values:
            raise scanner.error(f"The enum `{body.name}` has no values: it needs at least one.", body.span[0])

    def _in_message(self, message: Message) -> None:
        scanner = self._scanner
        if self._fields.usual(message.fields, message):
            return
        start, word = scanner.start, scanner.text
        if scanner.kind != "name":
            scanner.fail(f"Expected a field or `}}` in the message `{message.name}`")
        if word == "option":
            scanner.advance()
            message.options.append(self._option())
        elif word == "oneof":
            scanner.advance()
            oneof = Oneof(word_of(self._scanner, "the oneof's name"), (start, 0))
            message.oneofs.append(oneof)
            self._open(_InOneof(message, oneof))
        elif word == "extensions":
            scanner.advance()
            limit = MAX_MESSAGE_SET if flag(message.options, "message_set_wire_format") else MAX_FIELD
            message.extension_ranges += ranges(self._scanner, limit)
            read_bracketed(scanner)
            scanner.take(";", "after the ranges")
        elif word == "reserved":
            scanner.advance()
            self._reserved(message.reserved, message.reserved_names, MAX_FIELD)
        elif word in ("message", "enum", "extend", "export", "local") and self._starts_definition():
            scanner.advance()
            self._definition(word, start, message)
        else:
            self._open_group(self._fields.other(message.fields, message))

    def _starts_definition(self) -> bool:
        """Whether the word at hand is a keyword here, and not the type of a field (`local.Thing x = 1`)."""
        word = self._scanner.text
        if word in ("export", "local"):
            return self._file.edition >= "2024"
        return True

    def _in_oneof(self, body: _InOneof) -> None:
        scanner = self._scanner
        if self._fields.usual(body.message.fields, body.message, oneof=body.oneof.name):
            return
        if scanner.kind == "name" and scanner.text == "option":
            scanner.advance()
            body.oneof.options.append(self._option())
            return
        self._open_group(self._fields.other(body.message.fields, body.message, oneof=body.oneof.name))

    def _in_extend(self, body: Extend) -> None:
        if not self._fields.usual(body.into, body.holder, extend=body):
            self._open_group(self._fields.other(body.into, body.holder, extend=body))

    def _in_enum(self, enum: Enum) -> None:
        scanner = self._scanner
        if self._usual_values(enum):
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
            self._fields.count(start)
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
        name = word_of(self._scanner, "the method's name")
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

    def _usual_values(self, enum: Enum) -> bool:
        """As many values of an enum as stand here in their usual form, `NAME = number [options] ;`."""
        scanner, source = self._scanner, self._scanner.source
        match = _USUAL_VALUE.match(source, scanner.start)
        if match is None:
            return False
        end = scanner.start
        while match is not None:
            number = -int(match[3]) if match[2] else int(match[3])
            start, end = match.start(1), match.end()
            options: Options = ()
            if match[4]:
                options = Bracketed(source, match.span(4))
            elif source[end - 1] != ";":
                scanner.jump(end)
                options = read_bracketed(scanner)
                scanner.take(";", f"after the value `{match[1]}`")
                end = scanner.last
            self._fields.count(start)
            enum.values.append(EnumValue(match[1], number, (start, end), (match.start(2), match.end(3)), options))
            match = _USUAL_VALUE.match(source, end)
        scanner.jump(end)
        return True

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
        name, span = type_name(self._scanner, "a message")
        scanner.take(")", "after the message")
        return streams, name, span

    def _reserved(self, numbers: list[Range], names: list[str], limit: int) -> None:
        scanner = self._scanner
        if scanner.kind == "string":
            names.append(string(scanner, "a name"))
            while scanner.accept(","):
                names.append(string(scanner, "a name"))
        elif scanner.kind == "name":
            names.append(word_of(self._scanner, "a name"))
            while scanner.accept(","):
                names.append(word_of(self._scanner, "a name"))
        else:
            numbers += ranges(self._scanner, limit)
        scanner.take(";", "after what is reserved")
