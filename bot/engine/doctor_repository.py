"""What `countersign doctor --repository` looks at: does the check hold merges there, and is the registry right?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.engine.doctor_branches import sources_by_rules, waiting_in_vain
from bot.github.client import Client
from bot.github.errors import Forbidden, NotFound
from bot.github.files import GitHubFiles
from bot.github.people import People
from bot.judge.catalogue import Catalogue
from bot.registry.at_commit import read_at
from bot.registry.lint import lint
from bot.registry.model import Registry
from bot.registry.problem import Problem
from bot.registry.reading import main_path
from bot.report import words
from bot.report.context import CHECK_NAME
from bot.report.doctor import Health, Observation
from bot.review.people import Roster

_PROBLEMS_SHOWN = 20


async def examine_repository(
    client: Client, repository: str, app_id: int, catalogue: Catalogue
) -> Sequence[Observation]:
    """client: of the installation there. Raises GitHubError when GitHub does not answer what it must."""
    owner, name = repository.split("/", 1)
    described = await client.getitem("/repos/{owner}/{name}", {"owner": owner, "name": name})
    branch = str(described["default_branch"])
    where = {"owner": owner, "name": name, "branch": branch}
    try:
        tip = await client.getitem("/repos/{owner}/{name}/branches/{branch}", where)
    except NotFound:
        instead = "Push a first commit."
        return [Observation(repository, Health.WARNING, f"The default branch `{branch}` is not there yet.", instead)]
    found = [await _required_check(client, where, app_id, tip)]
    found += await _registry(client, repository, str(tip["commit"]["sha"]), branch, catalogue, not described["private"])
    return found


async def _required_check(
    client: Client, where: Mapping[str, str], app_id: int, branch: Mapping[str, Any]
) -> Observation:
    """By the rules in force on the branch (rulesets), or else by what its protection shows to everybody."""
    topic, name = f"{where['owner']}/{where['name']}", where["branch"]
    unseen = ""
    sources: list[int | None] = []
    try:
        sources += await sources_by_rules(client, where)
    except (Forbidden, NotFound) as error:
        unseen = error.message
    required = (branch.get("protection") or {}).get("required_status_checks") or {}
    checks = required.get("checks") or [{"context": context} for context in required.get("contexts") or ()]
    sources += [check.get("app_id") for check in checks if check.get("context") == CHECK_NAME]
    # Branch protection says -1 for "any source" in some answers, and nothing in others.
    pinned = {source for source in sources if source and source > 0}
    if app_id in pinned:
        return Observation(topic, Health.OK, f"The check `{CHECK_NAME}` is required on `{name}`, from this App.")
    settings = "Settings → Rules → Rulesets → Require status checks to pass"
    if pinned:
        others = words.joined([str(source) for source in sorted(pinned)])
        message = f"The check `{CHECK_NAME}` is required on `{name}` from another App ({others})."
        instead = f"Under {settings}, choose this App ({app_id}) as its source: what we say counts for nothing there."
        return Observation(topic, Health.PROBLEM, message, instead)
    if sources:
        message = f"The check `{CHECK_NAME}` is required on `{name}`, but from anybody."
        instead = f"Under {settings}, choose this App as its source: whoever can write a status can pass it for us."
        return Observation(topic, Health.PROBLEM, message, instead)
    if unseen:
        message = f"Whether `{CHECK_NAME}` is required on `{name}` is not visible with these permissions: {unseen}."
        instead = f"Look for yourself under {settings}: `{CHECK_NAME}`, with this App as its source."
        return Observation(topic, Health.WARNING, message, instead)
    message = f"The check `{CHECK_NAME}` is not required on `{name}`: it holds nothing."
    instead = f"Under {settings}, add `{CHECK_NAME}` and choose this App as its source."
    return Observation(topic, Health.PROBLEM, message, instead)


async def _registry(
    client: Client, repository: str, commit: str, branch: str, catalogue: Catalogue, public: bool
) -> Sequence[Observation]:
    topic = f"{repository}: registry"
    files = GitHubFiles(client, repository)
    paths = await files.paths(commit)
    reading = await read_at(files, commit)
    if reading is None:
        instead = "A pull request that touches a contract gets a draft of one; commit it as .github/contracts.yml."
        return [Observation(topic, Health.WARNING, f"`{branch}` has no registry, so nothing is held there.", instead)]
    rule_ids = frozenset(catalogue.entries)
    problems = lint(reading, rule_ids=rule_ids, paths=paths, repository=repository, readable_by_others=public)
    found = [_problem(topic, problem) for problem in problems[:_PROBLEMS_SHOWN]]
    if len(problems) > _PROBLEMS_SHOWN:
        message = f"{len(problems) - _PROBLEMS_SHOWN:,} more remarks."
        found.append(Observation(topic, Health.WARNING, message, "Run `countersign lint` in a clone."))
    if reading.registry is None:
        return found
    if not reading.errors:
        size = words.count(len(reading.registry.contracts), "contract")
        readable = f"{main_path(reading.documents)} on `{branch}` can be read: {size}."
        found.insert(0, Observation(topic, Health.OK, readable))
    found += await waiting_in_vain(client, repository, reading.registry)
    return [*found, *await _people(client, repository, reading.registry)]


def _problem(topic: str, problem: Problem) -> Observation:
    health = {"error": Health.PROBLEM, "warning": Health.WARNING, "info": Health.OK}[problem.severity]
    return Observation(topic, health, f"{problem.path}:{problem.line}: {problem.message}", problem.instead)


async def _people(client: Client, repository: str, registry: Registry) -> Sequence[Observation]:
    """Handles that GitHub does not show, teams without members, and people who can't see what they are to sign."""
    topic = f"{repository}: people"
    uses = _handles(registry)
    roster = await People(client).roster(repository, list(uses))
    strangers = [handle for handle in sorted(uses) if not roster.members.get(handle)]
    found = [_stranger(topic, handle, uses[handle], roster) for handle in strangers]
    known = [handle for handle in sorted(uses) if handle not in strangers]
    access = await asyncio.gather(*(_has_access(client, repository, handle) for handle in known))
    for handle, sees in zip(known, access, strict=True):
        if not sees:
            kind = "team" if "/" in handle else "account"
            message = f"The {kind} {handle} has no access to {repository} ({_named(uses[handle])})."
            instead = "Give it read access: GitHub refuses to ask it for a review, so it is only mentioned."
            found.append(Observation(topic, Health.WARNING, message, instead))
    if found or not uses:
        return found
    message = f"Everybody whom the registry names ({words.count(len(uses), 'handle')}) is known and has access."
    return [Observation(topic, Health.OK, message)]


def _stranger(topic: str, handle: str, uses: Sequence[str], roster: Roster) -> Observation:
    if handle in roster.members:
        message = f"The team {handle} has no members ({_named(uses)}): nobody can sign for it."
        return Observation(topic, Health.PROBLEM, message, "Add members, or name another team.")
    message = f"GitHub shows no {handle} ({_named(uses)}): nobody can sign for it."
    instead = "Check the spelling; a secret team is only seen with the permission members: read."
    return Observation(topic, Health.PROBLEM, message, instead)


def _named(uses: Sequence[str]) -> str:
    return words.joined(list(uses), limit=3)


def _handles(registry: Registry) -> Mapping[str, Sequence[str]]:
    """Whoever may be asked to sign, and as what."""
    uses: dict[str, list[str]] = {}
    for handle, use in _named_handles(registry):
        if handle:
            uses.setdefault(handle, []).append(use)
    return uses


def _named_handles(registry: Registry) -> Iterator[tuple[str | None, str]]:
    for contract in registry.contracts:
        yield contract.owner, f"owner of {contract.id}"
        yield contract.decision_owner, f"decision owner of {contract.id}"
        yield contract.verification_owner, f"verification owner of {contract.id}"
    for consumer in registry.consumers:
        yield consumer.owner, f"owner of {consumer.id}"
    if registry.component is not None:
        yield registry.component.owner, f"owner of {registry.component.id}"


async def _has_access(client: Client, repository: str, handle: str) -> bool:
    """Whether GitHub would let a review be requested. True when we may not know."""
    owner, name = repository.split("/", 1)
    organisation, _, team = handle.removeprefix("@").partition("/")
    where = {"owner": owner, "name": name, "who": organisation, "team": team}
    try:
        if team:
            await client.getitem("/orgs/{who}/teams/{team}/repos/{owner}/{name}", where)
        else:
            await client.getitem("/repos/{owner}/{name}/collaborators/{who}", where)
    except NotFound:
        return False
    except Forbidden:
        return True
    return True
