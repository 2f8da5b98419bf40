"""Two sides of one service."""

from __future__ import annotations

from bot.contracts.protobuf.custom_options import compare_options
from bot.contracts.protobuf.fields import Doubt, differ
from bot.contracts.protobuf.model import File, Method, Service, Span, option, word
from bot.contracts.protobuf.record import Record

_HANDLED = frozenset({"idempotency_level"})


def compare_services(record: Record, base_file: File, base: Service, head_file: File, head: Service) -> None:
    """Methods are called by name."""
    left = {method.name: method for method in head.methods}
    for method in base.methods:
        twin = left.pop(method.name, None)
        if twin is None:
            record.add(
                "protobuf.method.removed",
                method.full_name,
                (head_file, head.span),
                before=method.name,
                name=method.name,
                holder=base.name,
            )
        else:
            _compare_methods(record, base_file, method, head_file, twin, base.name)
    for method in left.values():
        record.add(
            "protobuf.method.added",
            method.full_name,
            (head_file, method.span),
            after=method.name,
            name=method.name,
            holder=head.name,
        )
    compare_options(record, base.full_name, "service", base.options, (head_file, head.span, head.options))


def _compare_methods(record: Record, base_file: File, base: Method, head_file: File, head: Method, holder: str) -> None:
    for part, before, after, at in (
        ("request", base.input, head.input, head.input_span),
        ("response", base.output, head.output, head.output_span),
    ):
        _compare_types(record, base_file, base, head_file, (part, before, after, at), holder)
    for part, streams_before, streams_after in (
        ("client", base.client_streaming, head.client_streaming),
        ("server", base.server_streaming, head.server_streaming),
    ):
        if streams_before != streams_after:
            record.add(
                "protobuf.method.streaming.changed",
                base.full_name,
                (head_file, head.span),
                before="streaming" if streams_before else "unary",
                after="streaming" if streams_after else "unary",
                identity=part,
                part=part,
                name=base.name,
                holder=holder,
            )
    levels = [word(method.options, "idempotency_level", "IDEMPOTENCY_UNKNOWN") for method in (base, head)]
    if levels[0] != levels[1]:
        found = option(head.options, "idempotency_level")
        record.add(
            "protobuf.method.idempotency.changed",
            base.full_name,
            (head_file, found.span if found else head.span),
            before=levels[0],
            after=levels[1],
            name=base.name,
            holder=holder,
        )
    compare_options(record, base.full_name, "method", base.options, (head_file, head.span, head.options), _HANDLED)


def _compare_types(
    record: Record, base_file: File, base: Method, head_file: File, types: tuple[str, str, str, Span], holder: str
) -> None:
    part, before, after, at = types
    scope = base.full_name.rpartition(".")[0]
    head_scope = record.renamed.get(scope, scope)
    old = record.base.target(base_file, scope, before)
    new = record.head.target(head_file, head_scope, after)
    answer = differ(record, base_file, old, head_file, new)
    if answer is Doubt.SAME:
        return
    record.add(
        "protobuf.type.unresolved" if answer is Doubt.UNKNOWN else "protobuf.method.type.changed",
        base.full_name,
        (head_file, at),
        before=old.name,
        after=new.name,
        identity=part,
        part=part,
        name=base.name,
        holder=holder,
    )
