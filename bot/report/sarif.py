"""Reports for code scanning and editors: `--format sarif`, SARIF 2.1.0 (OASIS, errata 01).

One result a finding, worst first, and among `tool.driver.rules` the rules that these met, by id.

    level                 breaking and unclassified: error · risky: warning · compatible: note
    locations             where the finding stands at head, with line and column. What was removed stands nowhere at
                          head: then it is the first line of the file it stood in, and `relatedLocations` has the range
                          that it had before the change, in a file of the root `BASE`
    logicalLocations      the element's address, and every place that the change reaches
    partialFingerprints   `countersign/f1`: what a signature is for. The same change has the same one after a rebase
    invocations           what was not checked, and faults of the documents; unsuccessful when it could not be judged

Message texts are plain: square brackets that would make a link of SARIF's own (3.11.6) are broken. Braces stay as
they are (paths are full of them), since viewers show the doubled ones that the standard asks for (3.11.5) doubled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from bot import __version__
from bot.contracts.change import Change
from bot.contracts.document import Position
from bot.judge.catalogue import Catalogue
from bot.judge.entry import Entry
from bot.judge.finding import Finding, Level
from bot.registry.impact import Guarantee, Reach
from bot.registry.model import Registry
from bot.report import items, safety, words
from bot.report.items import Item
from bot.report.names import Names
from bot.review.fingerprint import f1
from bot.review.values import Decision, Verdict

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "countersign/f1"
_LEVELS = {Level.BREAKING: "error", Level.UNCLASSIFIED: "error", Level.RISKY: "warning", Level.COMPATIBLE: "note"}
_PLACES = 100
"""Logical locations listed for one finding; GitHub's uploads are limited to 10 MB compressed."""
_ROOTS = {
    "SRCROOT": {"description": {"text": "The files as they are after the change."}},
    "BASE": {"description": {"text": "The files as they were before the change."}},
}
_FIELD = re.compile(r"\{([a-z_]+)\}")


def decision(judged: Decision, registry: Registry | None, catalogue: Catalogue) -> str:
    """A decision as a SARIF log. `catalogue` has the rules' own texts."""
    names = Names(registry)
    notes = [("note", f"Not checked: {names.hide(sentence)}") for sentence in judged.not_checked]
    notes += [("warning", names.hide(sentence)) for sentence in judged.faults]
    notes += [("error", names.hide(sentence)) for sentence in judged.problems]
    shown = items.of_decision(judged, registry)
    return _log(shown, names, catalogue, notes, failed=judged.verdict is Verdict.FAILED)


def findings(
    found: Sequence[Finding],
    catalogue: Catalogue,
    *,
    files: tuple[str, str],
    not_checked: Sequence[str] = (),
    failed: bool = False,
) -> str:
    """Findings alone as a SARIF log (`countersign diff`). files: old and new as they were named; every path of a
    finding is relative to the folder of one of them. failed: one of the two could not be read.
    """
    notes = [("note", f"Not checked: {sentence}") for sentence in not_checked]
    return _log(items.of_findings(found), Names(None), catalogue, notes, files, failed)


def _log(
    shown: Sequence[Item],
    names: Names,
    catalogue: Catalogue,
    notes: Iterable[tuple[str, str]],
    files: tuple[str, str] | None = None,
    failed: bool = False,
) -> str:
    ids = sorted({item.finding.rule.id for item in shown})
    rules = {item.finding.rule.id: item.finding.rule for item in shown}
    descriptors = [_descriptor(id, catalogue.entries.get(id), rules[id].level) for id in ids]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "Countersign", "semanticVersion": __version__, "rules": descriptors}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": _ROOTS,
        "invocations": [
            {
                "executionSuccessful": not failed,
                "toolExecutionNotifications": [
                    {"level": level, "message": {"text": _text(sentence)}} for level, sentence in notes
                ],
            }
        ],
        "results": [_result(item, ids.index(item.finding.rule.id), names, files) for item in shown],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _descriptor(id: str, entry: Entry | None, level: Level) -> dict[str, Any]:
    """A rule in its own words. Those of `unclassified`, which is in no catalogue, are here."""
    if entry is None:
        title = "A change that no rule knows"
        why = "The catalogue has no rule for this change, so nobody can say whom it breaks. Unknown is not safe."
        instead = "Have the decision owner look at it, and report it: it is a gap in the catalogue."
        also: tuple[str, ...] = ()
    else:
        title, why, instead, also = (*map(_unfilled, (entry.title, entry.why, entry.instead)), entry.also)
    described: dict[str, Any] = {
        "id": id,
        "name": "".join(word.capitalize() for word in id.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": why},
        "help": {
            "text": f"{why}\n\nCompatible instead: {instead}" if instead else why,
            "markdown": f"{why}\n\n**Compatible instead:** {instead}" if instead else why,
        },
        "defaultConfiguration": {"level": _LEVELS[entry.level if entry else level]},
        "properties": {"tags": ["contract"], "precision": "high"},
    }
    if also:
        described["properties"]["also"] = list(also)
    return described


def _unfilled(text: str) -> str:
    """A rule's words without a change to speak of: `{name}` is a placeholder for the reader, too."""
    return " ".join(_FIELD.sub(lambda field: f"‹{field[1].replace('_', ' ')}›", text).split())


def _result(item: Item, rule: int, names: Names, files: tuple[str, str] | None) -> dict[str, Any]:
    finding, change = item.finding, item.finding.change
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": rule,
        "level": _LEVELS[finding.level],
        "message": {"text": _text("\n".join(_message(item, names)))},
        "partialFingerprints": {FINGERPRINT: f1(finding, item.guarantee or Guarantee.GUARANTEED)},
        "properties": {
            "contract": finding.contract,
            "level": finding.level.value,
            "fact": change.fact,
            "element": safety.printable(change.element),
            **({"id": item.id} if item.id else {}),
        },
    }
    addresses = list(dict.fromkeys([change.element, *(place.address for place in finding.places)]))
    location: dict[str, Any] = {
        "logicalLocations": [{"fullyQualifiedName": safety.printable(a), "kind": "member"} for a in addresses[:_PLACES]]
    }
    if change.position is not None:
        at_head, at_base = _positions(change, files)
        location["physicalLocation"] = _physical(at_head, "SRCROOT")
        if at_base is not None:
            before = {"text": "Where it stood before the change"}
            result["relatedLocations"] = [{"id": 1, "message": before, "physicalLocation": _physical(at_base, "BASE")}]
    result["locations"] = [location]
    return result


def _positions(change: Change, files: tuple[str, str] | None) -> tuple[Position, Position | None]:
    """Where to point at head, and where the change stood at base, if it is there alone."""
    position = change.position or Position("", 1)
    old, new = map(PurePosixPath, files or (".", "."))
    if change.side == "head":
        return replace(position, path=str(new.parent / position.path)), None
    path = new if position.path == old.name else new.parent / position.path
    return Position(str(path), 1), replace(position, path=str(old.parent / position.path))


def _physical(position: Position, root: str) -> dict[str, Any]:
    """Columns only where the end is known, too: half a range would reach to the end of the line."""
    region: dict[str, int] = {"startLine": max(1, position.line)}
    if position.end_line >= position.line and position.end_column > 0:
        region |= {
            "startColumn": max(1, position.column),
            "endLine": position.end_line,
            "endColumn": position.end_column,
        }
    uri = quote(position.path, errors="replace")
    artifact = {"uri": f"file://{uri}"} if uri.startswith("/") else {"uri": uri, "uriBaseId": root}
    return {"artifactLocation": artifact, "region": region}


def _message(item: Item, names: Names) -> Iterable[str]:
    change, rule = item.finding.change, item.finding.rule
    places = len(item.finding.places)
    at = f" ({safety.printable(change.element)}" + (f", {places:,} places)" if places > 1 else ")")
    yield f"{item.level.value.capitalize()}: {safety.printable(rule.title)}{at}"
    if change.before is not None or change.after is not None:
        before, after = (
            "nothing" if side is None else safety.printable(words.value(side)) for side in (change.before, change.after)
        )
        yield f"Before: {before}. After: {after}."
    for reach, verb in ((Reach.AFFECTED, "Affects"), (Reach.POSSIBLY, "Possibly affects")):
        if consumers := [safety.printable(names.consumer(c.consumer)) for c in item.reached(reach)]:
            yield f"{verb} {words.joined(consumers, limit=8)}."
    if rule.why:
        yield safety.printable(rule.why)
    if rule.instead:
        yield f"Compatible instead: {safety.printable(rule.instead)}"


def _text(text: str) -> str:
    return text.replace("](", f"]{safety.ZERO_WIDTH_SPACE}(")
