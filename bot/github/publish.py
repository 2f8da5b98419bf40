"""Makes GitHub show a decision, and writes only what differs from what it shows already.

The verdict goes first: a check run is what holds the merge, and everything after it is for people. From there on one
thing that fails never keeps the next from being written; only limits and outages end a publish, which then is run
again and goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.github.checks import CheckWriter, report_subject, subject
from bot.github.client import Client
from bot.github.conversation import Conversation, has_marker
from bot.github.labels import show_labels
from bot.github.published import CheckRecord, Published, digest
from bot.github.pull import PullRequestState
from bot.github.reviewers import request_reviewers
from bot.report.context import REPORT_NAME
from bot.report.publication import CheckOutput, Notice, Publication
from bot.report.replies import reply
from bot.report.withdrawn import withdrawn
from bot.review.stamp import Stamp
from bot.review.values import Answer


def _always() -> bool:
    return True


async def publish(
    client: Client,
    state: PullRequestState,
    publication: Publication,
    previous: Published | None = None,
    *,
    app_id: int,
    stamp: Stamp,
    gated: bool = True,
    answers: Sequence[Answer] = (),
    is_current: Callable[[], bool] = _always,
    is_ours: Callable[[str], bool] = has_marker,
    words: Callable[[Answer], str] = reply,
    notices: Sequence[Notice] = (),
) -> Published:
    """Shows `publication` on the pull request of `state`, as it was just looked at.

    previous: what the last publish of this pull request gave; None when nothing is known of it (a lost database costs
    no second comment: ours is found on GitHub).
    gated: whether the base branch is: else another check is written, which holds nothing (see REPORT_NAME).
    is_current: asked before the check and before the comment; False when a newer head is known. Then nothing more is
    written, and the answer is `superseded`.
    is_ours: whether the body of a comment that we wrote is that of the decision (an authenticated marker).
    stamp: marks our replies and notices. words: a refused command's line in our reply. notices: what else is to be
    said, each once.
    Raises the client's errors.
    """
    before = previous or Published()
    if not is_current():
        return replace(before, superseded=True, writes=0, problems=())
    shown, writes = await _show_check(client, state, publication.check, before.check, app_id, gated=gated)
    done = replace(before, check=shown, superseded=False, writes=writes, problems=())
    if not is_current():
        return replace(done, superseded=True)

    conversation = Conversation(client, state.repository, state.number, stamp)
    comment = before.comment
    if publication.comment is not None:
        comment = await conversation.show(publication.comment, state.own_comments, before.comment, is_ours)
    is_written = not conversation.problems
    requested = await request_reviewers(
        client, state, publication.review_users, publication.review_teams, before.asked | before.refused
    )
    labelled, label_problems = await show_labels(
        client, state.repository, state.number, publication.labels, state.labels, state.known_labels
    )
    answered = await conversation.react(answers, before.answered)
    replied = await conversation.reply(answers, state.own_comments, before.replied, words)
    noticed = await conversation.notify(notices, state.own_comments, before.noticed)
    return replace(
        done,
        comment=comment,
        readable=is_written and comment is not None and comment.sent == digest(publication.comment or ""),
        asked=before.asked | requested.asked,
        refused=before.refused | requested.refused,
        answered=answered,
        replied=replied,
        noticed=noticed,
        problems=(*conversation.problems, *requested.problems, *label_problems),
        writes=done.writes + conversation.writes + requested.writes + labelled,
    )


async def _show_check(
    client: Client,
    state: PullRequestState,
    output: CheckOutput,
    before: CheckRecord | None,
    app_id: int,
    *,
    gated: bool,
) -> tuple[CheckRecord, int]:
    """What holds merges goes first: it is shown or, where the base is not gated, withdrawn. Also how many writes."""
    ours = state.repository_id, state.number
    holding = CheckWriter(client, state.repository, state.head_sha, subject(*ours), app_id)
    reporting = CheckWriter(client, state.repository, state.head_sha, report_subject(*ours), app_id, REPORT_NAME)
    gone = withdrawn(state.base_ref, gated=gated)
    if gated:
        shown = await holding.show(output, state.checks, before)
        await reporting.withdraw(gone, state.checks)
    else:
        await holding.withdraw(gone, state.checks)
        shown = await reporting.show(output, state.checks, before)
    return shown, holding.writes + reporting.writes
