"""Two sides of one field, or of one extension."""

from __future__ import annotations

from bot.contracts.change import AttributeValue
from bot.contracts.protobuf.custom_options import compare_options
from bot.contracts.protobuf.defaults import compare_defaults
from bot.contracts.protobuf.features import feature_span, java_utf8, presence
from bot.contracts.protobuf.model import SCALARS, Field, File, option, word
from bot.contracts.protobuf.names import Tree
from bot.contracts.protobuf.record import Record
from bot.contracts.protobuf.types import Doubt, Type, compare_types, differ, type_of

__all__ = ["Doubt", "compare_extension", "compare_fields", "differ", "extendee_name", "type_of"]

_HANDLED = frozenset({"json_name", "default", "ctype", "jstype", "packed"})
_LONG_NUMBERS = frozenset({"int64", "uint64", "sint64", "fixed64", "sfixed64"})
_PACKABLE = SCALARS - {"string", "bytes"} | {"enum"}
_WIRE_GROUP = {"explicit": 1, "implicit": 1, "required": 2, "repeated": 3, "map": 3}
_JSON_GROUP = {"explicit": 1, "implicit": 1, "required": 2, "repeated": 3, "map": 4}
_PRESENCE_WORDS = {
    "explicit": "optional with presence",
    "implicit": "optional without presence",
    "required": "required",
    "repeated": "repeated",
    "map": "map",
}


def compare_fields(
    record: Record, base_file: File, base: Field, head_file: File, head: Field, holder: str, *, is_alone: bool
) -> None:
    """Two fields of the same number in a message called `holder`; is_alone: the head's is all that a new oneof has."""
    _Pair(record, base_file, base, head_file, head, holder, is_alone).compare()


def compare_extension(
    record: Record, extendee: str, base_file: File, base: Field, head_file: File, head: Field
) -> None:
    """Two extensions of the same number of the same message."""
    _Pair(record, base_file, base, head_file, head, extendee).compare()


def extendee_name(tree: Tree, file: File, extension: Field) -> str:
    """The full name of what is extended; as written when that leads nowhere."""
    return tree.target(file, extension.scope, extension.extendee).name


def json_name(field: Field) -> str:
    """As set, else the name in lower camel case (protobuf.dev/programming-guides/json)."""
    found = option(field.options, "json_name")
    if found is not None and isinstance(found.value, str):
        return found.value
    head, *rest = field.name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


class _Pair:
    def __init__(
        self,
        record: Record,
        base_file: File,
        base: Field,
        head_file: File,
        head: Field,
        holder: str,
        is_alone: bool = False,
    ) -> None:
        self._record = record
        self._base_file, self._base = base_file, base
        self._head_file, self._head = head_file, head
        self._types = type_of(record.base, base_file, base), type_of(record.head, head_file, head)
        self._about: dict[str, AttributeValue] = {"name": base.name, "number": base.number, "holder": holder}
        self._element = base.full_name
        self._is_alone = is_alone

    def compare(self) -> None:
        self._compare_names()
        same_type = self._compare_types()
        self._compare_cardinality(same_type)
        self._compare_oneof()
        self._compare_text()
        self._compare_numbers()
        base, head = self._base, self._head
        compare_options(
            self._record, self._element, "field", base.options, (self._head_file, head.span, head.options), _HANDLED
        )

    def _compare_names(self) -> None:
        base, head = self._base, self._head
        if base.extendee:
            renamed = self._record.renamed.get(base.scope, base.scope)
            names = (f"{renamed}.{base.name}" if renamed else base.name), head.full_name
            before, after = base.full_name, head.full_name
        else:
            before, after = names = base.name, head.name
        json = ("", "") if base.extendee else (json_name(base), json_name(head))
        if names[0] != names[1]:
            self._add("protobuf.field.renamed", head.name_span, before, after, json_changed=json[0] != json[1])
        elif json[0] != json[1]:
            self._add("protobuf.field.json_name.changed", self._option_span("json_name"), json[0], json[1])

    def _compare_types(self) -> bool:
        """Whether they are of the same type."""
        base, head = self._types
        change = compare_types(self._record, self._base_file, base, self._head_file, head)
        if change is None:
            return True
        fact = "protobuf.type.unresolved" if change.unknown else "protobuf.field.type.changed"
        before, after = _shown(base, head), _shown(head, base)
        self._add(fact, self._head.type_span, before, after, wire=change.wire, json=change.json)
        return False

    def _compare_cardinality(self, same_type: bool) -> None:
        """A type that cannot be looked up may be a message, which always has presence, or not."""
        certain = {self._presences(assumed) for assumed in (True, False)}
        if all(before == after for before, after in certain):
            return
        if len(certain) > 1 and any(before == after for before, after in certain):
            if not same_type:
                return  # The doubt is said of the type, or does not matter beside its change.
            before, after = self._base.label or "no label", self._head.label or "no label"
            self._add("protobuf.type.unresolved", self._head.span, before, after, identity="presence")
            return
        before, after = min(certain)
        required = {"required": "removed"}.get(before) or {"required": "added"}.get(after) or "unchanged"
        self._add(
            "protobuf.field.cardinality.changed",
            self._head.span,
            _PRESENCE_WORDS[before],
            _PRESENCE_WORDS[after],
            wire=_WIRE_GROUP[before] == _WIRE_GROUP[after],
            json=_JSON_GROUP[before] == _JSON_GROUP[after],
            required=required,
            text=all(found.kind in ("string", "bytes") for found in self._types),
        )

    def _presences(self, assumed: bool) -> tuple[str, str]:
        before, after = (
            assumed if found.kind == "unknown" else found.kind in ("message", "group") for found in self._types
        )
        return (
            presence(self._base_file, self._base, is_message=before),
            presence(self._head_file, self._head, is_message=after),
        )

    def _compare_oneof(self) -> None:
        before, after = self._base.oneof, self._head.oneof
        if before != after:
            move = "between" if before and after else "into" if after else "out"
            self._add(
                "protobuf.field.oneof.changed",
                self._head.span,
                before or None,
                after or None,
                move=move,
                alone=self._is_alone,
            )

    def _compare_text(self) -> None:
        """Strings: who checks that they are UTF-8, and what C++ makes of them."""
        kinds = {found.kind for found in self._types}
        if kinds == {"string"} or any(found.key == "string" for found in self._types):
            checks = [field.features["utf8_validation"] for field in (self._base, self._head)]
            if checks[0] != checks[1]:
                at = feature_span(self._head, "utf8_validation") or self._head.span
                self._add("protobuf.field.utf8_validation.changed", at, *checks)
            java = java_utf8(self._base_file, self._base), java_utf8(self._head_file, self._head)
            if java[0] != java[1]:
                self._add("protobuf.field.java_utf8_validation.changed", self._java_span(), *java)
        if kinds <= {"string", "bytes"} and not self._base.key and not self._head.key:
            before = _cpp_string(self._base_file, self._base)
            after = _cpp_string(self._head_file, self._head)
            if before != after and (before, after) != ("STRING_PIECE", "STRING"):
                own = option(self._head.options, "ctype")
                at = own.span if own else feature_span(self._head, "pb.cpp.string_type") or self._head.span
                self._add("protobuf.field.cpp_string_type.changed", at, before, after)

    def _java_span(self) -> tuple[int, int]:
        of_file = option(self._head_file.options, "java_string_check_utf8")
        if of_file is not None:
            return of_file.span
        return feature_span(self._head, "pb.java.utf8_validation") or self._head.span

    def _compare_numbers(self) -> None:
        compare_defaults(self._record, self._about, self._element, self._sides())
        before, after = (field.label == "repeated" for field in (self._base, self._head))
        if before and after and self._types[1].kind in _PACKABLE:
            packed = [_is_packed(field) for field in (self._base, self._head)]
            if packed[0] != packed[1]:
                words = ["packed" if one else "expanded" for one in packed]
                self._add("protobuf.field.packed.changed", self._option_span("packed"), *words)
        if all(found.kind in _LONG_NUMBERS for found in self._types):
            kinds = [word(field.options, "jstype", "JS_NORMAL") for field in (self._base, self._head)]
            if kinds[0] != kinds[1]:
                self._add("protobuf.field.jstype.changed", self._option_span("jstype"), *kinds)

    def _sides(self) -> tuple[tuple[File, Field, Type], tuple[File, Field, Type]]:
        return (
            (self._base_file, self._base, self._types[0]),
            (self._head_file, self._head, self._types[1]),
        )

    def _option_span(self, name: str) -> tuple[int, int]:
        found = option(self._head.options, name)
        return found.span if found else self._head.span

    def _add(
        self,
        fact: str,
        span: tuple[int, int],
        before: object,
        after: object,
        identity: object = None,
        **attributes: str | int | bool,
    ) -> None:
        self._record.add(
            fact,
            self._element,
            (self._head_file, span),
            before=before,
            after=after,
            identity=identity,
            about={**self._about, **attributes},
        )


def _shown(one: Type, other: Type) -> str:
    """Types whose names are alike differ in how they are written, which is said."""
    if one.shown != other.shown:
        return one.shown
    return f"{one.shown} ({'delimited' if one.kind == 'group' else one.kind})"


def _cpp_string(file: File, field: Field) -> str:
    asked = word(field.options, "ctype", "")
    if asked in ("CORD", "STRING_PIECE", "STRING") and file.edition < "2024":
        return asked
    return field.features["pb.cpp.string_type"]


def _is_packed(field: Field) -> bool:
    asked = word(field.options, "packed", "")
    return asked == "true" if asked else field.features["repeated_field_encoding"] == "PACKED"
