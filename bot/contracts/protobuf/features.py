"""Which features are in force where.

Defaults by syntax and edition, and inheritance from file to message to field: protobuf.dev/editions/features. proto2
and proto3 are read as the fixed sets of features that the editions documentation gives for them.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.protobuf.model import Aggregate, Enum, Features, Field, File, Message, Option, Options, Span, Word
from bot.contracts.protobuf.values import Bracketed

_MODERN = {
    "field_presence": "EXPLICIT",
    "enum_type": "OPEN",
    "repeated_field_encoding": "PACKED",
    "utf8_validation": "VERIFY",
    "message_encoding": "LENGTH_PREFIXED",
    "json_format": "ALLOW",
    "pb.cpp.string_type": "STRING",
    "pb.java.utf8_validation": "DEFAULT",
}
_DEFAULTS: Mapping[str, Features] = {
    "proto2": {
        **_MODERN,
        "enum_type": "CLOSED",
        "repeated_field_encoding": "EXPANDED",
        "utf8_validation": "NONE",
        "json_format": "LEGACY_BEST_EFFORT",
    },
    "proto3": {**_MODERN, "field_presence": "IMPLICIT"},
    "2023": _MODERN,
    "2024": {**_MODERN, "pb.cpp.string_type": "VIEW"},
}


def settle(file: File) -> None:
    """Gives every definition of the file the features in force for it."""
    file.features = _with(_DEFAULTS[file.edition or file.syntax], file.options)
    for enum in file.enums:
        enum.features = _with(file.features, enum.options)
    for extension in file.extensions:
        extension.features = _with(file.features, extension.options)
    waiting = [(message, file.features) for message in file.messages]
    while waiting:
        message, inherited = waiting.pop()
        _settle_message(message, _with(inherited, message.options))
        waiting += [(nested, message.features) for nested in message.messages]


def _settle_message(message: Message, features: Features) -> None:
    message.features = features
    oneofs = {oneof.name: _with(features, oneof.options) for oneof in message.oneofs}
    for field in message.fields:
        field.features = _with(oneofs.get(field.oneof, features), field.options)
    for extension in message.extensions:
        extension.features = _with(features, extension.options)
    for enum in message.enums:
        enum.features = _with(features, enum.options)


def presence(file: File, field: Field, *, is_message: bool) -> str:
    """How often a field may be there: required, repeated, map, explicit (whether it is set can be told) or implicit."""
    if field.key:
        return "map"
    if field.label == "repeated":
        return "repeated"
    asked = field.features["field_presence"]
    if field.label == "required" or (asked == "LEGACY_REQUIRED" and not field.extendee):
        return "required"
    explicit = is_message or field.oneof or field.extendee or field.label == "optional" or asked == "EXPLICIT"
    return "explicit" if explicit or file.syntax == "proto2" else "implicit"


def java_utf8(file: File, field: Field) -> str:
    """Whether Java checks a string: the file's old option, or the feature, over the language-neutral feature."""
    forced = next((one.value for one in reversed(file.options) if one.name == "java_string_check_utf8"), None)
    if file.syntax != "editions" or forced is not None:
        checks = forced == Word("true")
    else:
        checks = field.features["pb.java.utf8_validation"] == "VERIFY"
    return "VERIFY" if checks else field.features["utf8_validation"]


def feature_span(element: Field | Message | Enum, name: str) -> Span | None:
    """Where an element itself sets a feature."""
    return next((one.span for one in reversed(element.options) if name in _set_by(one)), None)


def _with(inherited: Features, options: Options) -> Features:
    if isinstance(options, Bracketed) and not options.mention("features"):
        return inherited
    changed: dict[str, str] = {}
    for one in options:
        if one.name.startswith("features"):
            changed |= _set_by(one)
    return {**inherited, **changed} if changed else inherited


def _set_by(option: Option) -> dict[str, str]:
    """The features that one option sets."""
    if option.name != "features" and not option.name.startswith("features."):
        return {}
    prefix = option.name.removeprefix("features").removeprefix(".").replace("(", "").replace(")", "")
    found: dict[str, str] = {}
    waiting: list[tuple[str, object]] = [(prefix, option.value)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, Word):
            found[name] = value.text
        elif isinstance(value, Aggregate):
            waiting += [(f"{name}.{key.strip('[]')}".lstrip("."), member) for key, member in value.members]
    return found
