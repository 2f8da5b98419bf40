"""Pact files to uses: which files are about the contract, and who reads each of their interactions.

A pact lists what its consumer's tests exercise. An element of these operations that is not listed is not read, since
pact's readers pass over what they do not know; of operations that no test exercises it tells nothing. So a pact is
*complete* only when somebody says so: the registry (`kind: pact-full`), or the file itself, whose metadata then has
`{"countersign": {"complete": true}}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial

from bot.contracts.document import Document
from bot.contracts.reading import Unreadable, read
from bot.registry.importers.imported import Imported, Question
from bot.registry.importers.naming import called
from bot.registry.importers.operations import Operations
from bot.registry.importers.pact import graphql, http, messages, protobuf
from bot.registry.importers.pact.collected import Collected
from bot.registry.importers.pact.file import Interaction, NoPact, PactFile
from bot.registry.importers.pact.naming import FORMATS as MESSAGE_FORMATS
from bot.registry.importers.pact.naming import Messages

_Walk = Callable[[PactFile, list[Interaction], Collected], None]


def shown(question: Question, documents: Mapping[str, Document]) -> Imported:
    """What the pacts show to be used of the contract. A pact with another provider is about another contract."""
    walk, problem = _walker(question)
    if walk is None:
        return Imported(problems=(problem,))
    found: list[Imported] = []
    problems = [problem] if problem else []
    others: dict[str, str] = {}
    for path in sorted(documents):
        try:
            pact = PactFile.of(read(documents[path]))
            if not called(pact.provider, question.names):
                others.setdefault(pact.provider, path)
            else:
                found.append(_shown(pact, documents[path], walk))
        except Unreadable as error:
            problems.append(f"{path}:{error.line or 1}: {error.message}")
        except NoPact as error:
            problems.append(f"{path}:1: {error}")
        except RecursionError:
            problems.append(f"{path}:1: The pact nests too deeply to be read.")
    if others and not found:
        problems.append(_other_providers(others, question.names))
    problems += [one for imported in found for one in imported.problems]
    return Imported(
        tuple(one for imported in found for one in imported.used),
        tuple(one for imported in found for one in imported.hints),
        complete=bool(found) and not problems and all(one.complete for one in found),
        problems=tuple(problems),
    )


def _shown(pact: PactFile, document: Document, walk: _Walk) -> Imported:
    out = Collected(document, pact.consumer)
    walk(pact, list(pact.interactions(ruby=b"json_class" in document.data)), out)
    return out.finished(full=pact.full)


def _walker(question: Question) -> tuple[_Walk | None, str]:
    """How the interactions are read for a contract of this format; and a problem with that, or nothing."""
    match question.format:
        case "openapi":
            operations = Operations.of(question.contract)
            return partial(_http, operations), operations.problem
        case "graphql":
            if question.contract is None:
                return None, "What the pacts' GraphQL operations use can't be told without the schema."
            return partial(_graphql, question), ""
        case "protobuf":
            known = protobuf.Definitions(question.contract)
            return partial(_protobuf, question, known), known.problem
        case format if format in MESSAGE_FORMATS:
            known_messages = Messages.of(format, question.contract)
            return partial(_messages, known_messages), known_messages.problem
        case format:
            return None, f"Pacts say nothing of a contract of type `{format}`: remove `kind: pact` from its evidence."


def _http(operations: Operations, _: PactFile, interactions: list[Interaction], out: Collected) -> None:
    for one in interactions:
        if one.kind == "http":
            http.collect(one, operations, out)


def _messages(known: Messages, _: PactFile, interactions: list[Interaction], out: Collected) -> None:
    for one in interactions:
        if one.kind != "http" and not protobuf.is_protobuf(one):
            messages.collect(one, known, out)


def _protobuf(
    question: Question, known: protobuf.Definitions, pact: PactFile, interactions: list[Interaction], out: Collected
) -> None:
    if question.contract is None:
        known = protobuf.definitions(None, pact)
    for one in interactions:
        if one.kind != "http" and protobuf.is_protobuf(one):
            protobuf.collect(one, known, out)


def _graphql(question: Question, _: PactFile, interactions: list[Interaction], out: Collected) -> None:
    queries = [found for one in interactions if one.kind == "http" and (found := graphql.query(one)) is not None]
    if queries and question.contract is not None:
        graphql.collect(queries, question.contract, out)


def _other_providers(others: Mapping[str, str], names: frozenset[str]) -> str:
    """Nothing was found because nothing is called as the registry calls it: the usual first mistake."""
    provider, path = next(iter(sorted(others.items())))
    asked = ", ".join(f"`{name}`" for name in sorted(names))
    known_as = json.dumps([provider], ensure_ascii=False)
    return (
        f"{path}:1: The pact's provider is `{provider}`, not {asked}: write `known_as: {known_as}` in the contract, or "
        "`provider:` where the files are named."
    )
