"""A decision put where people see it: the check, the comment, requests, labels, replies and reminders."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.contracts.document import Document
from bot.engine.bench import Bench, stamp, subject
from bot.engine.judging import Judgement
from bot.engine.notices import due
from bot.engine.one_head import Companions
from bot.engine.seeing import Seen
from bot.github.client import Client
from bot.github.files import GitHubFiles
from bot.github.publish import publish
from bot.github.published import Published
from bot.registry.drafting.draft import draft
from bot.report.context import Context
from bot.report.publication import CheckOutput, Notice
from bot.report.publishing import publication
from bot.review.answers import worth_showing
from bot.review.assessment import Assessment
from bot.review.decision import asks
from bot.review.seal import carried_on, is_sealed, seal
from bot.review.values import Asks, Verdict
from bot.store import Delivery, PullKey, PullRecord

log = logging.getLogger(__name__)

_CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


@dataclass(frozen=True, slots=True)
class Shown:
    """published: what is there now, and what GitHub refused. check: as it was written."""

    published: Published
    check: CheckOutput


async def show(
    bench: Bench,
    client: Client,
    seen: Seen,
    judgement: Judgement,
    record: PullRecord | None,
    rows: Sequence[Delivery],
    others: Companions,
    issues: Mapping[str, str],
) -> Shown:
    """Write what is not there yet. record: what was shown last. others: the pull requests with the same head. issues:
    the follow-up issues of waivers. Raises the client's errors when the check could not be written.
    """
    state, decision = seen.state, judgement.decision
    key = PullKey(state.repository_id, state.number)
    ours = stamp(bench, key)
    offer = await _draft(client, seen, judgement.assessment)

    async def once(previous: Published, notices: Sequence[Notice] = ()) -> Shown:
        context = _context(bench, seen, judgement, previous, offer, issues)
        written = await asyncio.to_thread(publication, decision, seen.registry, context)
        check = others.worst(written.check) if seen.gated else written.check  # with one head the worst shows
        published = await publish(
            client,
            state,
            replace(written, check=check),
            previous,
            app_id=bench.app_id,
            stamp=ours,
            gated=seen.gated,
            answers=worth_showing(decision.answers),
            is_ours=lambda body: is_sealed(body, subject(key), bench.keys),
            notices=notices,
        )
        return Shown(published, check)

    before = Published.from_json(record.published) if record is not None and record.published else Published()
    shown = await once(before, due(decision, seen.registry, state, rows, bench.now(), before.noticed, ours))
    if shown.published.refused - before.refused:
        shown = await once(shown.published)  # who cannot be requested as a reviewer is mentioned instead
    about = {"repository": state.repository, "number": state.number}
    for problem in () if shown.published.superseded else shown.published.problems:
        log.warning("not everything could be shown: %s", problem, extra=about)
    return shown


def _context(
    bench: Bench,
    seen: Seen,
    judgement: Judgement,
    before: Published,
    offer: str | None,
    issues: Mapping[str, str],
) -> Context:
    state, decision = seen.state, judgement.decision
    name = subject(PullKey(state.repository_id, state.number))
    organisation = state.repository.split("/", 1)[0]
    whom = asks(decision, judgement.roster, organisation)
    refused = {f"@{user}" for user in before.refused_users}
    refused |= {f"@{organisation}/{team}" for team in before.refused_teams}
    waiting = {handle for r in decision.requirements if not r.state.is_settled for handle in r.signers}
    mentions = dict.fromkeys((*whom.mentions, *sorted(handle for handle in waiting if handle.lower() in refused)))
    whom = Asks() if state.draft else replace(whom, mentions=tuple(mentions))  # a draft asks nobody yet
    own = [comment.body for comment in state.own_comments]
    before_broken = carried_on(own, name, bench.keys) if decision.verdict is Verdict.FAILED else None
    return Context(
        repository=state.repository,
        head_sha=state.head_sha,
        base_sha=state.merge_base_sha or state.base_sha,
        url=bench.pages,
        draft=offer,
        asks=whom,
        marker=before_broken or seal(decision, name, bench.keys[0]),
        check_url=f"{bench.pages}/{state.repository}/pull/{state.number}/checks",
        follow_ups=issues,
        broken_halves=seen.broken_halves,
        raised=seen.raised,
        commented=any(is_sealed(body, name, bench.keys) for body in own),
    )


async def _draft(client: Client, seen: Seen, assessment: Assessment | None) -> str | None:
    """A registry to begin with, when the change touches contracts that no registry knows."""
    known = {contract.id for contract in seen.registry.contracts} if seen.registry else set()
    loose = [
        (path, sides.format)
        for sides in seen.snapshot.contracts
        if sides.contract not in known and (path := sides.head.entrypoint)
    ]
    if assessment is None or not loose:
        return None
    found = await GitHubFiles(client, seen.state.repository).read([(seen.state.base_sha, p) for p in _CODEOWNERS])
    texts = [document.data.decode("utf-8", "replace") for document in found.values() if isinstance(document, Document)]
    return draft(loose, texts[0] if texts else None)
