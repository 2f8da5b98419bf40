"""What a file says about itself: syntax, package, public imports, and where the generated code goes."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.protobuf.custom_options import compare_options
from bot.contracts.protobuf.model import File, option
from bot.contracts.protobuf.record import Record
from bot.contracts.protobuf.values import shown

GENERATED: Mapping[str, str] = {
    "cc_enable_arenas": "true",
    "cc_generic_services": "false",
    "csharp_namespace": "",
    "go_package": "",
    "java_generic_services": "false",
    "java_multiple_files": "false",
    "java_outer_classname": "",
    "java_package": "",
    "objc_class_prefix": "",
    "optimize_for": "SPEED",
    "php_class_prefix": "",
    "php_generic_services": "false",
    "php_metadata_namespace": "",
    "php_namespace": "",
    "py_generic_services": "false",
    "ruby_package": "",
    "swift_prefix": "",
}
"""Options that decide how generated code looks, with their defaults (google/protobuf/descriptor.proto)."""

_HANDLED = frozenset({*GENERATED, "java_string_check_utf8"})


def compare_files(record: Record, base: File, head: File) -> None:
    """The files themselves, not what they define."""
    element = base.package
    said = ("edition", base.edition, head.edition)
    if base.syntax != head.syntax:
        said = ("syntax", base.syntax, head.syntax)
    package = ("package", base.package, head.package)
    for (what, before, after), span in ((said, head.syntax_span), (package, head.package_span)):
        if before != after:
            record.add(
                f"protobuf.{what}.changed",
                element,
                (head, span),
                before=before or None,
                after=after or None,
                identity=base.path,
                name=base.path,
            )
    for name, default in GENERATED.items():
        before, after = _value(base, name, default), _value(head, name, default)
        if before != after:
            found = option(head.options, name)
            record.add(
                "protobuf.file.option.changed",
                element,
                (head, found.span if found else (0, 0)),
                before=before or None,
                after=after or None,
                identity=[base.path, name],
                option=name,
                name=base.path,
            )
    compare_options(record, element, "file", base.options, (head, (0, 0), head.options), _HANDLED)
    _public_imports(record, base, head)


def _public_imports(record: Record, base: File, head: File) -> None:
    left = {one.path for one in head.imports if one.modifier == "public"}
    for one in base.imports:
        if one.modifier == "public" and one.path not in left:
            record.add(
                "protobuf.import.public.removed",
                base.package,
                (head, (0, 0)),
                before=one.path,
                identity=base.path,
                name=base.path,
            )


def _value(file: File, name: str, default: str) -> str:
    found = option(file.options, name)
    if found is None:
        return default
    return found.value if isinstance(found.value, str) else shown(found.value)
