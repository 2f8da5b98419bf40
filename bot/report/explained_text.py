"""`countersign explain` on a terminal: what holds the merge first, then everything that it rests on.

As in bot.report.terminal: text is never read as markup, and control characters are taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.report import words
from bot.report.explained import Asked, Barred, Commanded, Explanation, Fact, Found, Objected, Said
from bot.report.explained_rows import receipt, rows
from bot.report.safety import printable, spaced

_OUTCOMES = {
    "held": ("✗", "bold red"),
    "failed": ("✗", "bold red"),
    "released": ("✓", "bold green"),
    "clear": ("✓", "bold green"),
}
_LEVELS = {"breaking": "bold red", "unclassified": "bold magenta", "risky": "yellow", "compatible": "green"}
_SETTLED = frozenset({"approved", "acknowledged", "overruled", "waived", "consented"})
_ON_SILENCE = {
    "block": "the merge goes on waiting",
    "escalate": "the decision owner is called",
    "consent": "silence counts as consent",
}
_COMMANDS = {"signature": "/approve-breaking", "acknowledgement": "/ack", "waiver": "/waive"}
_FINDINGS_SHOWN = 20
_WAITED_FOR_SHOWN = 6
_LINES_SHOWN = 40


def explained(told: Explanation) -> RenderableType:
    """The whole explanation; of long lists the first, and how many there are."""
    sections: list[tuple[str, Sequence[RenderableType]]] = [
        ("Problems", [Text(printable(one)) for one in told.problems]),
        ("Objections", _objections(told)),
        ("Who has to sign" if told.state == "open" else "Who had to sign", _asked(told)),
        ("What changes", _findings(told)),
        ("Said what something is", _reclassified(told)),
        ("Commands that did not count", _commands(told)),
        ("Signatures that no longer count", _superseded(told)),
        ("May not sign", [_barred(one) for one in told.may_not_sign] if told.requirements else []),
        ("Not checked", [Text(printable(one)) for one in told.not_checked]),
        ("Faults in the documents", [Text(printable(one)) for one in told.faults]),
        ("What this rests on", [_fact(fact, told) for fact in told.facts]),
        ("Private consumers, whom you may see", _names(told.names)),
        ("In the ledger (UTC)", [*rows(told.ledger), Text(receipt(told.ledger), style="dim")] if told.ledger else []),
    ]
    parts: list[RenderableType] = [*_head(told)]
    for title, lines in sections:
        if lines:
            parts += [Text(""), Text(title, style="bold"), *(Padding(line, (0, 0, 0, 2)) for line in lines)]
    if told.left_out:
        more = words.joined([f"{number:,} more {what}" for what, number in told.left_out.items()])
        parts += [Text(""), Text(f"Not told: {more}", style="dim")]
    return Group(*parts)


def _head(told: Explanation) -> Iterator[RenderableType]:
    """The answer, and who has to do something, before all else."""
    icon, style, answer = _closed(told) if told.state == "closed" else _stands(told)
    title = Text(f"{icon} {printable(answer)}", style=style)
    yield title.append(f"  {printable(told.repository)}#{told.number}", "not bold default")
    if told.state == "closed":
        yield _indented(Text(f"The check was: {printable(told.check.title)}", style="yellow"))
    yield from map(_indented, _waited_for(told))
    yield _dim(told.url)
    onto = f"{told.head_sha[:10]} onto {printable(told.base_ref)}, by the registry at {told.registry_sha[:10]}"
    drafted = "; a draft, so nobody is asked yet" if told.draft else ""
    yield _dim(f"{onto}{drafted}")
    looked = f"Looked at {_moment(told.looked_at)} by Countersign {printable(told.tool_version)}"
    due = f"; time changes something {_moment(told.next_due)}" if told.next_due and told.state == "open" else ""
    yield _dim(f"{looked}{due}")
    if told.would and told.would != told.verdict:
        yield _indented(Text(f"Were every contract enforced, it would be {told.would}.", style="yellow"))
    if told.closed and told.closed.issue:
        yield _indented(Text(f"That is reported in {printable(told.closed.issue)}"))
    if told.waiting:
        events = words.count(told.waiting, "event")
        yield _indented(Text(f"{events} since then: it is about to be looked at again.", style="yellow"))


def _stands(told: Explanation) -> tuple[str, str, str]:
    icon, style = _OUTCOMES.get(told.verdict, ("!", "bold yellow"))
    if told.check.conclusion == "failure":
        icon, style = _OUTCOMES["held"]
    return icon, style, told.check.title


def _closed(told: Explanation) -> tuple[str, str, str]:
    """How it ended; below that stands how it was when it was last looked at."""
    end = told.closed
    if end is None:
        return "·", "bold", "Closed; this is how it stood when it was last looked at"
    when = f" {_moment(end.at)}" if end.at else f" (noticed {_moment(end.noticed_at)})"
    who = f" by @{end.by.login}" if end.by else ""
    if not end.merged:
        return "·", "bold", f"Closed{when}{who}, not merged"
    if end.bypass is None:
        return "!", "bold yellow", f"Merged{when}{who}; what it would have needed by then can't be told"
    if end.bypass:
        return *_OUTCOMES["held"], f"Merged{when}{who}, without what was needed"
    return *_OUTCOMES["clear"], f"Merged{when}{who}, with all that was needed"


def _waited_for(told: Explanation) -> Iterator[Text]:
    """Whose word is missing, and what they write. While somebody objects, that is the ruling."""
    if told.state != "open":
        return
    holding = [one for one in told.requirements if one.holds]
    disputed = {one.finding for one in holding if _is_ruled(one)}
    awaited = [one for one in holding if one.state != "objected" or _is_ruled(one) or one.finding not in disputed]
    said = dict.fromkeys((printable(one.capacity), _handles(one), _command(one)) for one in awaited)
    for capacity, handles, command in [*said][:_WAITED_FOR_SHOWN]:
        yield Text("Waits for ").append(handles, "bold").append(f", as {capacity}: {command}")
    if len(said) > _WAITED_FOR_SHOWN:
        yield Text(f"Waits for {len(said) - _WAITED_FOR_SHOWN:,} more")


def _is_ruled(one: Asked) -> bool:
    return one.state == "objected" and one.capacity == "decision owner"


def _command(one: Asked) -> str:
    return "/rule" if _is_ruled(one) else _COMMANDS.get(one.wants, one.wants)


def _objections(told: Explanation) -> list[RenderableType]:
    """What one comment says of several findings, once."""
    groups: dict[tuple[object, ...], list[Objected]] = {}
    for one in told.objections:
        groups.setdefault((one.comment, one.capacity, one.text, one.stands, one.ruling), []).append(one)
    return [Group(*_objection(group, told)) for group in groups.values()]


def _objection(group: Sequence[Objected], told: Explanation) -> Iterator[RenderableType]:
    one, ids = group[0], _ids(each.finding for each in group)
    state = "" if one.stands else ", taken back"
    yield _line(f"@{one.by.login}", f", as {one.capacity}, to {ids}, {_moment(one.at)}{state}", one.stands)
    yield from _quoted(one.text)
    yield _dim(one.comment)
    if one.ruling is not None:
        yield _indented(Text(_said(one.ruling)))
        yield from _quoted(one.ruling.note)
    elif one.stands and one.respond_by and told.state == "open":
        yield _indented(Text(f"The decision owner has time for a ruling until {_moment(one.respond_by)}."))


def _asked(told: Explanation) -> list[RenderableType]:
    """What holds first; equal ones together: the same role for several findings."""
    groups: dict[tuple[object, ...], list[Asked]] = {}
    for one in sorted(told.requirements, key=lambda r: (not r.holds, not r.blocking, r.contract)):
        said = tuple(signature.comment for signature in one.signatures)
        groups.setdefault((one.contract, one.capacity, one.state, one.holds, one.why, said), []).append(one)
    return [Group(*_requirement(group, told)) for group in groups.values()]


def _requirement(group: Sequence[Asked], told: Explanation) -> Iterator[RenderableType]:
    one = group[0]
    icon, style = ("✗", "red") if one.holds else ("✓", "green") if one.state in _SETTLED else ("·", "dim")
    ids = _ids(each.finding for each in group)
    title = Text(f"{icon} {one.state}", style=style)
    title.append(f"  {printable(one.capacity)}", "bold default").append(
        f"  {printable(one.contract)}: {ids}", "default"
    )
    yield title
    yield _indented(Text(f"{printable(one.why)} {_who(one)}"))
    if one.state == told.state == "open" and one.asked_at and one.follows_at:
        yield _dim(_course(one))
    for signature in one.signatures:
        until = f", counts until {_moment(signature.expires_at)}" if signature.expires_at else ""
        yield _indented(Text(f"{_said(signature)}{until}"))
        yield from _quoted(signature.note)
        yield _dim(signature.comment)


def _handles(one: Asked) -> str:
    return words.joined([printable(handle) for handle in one.may_sign], last="or") or "the repository's administrators"


def _who(one: Asked) -> str:
    handles = _handles(one)
    if not one.people and one.state not in _SETTLED:
        return f"Nobody of {handles} may."
    people = words.count(one.people, "person", "people")
    needed = f", {one.needed} of them have to" if one.needed > 1 else ""
    return f"May sign: {handles} ({people}{needed})."


def _course(one: Asked) -> str:
    follows = _ON_SILENCE.get(one.on_silence or "", one.on_silence or "")
    remind = f", a reminder comes {_moment(one.remind_at)}" if one.remind_at else ""
    return f"Asked {_moment(one.asked_at)}{remind}; after {_moment(one.follows_at)} {follows}"


def _said(one: Said) -> str:
    act = {
        "approve": "signed",
        "ack": "has seen it",
        "waive": "waived it",
        "accept": "ruled: accept",
        "reject": "ruled: reject",
        "honour-until": "ruled: honour",
    }.get(one.act, one.act)
    more = (f" until {one.until}" if one.until else "") + (f" ({printable(one.code)})" if one.code else "")
    return f"@{printable(one.by.login)} {act}{more} as {printable(one.capacity)}, {_moment(one.at)}"


def _findings(told: Explanation) -> list[RenderableType]:
    shown = [_finding(one) for one in told.findings[:_FINDINGS_SHOWN]]
    more = len(told.findings) - len(shown)
    return [*shown, Text(f"and {words.count(more, 'more change')}", style="dim")] if more else shown


def _finding(one: Found) -> RenderableType:
    title = Text(f"{one.level}: ", style=_LEVELS.get(one.level, ""))
    title.append(printable(one.title).replace("`", "'"), "not bold default").append(f"  {one.id}", "not bold dim")
    where = f"{printable(one.path)}:{one.line}  " if one.path else ""
    promised = f"  {one.guarantee.replace('_', ' ')}" if one.guarantee else ""
    lines: list[RenderableType] = [title, _indented(Text(f"{where}{printable(one.element)}{promised}", style="cyan"))]
    for reach, verb in (("affected", "affects"), ("possibly", "possibly affects")):
        named = [
            printable(c.consumer) + (f" ({printable(c.evidence[0]).replace('`', '')})" if c.evidence else "")
            for c in one.consumers
            if c.reach == reach
        ]
        if named:
            lines.append(_indented(Text(f"{verb} {words.joined(named, limit=6)}")))
    return Group(*lines)


def _reclassified(told: Explanation) -> list[RenderableType]:
    return [
        Group(
            _line(f"@{one.by.login}", f": {one.finding} is {one.after}, not {one.before}, {_moment(one.at)}"),
            *_quoted(one.reason),
        )
        for one in told.reclassified
    ]


def _commands(told: Explanation) -> list[RenderableType]:
    return [Group(*_uncounted(one)) for one in told.commands if not one.counts]


def _uncounted(one: Commanded) -> Iterator[RenderableType]:
    who = f"@{one.by.login}" if one.by else "a deleted account"
    yield _line(who, f", {_moment(one.at)}: {one.command}")
    yield _indented(Text(printable(one.reason)))
    yield _dim(one.comment)


def _barred(one: Barred) -> RenderableType:
    return _line(f"@{one.login}", f", {one.because}", is_bold=False) if one.login else Text(printable(one.because))


def _superseded(told: Explanation) -> list[RenderableType]:
    reasons = {"changed": "what was signed has changed", "gone": "what was signed is gone", "expired": "has expired"}
    return [
        Text(
            f"{one.finding}: {_said(one.signature)}; {reasons.get(one.reason, one.reason)}"
            + (f", {one.replaced_by} stands there now" if one.replaced_by else "")
        )
        for one in told.superseded
    ]


def _fact(fact: Fact, told: Explanation) -> RenderableType:
    about = told.names.get(fact.about, fact.about)
    what = {
        "registry": f"the registry of {about}",
        "half": f"what {about} says of itself",
        "members": f"{words.count(fact.count, 'member')} of {about}"
        if fact.count is not None
        else f"who speaks for {about}",
        "evidence": f"that {about} uses it",
    }.get(fact.kind, f"{fact.kind} {about}")
    commit = f" at {fact.commit[:10]}" if fact.commit else ""
    note = f" ({printable(fact.note)})" if fact.note else ""
    age = "never seen" if fact.age_seconds is None else f"{_age(fact.age_seconds)} old"
    return Text(f"{printable(what)}{commit}{note}: {age}", style="yellow" if fact.stale else "")


def _names(names: Mapping[str, str]) -> list[RenderableType]:
    return [Text(f"{printable(alias)}: {printable(name)}") for alias, name in names.items()]


def _ids(findings: Iterable[str]) -> str:
    return words.joined(list(dict.fromkeys(findings)), limit=6)


def _quoted(text: str) -> Iterator[RenderableType]:
    """Every line as it was written."""
    lines = text.splitlines()
    for line in lines[:_LINES_SHOWN]:
        yield _indented(Text(f"> {spaced(line)}"))
    if len(lines) > _LINES_SHOWN:
        yield _indented(Text(f"> … {len(lines) - _LINES_SHOWN} more lines"))


def _line(who: str, said: str, is_bold: bool = True) -> Text:
    return Text(printable(who), style="bold" if is_bold else "").append(printable(said), "not bold")


def _dim(text: str) -> Padding:
    return _indented(Text(printable(text), style="dim"))


def _indented(inner: RenderableType) -> Padding:
    return Padding(inner, (0, 0, 0, 2), expand=False)


def _moment(moment: datetime | None) -> str:
    """`2026-11-21 09:30 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "at an unknown time"


def _age(seconds: int) -> str:
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return words.count(seconds // size, unit)
    return words.count(seconds, "second")
