"""What a Protobuf file defines. Offsets count characters of the file's text; lines are looked up only for findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""Offsets of the first character and of the one after the last."""

Range: TypeAlias = tuple[int, int]
"""Numbers, both ends included."""

Features: TypeAlias = Mapping[str, str]
"""Features in force, by name (`field_presence`, `pb.cpp.string_type`)."""

SCALARS = frozenset(
    [
        "double",
        "float",
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
        "bytes",
    ]
)
MAX_FIELD = 536_870_911
MAX_MESSAGE_SET = 2_147_483_646
MAX_ENUM = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word as an option's value: `SPEED`, `true`, `inf`."""

    text: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A message in text format as an option's value. Values are scalars, Aggregates or tuples of these."""

    members: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """name as written, without spaces: `deprecated`, `(google.api.http)`, `features.(pb.cpp).string_type`."""

    name: str
    value: object
    span: Span


Options: TypeAlias = Sequence[Option]


@dataclass(slots=True)
class Element:
    """What all definitions have. nested_name: the full name without the package."""

    name: str
    full_name: str
    nested_name: str
    span: Span
    options: list[Option] = field(default_factory=list)
    features: Features = field(default_factory=dict)


@dataclass(slots=True)
class Field:
    """A field, an extension, or a field of a oneof.

    type: as written; for a map the type of its values, `key` being that of its keys. `group`: the field of a group.
    scope: full name of what its names are looked up from. extendee: as written, for extensions only.
    """

    name: str
    number: int
    label: str
    type: str
    span: Span
    type_span: Span
    name_span: Span
    options: Options = ()
    key: str = ""
    group: bool = False
    oneof: str = ""
    extendee: str = ""
    scope: str = ""
    nested_name: str = ""
    full_name: str = ""
    visibility: str = ""
    features: Features = field(default_factory=dict)


@dataclass(slots=True)
class Oneof:
    name: str
    span: Span
    options: list[Option] = field(default_factory=list)


@dataclass(slots=True)
class EnumValue:
    name: str
    number: int
    span: Span
    number_span: Span
    options: Options = ()


@dataclass(slots=True)
class Enum(Element):
    values: list[EnumValue] = field(default_factory=list)
    reserved: list[Range] = field(default_factory=list)
    reserved_names: list[str] = field(default_factory=list)
    visibility: str = ""


@dataclass(slots=True)
class Message(Element):
    fields: list[Field] = field(default_factory=list)
    oneofs: list[Oneof] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    extensions: list[Field] = field(default_factory=list)
    extension_ranges: list[Range] = field(default_factory=list)
    reserved: list[Range] = field(default_factory=list)
    reserved_names: list[str] = field(default_factory=list)
    visibility: str = ""


@dataclass(slots=True)
class Method:
    name: str
    full_name: str
    span: Span
    input: str
    output: str
    input_span: Span
    output_span: Span
    client_streaming: bool = False
    server_streaming: bool = False
    options: list[Option] = field(default_factory=list)


@dataclass(slots=True)
class Service(Element):
    methods: list[Method] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Import:
    """modifier: `public`, `weak`, `option`, or nothing."""

    path: str
    modifier: str
    span: Span


@dataclass(slots=True)
class File:
    """syntax: proto2, proto3 or editions; `edition` then says which."""

    path: str
    text: str = field(repr=False)
    syntax: str = "proto2"
    edition: str = ""
    syntax_span: Span = (0, 0)
    package: str = ""
    package_span: Span = (0, 0)
    imports: list[Import] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    features: Features = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    extensions: list[Field] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)

    def all_messages(self) -> Iterator[Message]:
        """Every message, nested ones after what holds them."""
        waiting = self.messages[::-1]
        while waiting:
            message = waiting.pop()
            yield message
            waiting.extend(reversed(message.messages))


def option(options: Options, name: str) -> Option | None:
    """The last setting of an option that may be set once."""
    return next((one for one in reversed(options) if one.name == name), None)


def flag(options: Options, name: str) -> bool:
    found = option(options, name)
    return found is not None and found.value == Word("true")


def word(options: Options, name: str, default: str) -> str:
    """The value of an enum or boolean option as text."""
    found = option(options, name)
    return found.value.text if found is not None and isinstance(found.value, Word) else default
