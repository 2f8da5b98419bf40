"""What `countersign doctor --repository` says of branches that wait for our check and never get it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.github.client import Client
from bot.github.errors import Forbidden, NotFound
from bot.registry import globs
from bot.registry.model import Registry
from bot.report.context import CHECK_NAME, REPORT_NAME
from bot.report.doctor import Health, Observation

_MOST = 20
"""Branches whose rules are looked at: each costs a call."""


async def waiting_in_vain(client: Client, repository: str, registry: Registry) -> Sequence[Observation]:
    """Protected branches that require the check although `branches:` leaves them out (REPORT_NAME says why they get
    another one). Without `branches:` every protected branch is gated.
    """
    if not registry.branches:
        return ()
    owner, name = repository.split("/", 1)
    path = "/repos/{owner}/{name}/branches?protected=true&per_page=100"
    protected = [str(one["name"]) async for one in client.getiter(path, {"owner": owner, "name": name})]
    ungated = [branch for branch in sorted(protected) if not globs.matches_any(registry.branches, branch)]
    waiting = [branch for branch in ungated[:_MOST] if await _requires_us(client, owner, name, branch)]
    return [_waits(f"{owner}/{name}", branch) for branch in waiting]


def _waits(topic: str, branch: str) -> Observation:
    message = (
        f"`{branch}` requires the check `{CHECK_NAME}`, but `branches:` of the registry does not gate it: pull "
        f"requests there get `{REPORT_NAME}`, and wait for ever."
    )
    instead = f"Add `{branch}` to `branches:`, or take the branch out of the ruleset that requires the check."
    return Observation(topic, Health.PROBLEM, message, instead)


async def _requires_us(client: Client, owner: str, name: str, branch: str) -> bool:
    try:
        return bool(await sources_by_rules(client, {"owner": owner, "name": name, "branch": branch}))
    except (Forbidden, NotFound):
        return False


async def sources_by_rules(client: Client, where: Mapping[str, str]) -> list[int | None]:
    """For each rule in force on a branch (rulesets) that requires the check, the App that has to pass it (None: any).

    where: owner, name and branch. Raises Forbidden and NotFound where the rules can't be seen.
    """
    sources: list[int | None] = []
    async for rule in client.getiter("/repos/{owner}/{name}/rules/branches/{branch}?per_page=100", dict(where)):
        if rule.get("type") == "required_status_checks":
            checks = (rule.get("parameters") or {}).get("required_status_checks") or ()
            sources += [check.get("integration_id") for check in checks if check.get("context") == CHECK_NAME]
    return sources
