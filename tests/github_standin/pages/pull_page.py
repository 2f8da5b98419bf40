"""The page of a pull request: what a person sees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from tests.github_standin.pages.markdown import render
from tests.github_standin.pages.merge_box import merge_box
from tests.github_standin.pages.parts import (
    avatar,
    breadcrumbs,
    document,
    label,
    mark,
    moment,
    person,
    plural,
    text,
)
from tests.github_standin.shapes.conversations import association
from tests.github_standin.world.merging import latest_reviews

if TYPE_CHECKING:
    from tests.github_standin.rest.calls import Answer
    from tests.github_standin.world.accounts import Team, User
    from tests.github_standin.world.git import CommitInfo
    from tests.github_standin.world.issues import Comment, Happening
    from tests.github_standin.world.pulls import PullRequest
    from tests.github_standin.world.reviews import Review

_REACTIONS = {
    "+1": "👍", "-1": "👎", "laugh": "😄", "confused": "😕", "heart": "❤️", "hooray": "🎉", "rocket": "🚀", "eyes": "👀",
}  # fmt: skip


def conversation(pull: PullRequest) -> Answer:
    """Conversation, sidebar and merge box."""
    items = sorted(_items(pull), key=lambda item: item[0])
    timeline = "".join(html for _, html in items)
    return framed(
        pull,
        "Conversation",
        f'<div class="columns"><section>{timeline}{merge_box(pull)}</section>{_sidebar(pull)}</div>',
    )


def framed(pull: PullRequest, tab: str, body: str) -> Answer:
    """The head that all pages of a pull request share."""
    number = f'<span class="number">#{pull.number}</span>'
    commits = plural(len(pull.commits()), "commit")
    verb = "merged" if pull.merged_at else "wants to merge"
    return document(
        f"{pull.title} · Pull Request #{pull.number} · {pull.repository.full_name}",
        breadcrumbs(pull.repository),
        f'<h1 class="title">{text(pull.title)} {number}</h1><p>{_state(pull)} {person(pull.author)}'
        f' <span class="pale">{verb} {commits} into</span> <span class="ref mono">{text(pull.base_branch)}</span>'
        f' <span class="pale">from</span> <span class="ref mono">{text(_head(pull))}</span></p>'
        f"{_tabs(pull, tab)}{body}",
    )


def _head(pull: PullRequest) -> str:
    return pull.head_branch if pull.head_repo is pull.repository else pull.head_label


def _state(pull: PullRequest) -> str:
    if pull.merged_at:
        return '<span class="state merged">Merged</span>'
    if pull.state == "closed":
        return '<span class="state closed">Closed</span>'
    return '<span class="state draft">Draft</span>' if pull.draft else '<span class="state">Open</span>'


def _tabs(pull: PullRequest, here: str) -> str:
    base = f"/{pull.repository.full_name}/pull/{pull.number}"
    runs = {(r.app.id, r.name) for r in pull.repository.check_runs if r.head_sha == pull.head_sha}
    tabs = (
        ("Conversation", base, len(pull.comments) + len(pull.reviews)),
        ("Commits", f"{base}/commits", len(pull.commits())),
        ("Checks", f"{base}/checks", len(runs)),
        ("Files changed", f"{base}/files", len(pull.files())),
    )
    links = "".join(
        f'<a href="{text(address)}"{" class=here" if name == here else ""}>{name}'
        f' <span class="count">{count}</span></a>'
        for name, address, count in tabs
    )
    return f'<nav class="tabs">{links}</nav>'


def _items(pull: PullRequest) -> Iterator[tuple[datetime, str]]:
    body = pull.body or "*No description provided.*"
    yield pull.created_at, _box(pull, pull.author, "opened", pull.created_at, body, "", "")
    for comment in pull.comments:
        yield comment.created_at, _comment(pull, comment)
    for review in pull.reviews:
        yield review.submitted_at, _review(pull, review)
    for happening in pull.happenings:
        yield happening.at, _happening(pull, happening)


def _box(pull: PullRequest, author: User | None, verb: str, at: datetime, body: str, anchor: str, after: str) -> str:
    role = association(pull.repository, author).capitalize()
    tag = f'<span class="tag">{role}</span>' if role != "None" and author and author.kind == "User" else ""
    return (
        f'<div class="item"{anchor}>{avatar(author, large=True)}<div class="box"><div class="head">{tag}'
        f"{person(author)} {verb} {moment(at)}</div>"
        f'<div class="body markdown">{render(body, pull.repository.full_name)}</div>'
        f"{after}</div></div>"
    )


def _comment(pull: PullRequest, comment: Comment) -> str:
    edited = " · edited" if comment.edited_at else ""
    reactions = "".join(
        f'<span title="{text(", ".join(names))}">{face} {len(names)}</span>'
        for content, face in _REACTIONS.items()
        if (names := [r.user.login for r in comment.reactions if r.content == content])
    )
    shown = f'<div class="reactions">{reactions}</div>' if reactions else ""
    anchor = f' id="issuecomment-{comment.id}"'
    return _box(pull, comment.author, f"commented{edited}", comment.created_at, comment.body, anchor, shown)


_VERBS = {"APPROVED": "approved these changes", "CHANGES_REQUESTED": "requested changes", "COMMENTED": "reviewed"}


def _review(pull: PullRequest, review: Review) -> str:
    state = {"APPROVED": "success", "CHANGES_REQUESTED": "failure"}.get(review.state, "neutral")
    verb = f"{mark(state)} {_VERBS.get(review.state, 'had a review dismissed')}"
    anchor = f' id="pullrequestreview-{review.id}"'
    if not review.body:
        who = f"{avatar(review.author)} {person(review.author)}"
        return f'<div class="happening"{anchor}>{who} {verb} {moment(review.submitted_at)}</div>'
    return _box(pull, review.author, verb, review.submitted_at, review.body, anchor, "")


def _happening(pull: PullRequest, happening: Happening) -> str:
    words = _told(pull, happening)
    if words is None:
        return ""
    more = ""
    if happening.kind in ("committed", "head_ref_force_pushed"):
        base = pull.base_tip
        new = pull.repository.git.commits(happening.facts["after"], happening.facts["before"])
        own = [info for info in new if not pull.repository.git.is_ancestor(info.sha, base)]
        more = "".join(_commit(pull, info) for info in (own or new))
    who = f"{avatar(happening.actor)} {person(happening.actor)}"
    return f'<div class="happening">{who} {words} {moment(happening.at)}{more}</div>'


def _told(pull: PullRequest, happening: Happening) -> str | None:
    facts, where = happening.facts, f"/{pull.repository.full_name}"
    match happening.kind:
        case "committed":
            return "pushed"
        case "head_ref_force_pushed":
            before, after = facts["before"][:7], facts["after"][:7]
            link = f'<a class="mono small" href="{text(where)}/commit/'
            return f'force-pushed from {link}{before}">{before}</a> to {link}{after}">{after}</a>'
        case "labeled":
            return f"added the {label(facts['label'])} label"
        case "unlabeled":
            return f"removed the {label(facts['label'])} label"
        case "review_requested" | "review_request_removed":
            verb = "requested a review from" if happening.kind == "review_requested" else "took back the request to"
            asked = person(facts["reviewer"]) if "reviewer" in facts else _team(facts["team"])
            return f"{verb} {asked}"
        case "review_dismissed":
            return f"dismissed a review of {person(facts['review'].author)}: {text(facts['message'])}"
        case "renamed":
            return f"changed the title <del>{text(facts['before'])}</del> <b>{text(facts['after'])}</b>"
        case "base_ref_changed":
            return f"changed the base branch from <b>{text(facts['before'])}</b> to <b>{text(facts['after'])}</b>"
        case "ready_for_review":
            return "marked this pull request as ready for review"
        case "convert_to_draft":
            return "marked this pull request as draft"
        case "merged":
            return f'merged commit <span class="mono small">{facts["sha"][:7]}</span> into <b>{text(facts["base"])}</b>'
        case "closed" | "reopened" | "locked" | "unlocked":
            return {"locked": "locked the conversation", "unlocked": "unlocked the conversation"}.get(
                happening.kind, f"{happening.kind} this"
            )
    return None


def _team(team: Team) -> str:
    return f"<b>{text(team.organisation.login)}/{text(team.slug)}</b>"


def _commit(pull: PullRequest, info: CommitInfo) -> str:
    repo = pull.repository
    author = repo.account_of(info.author)
    runs = [run for run in repo.check_runs if run.head_sha == info.sha]
    state = mark(runs[-1].conclusion or runs[-1].status) if runs else ""
    title = info.message.split("\n", 1)[0]
    link = f'<a class="sha mono small" href="/{text(repo.full_name)}/commit/{info.sha}">{info.sha[:7]}</a>'
    return f'<div class="commit">{avatar(author)} <span class="mono small">{text(title)}</span>{state}{link}</div>'


def commits(pull: PullRequest) -> Answer:
    listed = "".join(_commit(pull, info) for info in pull.commits())
    return framed(pull, "Commits", f'<div class="box"><div class="body">{listed}</div></div>')


def _sidebar(pull: PullRequest) -> str:
    latest = {review.author: review for review in pull.reviews} | {r.author: r for r in latest_reviews(pull)}
    waiting = '<span class="wait" title="Awaiting review">●</span>'
    rows = [f"<p>{avatar(user)} {person(user)} {waiting}</p>" for user in pull.requested_users]
    rows += [f"<p>{avatar(team)} {_team(team)} {waiting}</p>" for team in pull.requested_teams]
    for author, review in latest.items():
        if author not in pull.requested_users:
            state = {"APPROVED": "success", "CHANGES_REQUESTED": "failure"}.get(review.state, "neutral")
            rows.append(f"<p>{avatar(author)} {person(author)} {mark(state)}</p>")
    labels = " ".join(label(each) for each in pull.labels) or "None yet"
    authors = [pull.author, *(c.author for c in pull.comments), *(r.author for r in pull.reviews)]
    people = dict.fromkeys(authors)
    participants = " ".join(avatar(who) for who in people)
    return (
        f"<aside><div><h4>Reviewers</h4>{''.join(rows) or 'No reviews'}</div><div><h4>Labels</h4>{labels}</div>"
        f"<div><h4>{plural(len(people), 'participant')}</h4>{participants}</div>"
        f"{'<div><h4>Locked</h4>This conversation is locked.</div>' if pull.locked else ''}</aside>"
    )
