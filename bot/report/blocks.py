"""One finding as Markdown: in full, folded, or as a single line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.contracts.change import Change
from bot.contracts.formats import WHOLE
from bot.registry.impact import ConsumerImpact, Guarantee, Reach
from bot.report import reasons, words
from bot.report.context import Context
from bot.report.headline import ICONS
from bot.report.items import Item
from bot.report.names import Names
from bot.report.safety import code, code_html, link, phrase, plain
from bot.review.values import VERSION_NOT_RAISED

_PLACES_NAMED = 3
_CONSUMERS_EXPLAINED = 5
_CONSUMERS_NAMED = 20

PROMISES = {
    Guarantee.GUARANTEED: "guaranteed",
    Guarantee.MAY_CHANGE: "may change",
    Guarantee.OUT_OF_CONTRACT: "out of contract",
}


class NoRoom(Exception):
    """The blocks asked for are longer together than the page may be."""


class Blocks:
    """Findings as Markdown, each form of each made once, for a page that is tried in several lengths."""

    def __init__(self, context: Context | None, names: Names) -> None:
        self._context = context
        self._names = names
        self._made: dict[tuple[object, ...], str] = {}
        self._room: int | None = None

    def begin(self, room: int | None) -> None:
        """A new page: together its blocks may have `room` characters (None: any number)."""
        self._room = room

    def full(self, item: Item, places: int) -> str:
        return self._once(("full", id(item), places), lambda: full(item, self._context, self._names, places))

    def folded(self, item: Item, places: int) -> str:
        return self._once(("folded", id(item), places), lambda: folded(item, self._context, self._names, places))

    def line(self, item: Item, linked: bool) -> str:
        """linked: with a link to where it is, and with what is known of those it reaches."""
        context = self._context if linked else None
        return self._once(("line", id(item), linked), lambda: line(item, context, self._names, evidence=linked))

    def _once(self, key: tuple[object, ...], make: Callable[[], str]) -> str:
        """Raises NoRoom as soon as it is sure that the page gets too long, so that the rest is not made in vain."""
        block = self._made.get(key)
        if block is None:
            block = self._made[key] = make()
        if self._room is not None:
            self._room -= len(block)
            if self._room < 0:
                raise NoRoom
        return block


def full(item: Item, context: Context | None, names: Names, places: int) -> str:
    """Everything about a finding. `places` is how many of its places are listed at most."""
    return f"{_title(item)}  \n{_facts(item, context, names)}\n\n{_details(item, names, places)}"


def folded(item: Item, context: Context | None, names: Names, places: int) -> str:
    """The same behind one line that opens."""
    state = f" ({item.standing})" if item.standing and item.standing != "signed" else ""
    summary = f"{_icon(item)} {phrase(item.finding.rule.title, in_html=True)}{_whom_by_name(item, names)}{state}"
    body = f"{_facts(item, context, names)}\n\n{_details(item, names, places)}"
    return details(f"{summary} {code_html(item.id)}" if item.id else summary, body)


def line(item: Item, context: Context | None, names: Names, *, evidence: bool = True) -> str:
    """A list item: the change in words, where, and whom it reaches (evidence: and how we know)."""
    parts = [phrase(item.finding.rule.title), _where(item.finding.change, context)]
    reach = _count_of_places(item)
    id = f" {code(item.id)}" if item.id and item.requirements else ""
    words_and_place = " · ".join(part for part in (*parts, reach) if part)
    state = f" · **{item.standing}**" if item.standing and item.standing != "signed" else ""
    return f"- {_icon(item)} {words_and_place}{_whom_in_short(item, names, evidence=evidence)}{state}{id}"


def details(summary: str, body: str, is_open: bool = False) -> str:
    """A section that folds. `summary` is HTML, `body` Markdown; both already safe."""
    return f"<details{' open' if is_open else ''}><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _count_of_places(item: Item) -> str:
    """`in 40 places`, or nothing when there is only the one already named."""
    number = len(item.finding.places)
    return f"in {words.count(number, 'place')}" if number > 1 else ""


def _icon(item: Item) -> str:
    """What was let go against somebody's word gets no tick."""
    if item.standing == "overruled":
        return "⚖️"
    return "✅" if item.is_settled else ICONS[item.level]


def _title(item: Item) -> str:
    """The level in words as well: a colour alone says nothing to many."""
    state = ", ".join(part for part in (item.level.value.capitalize(), item.standing) if part)
    id = f" · {code(item.id)}" if item.id else ""
    return f"{_icon(item)} **{state}: {phrase(item.finding.rule.title)}**{id}"


def _facts(item: Item, context: Context | None, names: Names) -> str:
    change = item.finding.change
    facts = " · ".join(part for part in (_before_after(change), _element(change), _where(change, context)) if part)
    return f"{facts}  \n<sub>rule {code(item.finding.rule.id)}{_promise(item, names)}</sub>"


def _element(change: Change) -> str:
    return "the whole contract" if change.element == WHOLE else code(change.element)


def _before_after(change: Change) -> str:
    """`string` → `integer`; *none* where one side has no value. Empty when the change has no values to show."""
    if change.before is None and change.after is None:
        return ""
    before, after = ("*none*" if value is None else code(words.value(value)) for value in (change.before, change.after))
    return f"{before} → {after}"


def _where(change: Change, context: Context | None) -> str:
    position = change.position
    if position is None:
        return _since(change)
    label = code(f"{position.path}:{position.line}", 100)
    was = " at the base" if change.side == "base" else ""
    return link(label, context.line_address(position, change.side) if context else "") + was + _since(change)


def _since(change: Change) -> str:
    """The base has it already; it is a released version that differs."""
    release = change.attributes.get("release")
    return f" since {code(str(release))}" if release is not None else ""


def _details(item: Item, names: Names, places: int) -> str:
    rule = item.finding.rule
    bullets = [*_reclassified(item), *_undoes(item), *_whom(item, names)]
    if rule.why:
        bullets.append(f"**Why:** {phrase(rule.why)}")
    if rule.instead:
        bullets.append(f"**Compatible instead:** {phrase(rule.instead)}")
    bullets += _further_verdicts(item)
    if named := _places(item, places):
        bullets.append(named)
    return "\n".join(f"- {bullet}" for bullet in bullets)


def _reclassified(item: Item) -> list[str]:
    """That people have said what it is; their reason stands with the signatures."""
    one = item.reclassified
    return [f"**Reclassified:** {plain(f'@{one.person.login}')} decided it, against the catalogue"] if one else []


def _undoes(item: Item) -> list[str]:
    """Why nobody is asked for what breaks."""
    release = item.undoes_since
    return [f"**Needs nobody:** undoes what was never released (newest release: {code(release)})"] if release else []


def _further_verdicts(item: Item) -> list[str]:
    """What the same edit does at other places, where another rule speaks."""
    return [
        f"**{verdict.level.value.capitalize()} as well:** {phrase(verdict.rule.title)}"
        f" ({words.count(len(verdict.places), 'place')})"
        for verdict in item.finding.verdicts[1:]
    ]


def _promise(item: Item, names: Names) -> str:
    if item.impact is None:
        return ""
    note = item.impact.guarantee_note
    quoted = f" (“{plain(names.hide(note))}”)" if note else ""
    return f" · promise: {PROMISES[item.impact.guarantee]}{quoted}"


def _whom(item: Item, names: Names) -> list[str]:
    """Whom the finding reaches, each with the evidence for it."""
    if item.impact is None or item.reaches_nobody or item.finding.change.fact == VERSION_NOT_RAISED:
        return []
    affected, possibly = item.reached(Reach.AFFECTED), item.reached(Reach.POSSIBLY)
    if not item.impact.consumers:
        return ["**Affects:** unknown, no consumer of this contract is registered"]
    bullets = [_consumer(consumer, "Affects", names) for consumer in affected[:_CONSUMERS_EXPLAINED]]
    bullets += _further(affected[_CONSUMERS_EXPLAINED:], "Affects also", names)
    room = max(0, _CONSUMERS_EXPLAINED - len(affected))
    bullets += [_consumer(consumer, "Possibly affects", names) for consumer in possibly[:room]]
    bullets += _further(possibly[room:], "Possibly affects" + (" also" if room else ""), names)
    if not affected and not possibly:
        bullets.append(f"**Affects:** none of the {words.count(len(item.impact.consumers), 'registered consumer')}")
    return bullets


def _consumer(consumer: ConsumerImpact, verb: str, names: Names) -> str:
    name = f"**{verb}:** {plain(names.consumer(consumer.consumer))}"
    if names.is_private(consumer.consumer) and not consumer.alias:
        return name
    if consumer.reasons:
        return f"{name} {reasons.sentence(consumer.reasons)}"
    evidence = "; ".join(phrase(names.hide(sentence)) for sentence in consumer.evidence[:3])
    return name + (f" ({evidence})" if evidence else "")


def _further(consumers: Sequence[ConsumerImpact], verb: str, names: Names) -> list[str]:
    if not consumers:
        return []
    shown = words.joined([plain(names.consumer(c.consumer)) for c in consumers], limit=_CONSUMERS_NAMED)
    return [f"**{verb}** {shown}"]


def _whom_in_short(item: Item, names: Names, *, evidence: bool) -> str:
    """` · affects checkout-web, which reads …`: how we know, of the only one."""
    for reach, verb in ((Reach.AFFECTED, "affects"), (Reach.POSSIBLY, "possibly affects")):
        reached = item.reached(reach)
        if evidence and len(reached) == 1 and reached[0].reasons and not item.reaches_nobody:
            (only,) = reached
            if only.alias or not names.is_private(only.consumer):
                how = reasons.sentence(only.reasons, 1)
                return f" · {verb} {plain(names.consumer(only.consumer))}, which {how}"
        if reached:
            break
    return _whom_by_name(item, names)


def _whom_by_name(item: Item, names: Names) -> str:
    if item.reaches_nobody:
        return ""
    affected = [plain(names.consumer(c.consumer)) for c in item.reached(Reach.AFFECTED)]
    possibly = [plain(names.consumer(c.consumer)) for c in item.reached(Reach.POSSIBLY)]
    if affected:
        return f" · affects {words.joined(affected, limit=3)}"
    return f" · possibly affects {words.joined(possibly, limit=3)}" if possibly else ""


def _places(item: Item, limit: int) -> str:
    """The first few places, the others behind a fold, and how many more there are than fit."""
    addresses = [place.address for place in item.finding.places]
    if addresses in ([item.finding.change.element], [WHOLE]):
        return ""
    number = len(addresses)
    named = ", ".join(code(address) for address in addresses[: min(_PLACES_NAMED, limit) or 0])
    if number <= _PLACES_NAMED and named:
        return f"**{'Place' if number == 1 else f'{number} places'}:** {named}"
    head = f"**{words.count(number, 'place')}:** {named}" if named else f"**{words.count(number, 'place')}**"
    rest = addresses[_PLACES_NAMED:limit]
    if not rest:
        return head + (f" and {number - min(_PLACES_NAMED, limit):,} more" if named else "")
    hidden = number - _PLACES_NAMED - len(rest)
    listed = "<br>".join(code_html(address) for address in rest) + (f"<br>and {hidden:,} more" if hidden else "")
    # HTML on one line: a fold written as Markdown would need blank lines, which end the list item it stands in.
    return f"{head} <details><summary>and {number - _PLACES_NAMED:,} more</summary>{listed}</details>"
