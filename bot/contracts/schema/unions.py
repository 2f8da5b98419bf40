"""`oneOf`, `anyOf`, `not` and `if`: which member is which, and which came or went."""

from __future__ import annotations

from collections.abc import Callable

from bot.contracts.change import AttributeValue
from bot.contracts.schema import overlap
from bot.contracts.schema.notes import Notes, canonical
from bot.contracts.schema.paths import definition_of
from bot.contracts.schema.shape import Conjunction, Shape, Union, describe, outline
from bot.contracts.tree import Node

_FACTS = {"oneOf": "schema.one_of", "anyOf": "schema.any_of"}
_MOST_MEMBERS_GUESSED = 60


def compare_unions(notes: Notes) -> bool:
    """False when one side became a union (or stopped being one) as a whole, so that its keywords moved inside."""
    base, head = list(notes.base.unions), list(notes.head.unions)
    if len(head) == 1 and not base and notes.base.constrains and not notes.head.constrains:
        _wrapped(notes, head[0], into=True)
        return False
    if len(base) == 1 and not head and notes.head.constrains and not notes.base.constrains:
        _wrapped(notes, base[0], into=False)
        return False
    for before in list(base):
        after = next((union for union in head if union.keyword == before.keyword), None)
        if after is not None:
            base.remove(before)
            head.remove(after)
            _compare_members(notes, before, after)
    for before, after in zip(list(base), list(head), strict=False):
        base.remove(before)
        head.remove(after)
        notes.add("schema.union.keyword.changed", after.site, before=before.keyword, after=after.keyword)
        _compare_members(notes, before, after)
    for before in base:
        notes.add(f"{_FACTS[before.keyword]}.removed", before.site, "base", before=_names(notes, before, "base"))
    for after in head:
        attributes: dict[str, AttributeValue] = {"implied": _implied(notes, after)}
        names = _names(notes, after, "head")
        notes.add(f"{_FACTS[after.keyword]}.added", after.site, after=names, attributes=attributes)
    return True


def _implied(notes: Notes, union: Union) -> bool:
    """Whether what fitted the old schema fits one choice anyway: it only requires what was required already.

    With `oneOf`, every other choice then has to require something that was not known before.
    """
    old = notes.base
    needed = [set(node.value["required"]) for node in union.members if _only_requires(node)]
    if not any(names <= old.required.keys() for names in needed):
        return False
    if union.keyword == "anyOf":
        return True
    held = [names for names in needed if names <= old.required.keys()]
    others = [names for names in needed if not names <= old.required.keys()]
    return len(needed) == len(union.members) and len(held) == 1 and all(n - old.properties.keys() for n in others)


def _only_requires(node: Node) -> bool:
    value = node.value
    return (
        isinstance(value, dict)
        and value.keys() <= {"required", "title", "description"}
        and isinstance(value.get("required"), list)
        and all(isinstance(name, str) for name in value["required"])
    )


def _names(notes: Notes, union: Union, side: str) -> str:
    return ", ".join(_Member(notes, node, side).name for node in union.members)


class _Member:
    """One member of a union, with what it can be recognised by."""

    def __init__(self, notes: Notes, node: Node, side: str) -> None:
        self.node = node
        self.conjunction: Conjunction = (notes.follow_base if side == "base" else notes.follow_head)(node)
        self.shape: Shape = (notes.read_base if side == "base" else notes.read_head)(self.conjunction)
        reference = node.value.get("$ref") if isinstance(node.value, dict) else None
        definition = definition_of(self.conjunction[0]) if isinstance(reference, str) and self.conjunction else None
        self.definition = definition[0] if definition is not None and definition[1] == "$" else None
        title = self.shape.documentation.get("title")
        self.title = str(title.value) if title is not None else None
        self.name = self.definition or self.title or outline(self.shape)

    def identity(self) -> object:
        return self.definition or self.node.value

    @property
    def is_plain(self) -> bool:
        """Text, numbers and lists: what is no kind of its own for a reader, as an object is."""
        return self.definition is None and self.shape.types is not None and "object" not in self.shape.types

    def tag(self, discriminator: str) -> str | None:
        """The one value that the discriminating property has here."""
        return self._constants.get(discriminator)

    @property
    def _constants(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, conjunction in self.shape.properties.items():
            value = conjunction[0].value if conjunction else None
            if isinstance(value, dict):
                only = [value["const"]] if "const" in value else value.get("enum")
                if isinstance(only, list) and len(only) == 1:
                    found[name] = canonical(only[0])
        return found


def _compare_members(notes: Notes, before: Union, after: Union) -> None:
    old = [_Member(notes, node, "base") for node in before.members]
    new = [_Member(notes, node, "head") for node in after.members]
    for left, right in _matched(notes, old, new):
        notes.descend("", left.conjunction, right.conjunction)
    _went(notes, before, old, after)
    _came(notes, after, new, before)


def _came(notes: Notes, union: Union, added: list[_Member], before: Union | None) -> None:
    """Members that are new. `before`: the union that they were added to, None when there was one schema only."""
    others = [notes.follow_base(node) for node in before.members] if before is not None else [notes.base_nodes]
    # Among several choices an object is a kind of its own; beside a single schema it only is more or less of it.
    siblings = [_Member(notes, node, "head").shape for node in union.members]
    for member in added:
        apart = (
            union.keyword == "anyOf"
            or notes.head.discriminator is not None
            or overlap.all_apart(member.shape, siblings, notes.read_head)
        )
        covered = (member.is_plain or before is None) and any(
            notes.within(other, member.conjunction, "head") for other in others
        )
        _member(notes, union, member, "added", covered, apart=apart)


def _went(notes: Notes, union: Union, removed: list[_Member], after: Union | None) -> None:
    others = [notes.follow_head(node) for node in after.members] if after is not None else [notes.head_nodes]
    for member in removed:
        covered = (member.is_plain or after is None) and any(
            notes.within(member.conjunction, other, "base") for other in others
        )
        _member(notes, union, member, "removed", covered)


def _member(notes: Notes, union: Union, member: _Member, how: str, covered: bool, *, apart: bool = True) -> None:
    """`covered`: the others allow all of it. `apart`: no value fits it and another one, as far as can be proven."""
    attributes: dict[str, AttributeValue] = {"member": member.name, "covered": covered, "apart": apart}
    fact = f"{_FACTS[union.keyword]}.member.{how}"
    identity = member.identity()
    if how == "removed":
        identities: tuple[object, object] = (identity, "")
        notes.add(
            fact, member.node, "base", before=member.name, after="absent", identity=identities, attributes=attributes
        )
    else:
        identities = ("", identity)
        notes.add(fact, member.node, before="absent", after=member.name, identity=identities, attributes=attributes)


def _matched(notes: Notes, old: list[_Member], new: list[_Member]) -> list[tuple[_Member, _Member]]:
    """Pairs of members that are the same thing; they are taken out of `old` and `new`.

    By definition name, then by saying the same, then by discriminating value, then by title, then by likeness.
    """
    pairs: list[tuple[_Member, _Member]] = []
    discriminator = notes.head.discriminator or notes.base.discriminator
    tag = str(discriminator.value.get("propertyName")) if discriminator is not None else ""

    def take(same: Callable[[_Member, _Member], bool]) -> None:
        for left in list(old):
            right = next((other for other in new if same(left, other)), None)
            if right is not None:
                old.remove(left)
                new.remove(right)
                pairs.append((left, right))

    take(lambda left, right: left.definition is not None and left.definition == right.definition)
    take(
        lambda left, right: (
            left.node.value == right.node.value and notes.equivalent(left.conjunction, right.conjunction)
        )
    )
    if len(old) * len(new) <= _MOST_MEMBERS_GUESSED**2:
        take(
            lambda left, right: (
                _outline(left) == _outline(right) and notes.equivalent(left.conjunction, right.conjunction)
            )
        )
    take(lambda left, right: bool(tag) and left.tag(tag) is not None and left.tag(tag) == right.tag(tag))
    take(lambda left, right: left.title is not None and left.title == right.title)
    take(_alike)
    for name in ("string", "number", "integer", "boolean", "array"):
        left, right = ([m for m in members if m.shape.types == frozenset({name})] for members in (old, new))
        if len(left) == len(right) == 1:
            take(lambda one, other, pair=(left[0], right[0]): (one, other) == pair)  # type: ignore[misc]
    return pairs


def _outline(member: _Member) -> object:
    shape = member.shape
    return shape.types, frozenset(shape.properties), frozenset(shape.required), len(shape.unions)


def _alike(left: _Member, right: _Member) -> bool:
    """Most of the properties in common, or the same single type: an edited member rather than another one."""
    if left.definition is not None and right.definition is not None:
        return False
    ours, theirs = left.shape.properties.keys(), right.shape.properties.keys()
    if ours or theirs:
        return len(ours & theirs) * 2 >= len(ours | theirs)
    types = left.shape.types
    if types is None or types != right.shape.types or types == frozenset({"object"}):
        return False
    values, others = left.shape.enum, right.shape.enum
    if values is None or others is None:
        return values is others
    return any(value in others for value in values)


def _wrapped(notes: Notes, union: Union, *, into: bool) -> None:
    """A plain schema became a union, or the reverse.

    The member that says the same as the plain one, or else the one that is most like it, is compared with it; the
    others came or went.
    """
    side = "head" if into else "base"
    members = [_Member(notes, node, side) for node in union.members]
    partner = _partner(notes, members, into=into)
    if partner is None or _overlaps(notes, union, partner, members, into=into):
        plain = describe(notes.base if into else notes.head)
        names = ", ".join(member.name for member in members)
        fact = _FACTS[union.keyword]
        if into:
            proven = all(notes.within(notes.base_nodes, member.conjunction, "head") for member in members)
            notes.add(f"{fact}.wrapped", union.site, before=plain, after=names, attributes={"narrowed": proven})
        else:
            proven = all(notes.within(member.conjunction, notes.head_nodes, "base") for member in members)
            attributes: dict[str, AttributeValue] = {"widened": proven}
            notes.add(f"{fact}.unwrapped", union.site, "base", before=names, after=plain, attributes=attributes)
        return
    others = [member for member in members if member is not partner]
    if into:
        notes.descend("", notes.base_nodes, partner.conjunction)
        _came(notes, union, others, None)
    else:
        notes.descend("", partner.conjunction, notes.head_nodes)
        _went(notes, union, others, None)


def _overlaps(notes: Notes, union: Union, partner: _Member, members: list[_Member], *, into: bool) -> bool:
    """Whether a value that fits the plain schema may fit two members of the `oneOf`, which refuses it."""
    nodes = partner.conjunction
    same = notes.equivalent(notes.base_nodes, nodes) if into else notes.equivalent(nodes, notes.head_nodes)
    read = notes.read_head if into else notes.read_base
    others = (member.shape for member in members if member is not partner)
    return union.keyword == "oneOf" and not same and not all(overlap.apart(partner.shape, o, read) for o in others)


def _partner(notes: Notes, members: list[_Member], *, into: bool) -> _Member | None:
    nodes, plain = (notes.base_nodes, notes.base) if into else (notes.head_nodes, notes.head)
    for member in members:
        if notes.equivalent(nodes, member.conjunction) if into else notes.equivalent(member.conjunction, nodes):
            return member
    definition = definition_of(nodes[0]) if nodes else None
    for member in members:
        if member.definition is not None and definition is not None and definition == (member.definition, "$"):
            return member
    alike = [member for member in members if member.shape.types == plain.types and plain.types is not None]
    if plain.properties:
        alike.sort(key=lambda member: len(plain.properties.keys() & member.shape.properties.keys()), reverse=True)
        alike = alike[:1] if alike and plain.properties.keys() & alike[0].shape.properties.keys() else []
    return alike[0] if alike else None


def compare_negations(notes: Notes) -> None:
    """`not`: more of them allow less. A changed one has an unknown direction."""
    base, head = list(notes.base.negations), list(notes.head.negations)
    for before in list(base):
        after = next(
            (node for node in head if notes.equivalent(notes.follow_base(before), notes.follow_head(node))), None
        )
        if after is not None:
            base.remove(before)
            head.remove(after)
    for before, after in zip(base, head, strict=False):
        notes.add("schema.not.changed", after, before=canonical(before.value), after=canonical(after.value))
    for after in head[len(base) :]:
        notes.add("schema.not.added", after, after=canonical(after.value))
    for before in base[len(head) :]:
        notes.add("schema.not.removed", before, "base", before=canonical(before.value))


def compare_conditionals(notes: Notes) -> None:
    """`if` with its branches, pairwise in order."""
    base, head = notes.base.conditionals, notes.head.conditionals
    for before, after in zip(base, head, strict=False):
        if not notes.equivalent(notes.follow_base(before.condition), notes.follow_head(after.condition)):
            notes.add(
                "schema.if.changed",
                after.condition,
                before=canonical(before.condition.value),
                after=canonical(after.condition.value),
            )
        for word, old, new in (("then", before.then, after.then), ("else", before.otherwise, after.otherwise)):
            if old is not None and new is not None:
                notes.descend("", notes.follow_base(old), notes.follow_head(new))
            elif new is not None:
                notes.add(f"schema.{word}.added", new, after=canonical(new.value))
            elif old is not None:
                notes.add(f"schema.{word}.removed", old, "base", before=canonical(old.value))
    for added in head[len(base) :]:
        notes.add("schema.if.added", added.condition, after=canonical(added.condition.value))
    for removed in base[len(head) :]:
        notes.add("schema.if.removed", removed.condition, "base", before=canonical(removed.condition.value))
