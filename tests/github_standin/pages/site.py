"""The addresses of the pages that people see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.github_standin.pages import content_pages, pull_page
from tests.github_standin.pages.parts import breadcrumbs, document, label, person, picture, plural, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.github_standin.github import GitHub
    from tests.github_standin.rest.calls import Answer
    from tests.github_standin.world.accounts import Owner
    from tests.github_standin.world.pulls import PullRequest
    from tests.github_standin.world.repositories import Repository

_TABS: dict[str, Callable[[PullRequest], Answer]] = {
    "": pull_page.conversation,
    "/commits": pull_page.commits,
    "/checks": content_pages.checks,
    "/files": content_pages.files,
}


def page(github: GitHub, method: str, raw_path: str) -> Answer | None:
    """None when the address is no page."""
    path = unquote(raw_path)
    if method != "GET":
        return None
    if path == "/":
        return _index(github)
    if match := re.fullmatch(r"/avatars/(\d+)", path):
        everyone: list[Owner] = [*github.users, *github.organisations]
        return picture(next((who for who in everyone if who.id == int(match[1])), None))
    match = re.fullmatch(r"/([^/]+)/([^/]+)(?:/(.*))?", path)
    repo = github.find_repository(match[1], match[2]) if match else None
    return _in_repository(repo, match[3] or "") if repo is not None and match else None


def _in_repository(repo: Repository, rest: str) -> Answer | None:
    if not rest or rest == "pulls":
        return _repository(repo)
    if match := re.fullmatch(r"pull/(\d+)(/\w+)?", rest):
        pull = next((p for p in repo.pulls if p.number == int(match[1])), None)
        show = _TABS.get(match[2] or "")
        return show(pull) if pull is not None and show is not None else None
    kind, _, where = rest.partition("/")
    if kind == "blob":
        return content_pages.blob(repo, where)
    if kind == "raw":
        return content_pages.raw(repo, where)
    if kind == "commit" and (sha := repo.resolve(where)) is not None:
        return content_pages.commit(repo, sha)
    if kind == "runs" and (run := next((r for r in repo.check_runs if str(r.id) == where), None)) is not None:
        return document(f"{run.name} · {repo.full_name}", breadcrumbs(repo), content_pages.check_run(run))
    return None


def _index(github: GitHub) -> Answer:
    rows = "".join(
        f'<li><a href="/{text(repo.full_name)}"><b>{text(repo.full_name)}</b></a> <span class="pale">'
        f"{'private' if repo.private else 'public'} · {_open_pulls(repo)}</span></li>"
        for repo in github.repositories
    )
    return document("Repositories", "<b>Repositories</b>", f'<div class="box"><ul class="list">{rows}</ul></div>')


def _open_pulls(repo: Repository) -> str:
    return plural(sum(pull.state == "open" for pull in repo.pulls), "open pull request")


def _repository(repo: Repository) -> Answer:
    rows = "".join(_listed(pull) for pull in reversed(repo.pulls)) or "<li>No pull requests.</li>"
    return document(
        repo.full_name,
        breadcrumbs(repo),
        f'<h1 class="title">Pull requests</h1><div class="box"><ul class="list">{rows}</ul></div>',
    )


def _listed(pull: PullRequest) -> str:
    address = f"/{pull.repository.full_name}/pull/{pull.number}"
    state = "merged" if pull.merged_at else pull.state
    labels = " ".join(label(each) for each in pull.labels)
    return (
        f'<li><a href="{text(address)}"><b>{text(pull.title)}</b></a> {labels}<br><span class="small pale">'
        f"#{pull.number} {state} · by {person(pull.author)}</span></li>"
    )
