"""A merge group: the check on its head, without which GitHub's merge queue waits.

Each pull request of the group is judged anew, for what it changes on the base that it really lands on: between signing
and landing that base may have got another contract, another registry, or another pull request before this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.engine.bench import Bench
from bot.engine.graphs import GraphOf
from bot.engine.judging import judge_landing
from bot.engine.one_head import HOLDING
from bot.github.client import Client
from bot.github.merge_group import entries
from bot.github.people import People
from bot.report.check import TITLE_LIMIT, check_output
from bot.report.context import Context
from bot.report.publication import CheckOutput

GROUP = "merge-group"
"""What the check run on a group's head says it is about."""


async def judge_group(
    bench: Bench,
    client: Client,
    people: People,
    repository: str,
    head_sha: str,
    facts: Mapping[str, Any],
    graph_of: GraphOf,
) -> CheckOutput | None:
    """The check for a group's head; None when the event names no branch of a merge queue."""
    group = await entries(client, repository, head_sha, str(facts.get("head_ref")), str(facts.get("base_sha")))
    if not group:
        return None
    held: list[int] = []
    lines: list[str] = []
    for entry in group:
        decision, registry = await judge_landing(bench, client, people, repository, entry, graph_of)
        context = Context(repository=repository, head_sha=entry.after, base_sha=entry.before, url=bench.pages)
        lines.append(f"- #{entry.number}: {check_output(decision, registry, context).title}")
        if decision.verdict in HOLDING:
            held.append(entry.number)
    if not held:
        named = _named([entry.number for entry in group])
        return CheckOutput("success", f"Nothing holds {named}"[:TITLE_LIMIT], "\n".join(lines), "", ())
    advice = (
        f"What {_named(held)} would change where it lands has to be signed first, on its own pull request. Then it "
        "can be queued again."
    )
    return CheckOutput("failure", f"Held by {_named(held)}"[:TITLE_LIMIT], "\n".join([*lines, "", advice]), "", ())


def _named(numbers: list[int]) -> str:
    return " and ".join(f"#{number}" for number in dict.fromkeys(numbers))
