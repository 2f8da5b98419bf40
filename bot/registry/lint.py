"""A registry that can be read, and what is nevertheless wrong or missing in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from bot.contracts import address
from bot.contracts.address import AddressError
from bot.contracts.tree import Pointer
from bot.registry import globs, lint_floors, lint_proposed
from bot.registry.complaint import nearest
from bot.registry.drafting.words import TODO_OWNER
from bot.registry.evidence import KINDS
from bot.registry.importers.kinds import IMPORTERS
from bot.registry.model import (
    Assumption,
    Consumer,
    Contract,
    EvidenceSource,
    Floors,
    GuaranteeLine,
    RegistryFile,
)
from bot.registry.problem import Problem, Severity
from bot.registry.reading import Reading, Remark, place
from bot.registry.tolerance import WORDS
from bot.registry.verified import is_there, path_of

_Note = tuple[Severity, Pointer, str, str]
"""Severity, where in the file, what is wrong, what to write instead."""

_PLAIN = re.compile(
    r"(GET|PUT|POST|DELETE|PATCH) (/[A-Za-z0-9_-]+|/\{[a-z]+\})+"
    r"( ([1-5][0-9][0-9]|request)(:\$(\.[A-Za-z0-9_-]+|\[\*\])*)?| query:[A-Za-z0-9_-]+)?"
    r"|[A-Za-z][a-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*(:\$(\.[A-Za-z0-9_-]+|\[\*\])*)?"
)
"""What most addresses look like; such ones are known to parse, and an organisation has tens of thousands of them."""

_Promised = Mapping[str, frozenset[str]]
"""The contracts of the registry, each with the ids of its behaviours."""


def lint(
    reading: Reading,
    *,
    rule_ids: Collection[str] | None = None,
    paths: Collection[str] | None = None,
    repository: str | None = None,
    readable_by_others: bool = False,
    floors: Floors | None = None,
) -> tuple[Problem, ...]:
    """Every problem of the registry, errors first: what reading it found, and what it means.

    rule_ids: the catalogue's, to find misspelled ones. paths: every file of the repository, to find globs that name
    nothing. repository: `owner/name`, to know its own contracts in `consumes`. readable_by_others: whether people
    without access to every consumer's repository can read the file. floors: the organisation's. What is not given is
    not checked.
    """
    known = {c.id: frozenset(b.id for b in c.behaviours) for file in reading.files.values() for c in file.contracts}
    remarks: list[Remark] = []
    for path, file in reading.files.items():
        notes = [
            *_addresses(file),
            *_contracts(file, rule_ids, paths),
            *_consumers(file, known, rule_ids, readable_by_others),
            *_consumes(file, known, repository, paths),
            *lint_proposed.notes(file),
            *lint_floors.notes(file, repository),
            *lint_floors.below(file, reading.raw[path], reading.registry, floors),
        ]
        remarks += [Remark(severity, path, pointer, message, instead) for severity, pointer, message, instead in notes]
    placed = place(remarks, reading.documents)
    return tuple(sorted({*reading.problems, *placed}, key=lambda p: p.order))


def _addresses(file: RegistryFile) -> Iterator[_Note]:
    """Every element address of the file parses."""
    for pointer, text in _written_addresses(file):
        if _PLAIN.fullmatch(text):
            continue
        try:
            address.parse(text)
        except AddressError as error:
            yield "error", pointer, f"The address `{text}` {error}.", ""


def _written_addresses(file: RegistryFile) -> Iterator[tuple[Pointer, str]]:
    for c, contract in enumerate(file.contracts):
        at: Pointer = ("contracts", c)
        yield from (((*at, "guarantees", n, "at"), line.at) for n, line in enumerate(contract.guarantees))
        yield from (((*at, "behaviours", n, "at"), b.at) for n, b in enumerate(contract.behaviours))
        for n, entry in enumerate(contract.deprecated):
            yield (*at, "deprecated", n, "at"), entry.at
            if entry.successor:
                yield (*at, "deprecated", n, "successor"), entry.successor
    for c, consumer in enumerate(file.consumers):
        for u, use in enumerate(consumer.uses):
            for e, element in enumerate(use.elements):
                yield ("consumers", c, "uses", u, "elements", e), element
        yield from (((*("consumers", c), "assumes", n, "at"), a.at) for n, a in enumerate(consumer.assumes))
    for c, consumed in enumerate(file.consumes):
        yield from ((("consumes", c, "elements", n), element) for n, element in enumerate(consumed.elements))
        yield from ((("consumes", c, "assumes", n, "at"), a.at) for n, a in enumerate(consumed.assumes))


def _contracts(file: RegistryFile, rule_ids: Collection[str] | None, paths: Collection[str] | None) -> Iterator[_Note]:
    if file.defaults.signoff.on_silence == "consent":
        yield _consent(("defaults", "signoff", "on_silence"))
    for index, contract in enumerate(file.contracts):
        at: Pointer = ("contracts", index)
        if not contract.proposed:
            yield from _owners(contract, at)
            yield from _todos(contract, at)
            yield from _promises(contract, at)
        yield from _files(contract, at, file.ignore, paths)
        yield from _rules(contract, at, rule_ids)
        yield from _unreachable(contract.guarantees, (*at, "guarantees"))
        yield from _verified(contract, at, paths)
        yield from _sources(contract.evidence_from, (*at, "evidence_from"), paths)
        yield from _signatures(contract, at)
        if contract.signoff.on_silence == "consent":
            yield _consent((*at, "signoff", "on_silence"))


def _owners(contract: Contract, at: Pointer) -> Iterator[_Note]:
    if contract.lifecycle in ("production", "deprecated") and contract.decision_owner is None:
        message = f"`{contract.id}` is in {_stage(contract)}, but nobody decides about its compatibility."
        yield "error", at, message, 'Write `decision_owner: "@org/team"`.'
    if contract.lifecycle != "experimental" and contract.owner is None:
        yield "warning", at, f"`{contract.id}` has no `owner`.", 'Write `owner: "@org/team"`, who produces it.'
    if contract.lifecycle == "production" and contract.verification_owner is None:
        message = f"`{contract.id}` has no `verification_owner`."
        yield "warning", at, message, 'Write `verification_owner: "@org/team"`, who keeps its tests.'


def _todos(contract: Contract, at: Pointer) -> Iterator[_Note]:
    for name in ("owner", "decision_owner", "verification_owner"):
        if getattr(contract, name) == TODO_OWNER:
            message = f"The `{name}` of `{contract.id}` is still to be named."
            yield "error", (*at, name), message, f'Write `{name}: "@org/team"`.'


def _stage(contract: Contract) -> str:
    return "production" if contract.lifecycle == "production" else "its deprecation"


def _files(contract: Contract, at: Pointer, ignore: Collection[str], paths: Collection[str] | None) -> Iterator[_Note]:
    for n, pattern in enumerate(contract.files):
        if pattern.startswith("!") or "[" in pattern:
            message = f"`{pattern}` is not a pattern: `!` and `[…]` are not known, as in CODEOWNERS."
            yield (
                "error",
                (*at, "files", n),
                message,
                "List what belongs to the contract, and use `ignore` for the rest.",
            )
        elif paths is not None and not any(globs.matches(pattern, p) for p in paths):
            yield "warning", (*at, "files", n), f"`{pattern}` names no file of the repository.", "Correct or remove it."
    entrypoint = contract.entrypoint
    if entrypoint is None:
        return
    where = (*at, "entrypoint")
    if "*" in entrypoint or "?" in entrypoint:
        yield "error", where, f"`entrypoint` is the pattern `{entrypoint}`.", "Write the path of one file."
    elif paths is not None and entrypoint not in paths:
        yield "error", where, f"The entrypoint `{entrypoint}` is not a file of the repository.", "Write its path."
    elif not globs.matches_any(contract.files, entrypoint):
        message = f"The entrypoint `{entrypoint}` is matched by none of `files`."
        yield "warning", where, message, f'Add `"{entrypoint}"` to `files`.'
    if globs.matches_any(ignore, entrypoint):
        yield "error", where, f"The entrypoint `{entrypoint}` is ignored by `ignore`.", "Narrow `ignore`."


def _rules(contract: Contract, at: Pointer, rule_ids: Collection[str] | None) -> Iterator[_Note]:
    told: dict[str, str] = {}
    for level, ids in contract.compatibility.rules.items():
        for n, rule in enumerate(ids):
            where = (*at, "compatibility", "rules", level, n)
            if rule_ids is not None and rule not in rule_ids:
                near = nearest(rule, frozenset(rule_ids))
                instead = f"Did you mean `{near}`?" if near else "See the rule reference for the ids there are."
                yield "error", where, f"There is no rule `{rule}`.", instead
            if rule in told and told[rule] != level:
                message = f"The rule `{rule}` is listed as {told[rule]} and as {level}."
                yield "error", where, message, "Keep one of the two."
            told.setdefault(rule, level)


def _unreachable(lines: Collection[GuaranteeLine], at: Pointer) -> Iterator[_Note]:
    """First match wins, so a line that an earlier one covers says nothing."""
    earlier: list[GuaranteeLine] = []
    for n, line in enumerate(lines):
        cover = next((e for e in earlier if address.matches(e.at, line.at)), None)
        if cover is not None:
            message = f"This line is never reached: `{cover.at}` above it covers `{line.at}`, and the first match wins."
            yield "warning", (*at, n), message, "Put the more specific line first."
        earlier.append(line)


def _promises(contract: Contract, at: Pointer) -> Iterator[_Note]:
    if contract.lifecycle == "production" and not contract.behaviours:
        message = f"`{contract.id}` promises syntax only: no behaviour (ordering, failure, timing, …) is declared."
        yield "info", at, message, "Add `behaviours` for what consumers rely on besides the schema."
    for n, behaviour in enumerate(contract.behaviours):
        where = (*at, "behaviours", n)
        if not behaviour.statement and behaviour.objective is None:
            message = f"The behaviour `{behaviour.id}` says nothing."
            yield "warning", where, message, "Write a `statement` or an `objective`."
        if behaviour.level == "guaranteed" and not behaviour.verified_by:
            message = f"`{behaviour.id}` is promised, not verified."
            yield "info", where, message, "Name the tests that hold it in `verified_by`."


def _verified(contract: Contract, at: Pointer, paths: Collection[str] | None) -> Iterator[_Note]:
    if paths is None:
        return
    for n, behaviour in enumerate(contract.behaviours):
        for v, name in enumerate(behaviour.verified_by):
            if (path := path_of(name)) is not None and not is_there(path, paths):
                message = f"`{behaviour.id}` is to be verified by `{path}`, which is not a file of the repository."
                yield "error", (*at, "behaviours", n, "verified_by", v), message, "Write the path of the test."


def _sources(sources: Collection[EvidenceSource], at: Pointer, paths: Collection[str] | None) -> Iterator[_Note]:
    for n, source in enumerate(sources):
        if source.kind not in IMPORTERS:
            near = nearest(source.kind, frozenset(IMPORTERS))
            instead = f"Did you mean `{near}`?" if near else f"Write one of {', '.join(IMPORTERS)}."
            yield "error", (*at, n, "kind"), f"Evidence of kind `{source.kind}` cannot be read.", instead
        if paths is not None and not any(globs.matches(source.path, path) for path in paths):
            message = f"`{source.path}` names no file of the repository."
            yield "warning", (*at, n, "path"), message, "Correct or remove it."


def _signatures(contract: Contract, at: Pointer) -> Iterator[_Note]:
    signoff = contract.signoff
    if signoff.critical_quorum is not None and signoff.critical_quorum < signoff.quorum:
        message = f"`critical_quorum: {signoff.critical_quorum}` asks for fewer than `quorum: {signoff.quorum}`."
        yield "warning", (*at, "signoff", "critical_quorum"), message, "Remove it, or ask for more."
    if "verification_owner" in signoff.breaking and contract.verification_owner is None:
        message = f"The `verification_owner` is to sign, but `{contract.id}` has none."
        yield "warning", (*at, "signoff", "breaking"), message, 'Write `verification_owner: "@org/team"`.'


def _consent(pointer: Pointer) -> _Note:
    message = "Silence counts as consent only where a consumer chose that for itself, in its own repository."
    return "error", pointer, message, "Write `on_silence: escalate` or `on_silence: block`."


def _consumers(
    file: RegistryFile, contracts: _Promised, rule_ids: Collection[str] | None, readable_by_others: bool
) -> Iterator[_Note]:
    for index, consumer in enumerate(file.consumers):
        at: Pointer = ("consumers", index)
        if consumer.visibility == "private" and readable_by_others:
            message = f"`{consumer.id}` is private, but this file can be read by people who may not see it."
            instead = "Remove it here; its own repository registers it with `consumes`."
            yield "error", (*at, "id"), message, instead
        if consumer.owner is None:
            yield (
                "warning",
                at,
                f"`{consumer.id}` has no `owner`, so nobody can be asked.",
                'Write `owner: "@org/team"`.',
            )
        if not consumer.uses:
            yield "warning", at, f"`{consumer.id}` uses no contract.", "Write `uses`, or remove the consumer."
        yield from _uses(consumer, at, contracts)
        yield from _tolerances(consumer.tolerates, at, rule_ids)
        used = {use.contract for use in consumer.uses}
        promised = frozenset[str]().union(*(contracts.get(contract, ()) for contract in used))
        yield from _assumptions(consumer.assumes, at, promised)


def _uses(consumer: Consumer, at: Pointer, contracts: Collection[str]) -> Iterator[_Note]:
    for n, use in enumerate(consumer.uses):
        where = (*at, "uses", n)
        if use.contract not in contracts:
            near = nearest(use.contract, frozenset(contracts))
            instead = f"Did you mean `{near}`?" if near else "Write the `id` of a contract of this registry."
            yield "error", (*where, "contract"), f"There is no contract `{use.contract}`.", instead
        if not use.elements:
            message = f"`{consumer.id}` names no elements of `{use.contract}`, so every break of it affects it."
            yield "info", where, message, "List `elements` to be asked only about what it uses."
        if use.evidence.kind not in KINDS:
            near = nearest(use.evidence.kind, KINDS)
            instead = f"Did you mean `{near}`?" if near else "It counts as declared."
            yield "warning", (*where, "evidence"), f"Evidence of kind `{use.evidence.kind}` is not known.", instead


def _tolerances(tolerates: Collection[str], at: Pointer, rule_ids: Collection[str] | None) -> Iterator[_Note]:
    for n, word in enumerate(tolerates):
        if word in WORDS or rule_ids is None or word in rule_ids:
            continue
        near = nearest(word, frozenset({*WORDS, *rule_ids}))
        instead = f"Did you mean `{near}`?" if near else f"Write a rule id, or one of {', '.join(sorted(WORDS))}."
        yield "error", (*at, "tolerates", n), f"Nothing is called `{word}`.", instead


def _assumptions(assumes: Collection[Assumption], at: Pointer, behaviours: Collection[str] | None) -> Iterator[_Note]:
    """behaviours: of what is consumed; None when they stand in another repository."""
    for n, assumption in enumerate(assumes):
        where = (*at, "assumes", n)
        if assumption.backed_by is None:
            what = assumption.statement or assumption.at
            message = f"An assumption about {assumption.aspect} is backed by no promise: {what}."
            yield "info", where, message, "Ask for a behaviour, and name it in `backed_by`."
        elif behaviours is not None and assumption.backed_by not in behaviours:
            near = nearest(assumption.backed_by, frozenset(behaviours))
            instead = f"Did you mean `{near}`?" if near else "Write the `id` of a behaviour of a contract it uses."
            yield "error", (*where, "backed_by"), f"There is no behaviour `{assumption.backed_by}`.", instead


def _consumes(
    file: RegistryFile, contracts: _Promised, repository: str | None, paths: Collection[str] | None
) -> Iterator[_Note]:
    if file.consumes and file.component is None:
        message = "The file says what is consumed, but not by whom."
        yield "error", ("consumes",), message, 'Write `component: {id: my-service, owner: "@org/team"}`.'
    if file.component is not None and file.component.owner is None:
        message = f"The component `{file.component.id}` has no `owner`."
        yield "warning", ("component",), message, 'Write `owner: "@org/team"`.'
    for n, entry in enumerate(file.consumes):
        home, _, contract = entry.contract.rpartition("#")
        if (not home or home == repository) and contract not in contracts:
            message = f"There is no contract `{contract}` in this repository."
            yield "error", ("consumes", n, "contract"), message, "Write `owner/repository#contract-id`."
        yield from _sources(entry.evidence_from, ("consumes", n, "evidence_from"), paths)
        is_own = not home or home == repository
        yield from _assumptions(
            entry.assumes, ("consumes", n), contracts.get(contract, frozenset()) if is_own else None
        )
