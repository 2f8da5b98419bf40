"""Security: what a caller must present, and how the schemes themselves are defined.

A security requirement is a list of alternatives; one alternative is a set of schemes, each with scopes, all of which
are needed. An empty list, or an empty alternative, lets everybody in (OpenAPI, Security Requirement Object).
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.contracts.openapi.record import Record, SideName, child, matched
from bot.contracts.openapi.spot import Spot
from bot.contracts.tree import Node

Alternative = frozenset[tuple[str, frozenset[str]]]

_FLOW_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")
_SCHEME_KEYS = frozenset({"type", "in", "name", "scheme", "bearerFormat", "flows", "openIdConnectUrl", "deprecated"})
_ANYBODY: Alternative = frozenset()


def compare_security(record: Record, spot: Spot, base: Node, head: Node, base_root: Node, head_root: Node) -> None:
    """What callers of an operation must present: its own requirement, or else the document's."""
    before = child(base, "security") or child(base_root, "security")
    after = child(head, "security") or child(head_root, "security")
    spot = spot.at(spot.part, part="security")
    old, new = _alternatives(record, spot, before, "base"), _alternatives(record, spot, after, "head")
    if set(old) == set(new):
        return
    site, side = _site(before, after, head)
    before_text, after_text = _sentence(old), _sentence(new)
    if _ANYBODY in old and _ANYBODY not in new:
        record.add("security.required", spot, site, side, before=before_text, after=after_text)
        return
    lost = [a for a in old if not any(_accepts(a, b) for b in new)]
    for alternative in lost:
        scoped = [b for b in new if _schemes(b) <= _schemes(alternative)]
        if scoped:
            extra = sorted({f"{name}: {scope}" for name, scope in _scopes(scoped[0]) - _scopes(alternative)})
            record.add(
                "security.scope.added", spot, site, side, scopes=", ".join(extra), before=before_text, after=after_text
            )
        else:
            record.add(
                "security.alternative.removed",
                spot,
                site,
                side,
                schemes=_one(alternative),
                before=before_text,
                after=after_text,
            )
    if lost:
        return
    if _ANYBODY in new and _ANYBODY not in old:
        record.add("security.lifted", spot, site, side, before=before_text, after=after_text)
    elif {_schemes(a) for a in new} == {_schemes(a) for a in old}:
        record.add("security.scope.removed", spot, site, side, before=before_text, after=after_text)
    else:
        record.add("security.alternative.added", spot, site, side, before=before_text, after=after_text)


def used_schemes(record: Record, spot: Spot, operation: Node, root: Node) -> frozenset[str]:
    """Names of the schemes that callers of an operation at base may have to use."""
    requirement = child(operation, "security") or child(root, "security")
    return frozenset(name for a in _alternatives(record, spot, requirement, "base") for name, _ in a)


def compare_schemes(record: Record, users: dict[str, list[Spot]], base_root: Node, head_root: Node) -> None:
    """`components.securitySchemes`. `users`: where each scheme is in use at base."""
    everywhere = Spot().at("", part="security_scheme")
    old = record.members(everywhere, child(base_root, "components"), "base", "securitySchemes")
    new = record.members(everywhere, child(head_root, "components"), "head", "securitySchemes")
    for name, before, after in matched(old, new):
        if before is None and after is not None:
            record.add("security_scheme.added", everywhere, after, name=name)
        elif after is None and before is not None:
            record.add("security_scheme.removed", everywhere, before, "base", name=name)
        elif before is not None and after is not None and not record.sameness.same(before, after):
            pair = record.follow(everywhere, before, after)
            if pair is not None:
                spots = [s.at(s.part, part="security_scheme", used=True) for s in users.get(name, ())]
                for spot in spots or [everywhere.at("", part="security_scheme", used=False)]:
                    _compare_scheme(record, spot, *pair, name)


def _compare_scheme(record: Record, spot: Spot, base: Node, head: Node, name: str) -> None:
    if not (record.mapping(spot, base, "base", name) and record.mapping(spot, head, "head", name)):
        return
    for key in ("type", "scheme", "in", "name"):
        before, after = base.value.get(key), head.value.get(key)
        # The name of an authorization scheme does not care about case (RFC 9110 section 11.1).
        if key == "scheme" and str(before).lower() == str(after).lower():
            continue
        if before != after:
            record.add(
                f"security_scheme.{'type' if key == 'type' else 'detail'}.changed",
                spot,
                child(head, key) or head,
                before=before,
                after=after,
                name=name,
                keyword=key,
            )
    if base.value.get("bearerFormat") != head.value.get("bearerFormat"):
        record.add(
            "security_scheme.bearer_format.changed",
            spot,
            child(head, "bearerFormat") or head,
            before=base.value.get("bearerFormat"),
            after=head.value.get("bearerFormat"),
            name=name,
        )
    if base.value.get("openIdConnectUrl") != head.value.get("openIdConnectUrl"):
        record.add(
            "security_scheme.url.changed",
            spot,
            child(head, "openIdConnectUrl") or head,
            name=name,
            before=base.value.get("openIdConnectUrl"),
            after=head.value.get("openIdConnectUrl"),
            keyword="openIdConnectUrl",
        )
    _compare_flows(record, spot, base, head, name)
    record.rest(spot, base, head, "security scheme", _SCHEME_KEYS)


def _compare_flows(record: Record, spot: Spot, base: Node, head: Node, name: str) -> None:
    old, new = record.members(spot, base, "base", "flows"), record.members(spot, head, "head", "flows")
    for flow, before, after in matched(old, new):
        if flow.startswith("x-"):
            continue
        if before is None and after is not None:
            record.add("security_scheme.flow.added", spot, after, name=name, flow=flow)
        elif after is None and before is not None:
            record.add("security_scheme.flow.removed", spot, before, "base", name=name, flow=flow)
        elif before is not None and after is not None and before.value != after.value:
            _compare_flow(record, spot, before, after, name, flow)


def _compare_flow(record: Record, spot: Spot, base: Node, head: Node, name: str, flow: str) -> None:
    if not (record.mapping(spot, base, "base", flow) and record.mapping(spot, head, "head", flow)):
        return
    for key in _FLOW_URLS:
        if base.value.get(key) != head.value.get(key):
            record.add(
                "security_scheme.url.changed",
                spot,
                child(head, key) or head,
                before=base.value.get(key),
                after=head.value.get(key),
                name=name,
                flow=flow,
                keyword=key,
            )
    old, new = record.members(spot, base, "base", "scopes"), record.members(spot, head, "head", "scopes")
    for scope, before, after in matched(old, new):
        shown = {"name": name, "flow": flow, "scope": scope}
        if before is None and after is not None:
            record.add("security_scheme.scope.added", spot, after, shown=shown)
        elif after is None and before is not None:
            record.add("security_scheme.scope.removed", spot, before, "base", shown=shown)
        elif before is not None and after is not None and before.value != after.value:
            record.add(
                "security_scheme.scope.changed", spot, after, before=before.value, after=after.value, shown=shown
            )


def _alternatives(record: Record, spot: Spot, requirement: Node | None, side: SideName) -> list[Alternative]:
    if requirement is None:
        return [_ANYBODY]
    if not isinstance(requirement.value, list):
        record.malformed(spot, requirement, side, "security", "a list")
        return [_ANYBODY]
    found = []
    for item in requirement.value:
        if isinstance(item, dict):
            found.append(frozenset((n, _strings(s)) for n, s in item.items()))
    return found or [_ANYBODY]


def _strings(scopes: object) -> frozenset[str]:
    return frozenset(str(s) for s in scopes) if isinstance(scopes, list) else frozenset()


def _accepts(presented: Alternative, asked: Alternative) -> bool:
    """Whether a caller who presents the one satisfies the other."""
    held = dict(presented)
    return all(name in held and scopes <= held[name] for name, scopes in asked)


def _schemes(alternative: Alternative) -> frozenset[str]:
    return frozenset(name for name, _ in alternative)


def _scopes(alternative: Alternative) -> set[tuple[str, str]]:
    return {(name, scope) for name, scopes in alternative for scope in scopes}


def _site(before: Node | None, after: Node | None, head: Node) -> tuple[Node, SideName]:
    if after is not None:
        return after, "head"
    return (before, "base") if before is not None else (head, "head")


def _sentence(alternatives: Iterable[Alternative]) -> str:
    return " or ".join(sorted(_one(a) for a in alternatives))


def _one(alternative: Alternative) -> str:
    if not alternative:
        return "no credentials"
    return " and ".join(
        f"{name} ({', '.join(sorted(scopes))})" if scopes else name for name, scopes in sorted(alternative, key=str)
    )
