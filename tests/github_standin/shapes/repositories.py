"""Repositories and git objects as GitHub's REST answers show them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.github_standin.clock import iso
from tests.github_standin.shapes.accounts import Json, node_id, nullable_user, simple_user
from tests.github_standin.world.repositories import LEVELS

if TYPE_CHECKING:
    from tests.github_standin.world.accounts import User
    from tests.github_standin.world.git import CommitInfo, Entry, FileDiff
    from tests.github_standin.world.repositories import Repository

_TEMPLATES = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def api(repo: Repository) -> str:
    return f"{repo.github.url}/repos/{repo.full_name}"


def page(repo: Repository) -> str:
    return f"{repo.github.url}/{repo.full_name}"


def minimal_repository(repo: Repository) -> Json:
    return {
        "id": repo.id,
        "node_id": node_id("R", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
        "owner": simple_user(repo.owner),
        "html_url": page(repo),
        "description": repo.description,
        "fork": repo.parent is not None,
        "url": api(repo),
        **{name: api(repo) + template for name, template in _TEMPLATES.items()},
    }


def repository(repo: Repository) -> Json:
    open_issues = sum(issue.state == "open" for issue in repo.issues.values())
    forks = sum(other.parent is repo for other in repo.github.repositories)
    return {
        **minimal_repository(repo),
        "created_at": iso(repo.created_at),
        "updated_at": iso(repo.pushed_at or repo.created_at),
        "pushed_at": iso(repo.pushed_at or repo.created_at),
        "git_url": f"git://{repo.github.host}/{repo.full_name}.git",
        "ssh_url": f"git@{repo.github.host}:{repo.full_name}.git",
        "clone_url": f"{page(repo)}.git",
        "svn_url": page(repo),
        "homepage": None,
        "size": 108,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": None,
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": True,
        "has_pages": False,
        "has_discussions": False,
        "has_pull_requests": True,
        "pull_request_creation_policy": "all",
        "forks_count": forks,
        "mirror_url": None,
        "archived": repo.archived,
        "disabled": False,
        "open_issues_count": open_issues,
        "license": None,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "private" if repo.private else "public",
        "forks": forks,
        "open_issues": open_issues,
        "watchers": 0,
        "default_branch": repo.default_branch,
    }


def full_repository(repo: Repository, permissions: Json | None = None) -> Json:
    shown = {
        **repository(repo),
        "permissions": permissions or permission_flags("pull"),
        "temp_clone_token": None,
        "allow_squash_merge": True,
        "allow_merge_commit": True,
        "allow_rebase_merge": True,
        "allow_auto_merge": False,
        "delete_branch_on_merge": False,
        "allow_update_branch": True,
        "network_count": 0,
        "subscribers_count": 0,
    }
    if repo.parent is not None:
        shown["parent"] = shown["source"] = repository(repo.parent)
    return shown


def team_repository(repo: Repository, level: str) -> Json:
    """A repository as a team has it; `level` is what the team was given there."""
    return {**repository(repo), "permissions": permission_flags(level), "role_name": ROLES[level]}


def permission_flags(level: str | None) -> Json:
    """{"admin": false, "maintain": false, "push": true, "triage": true, "pull": true}"""
    held = -1 if level is None else LEVELS.index(level)
    return {name: held >= LEVELS.index(name) for name in reversed(LEVELS)}


def collaborator(repo: Repository, user: User) -> Json:
    level = repo.level(user)
    return {**simple_user(user), "permissions": permission_flags(level), "role_name": ROLES[level or "pull"]}


ROLES = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain", "admin": "admin"}


def commit(repo: Repository, info: CommitInfo) -> Json:
    url = f"{api(repo)}/git/commits/{info.sha}"
    return {
        "sha": info.sha,
        "node_id": node_id("C", info.sha),
        "commit": {
            "author": {"name": info.author.name, "email": info.author.email, "date": iso(info.authored_at)},
            "committer": {"name": info.committer.name, "email": info.committer.email, "date": iso(info.committed_at)},
            "message": info.message,
            "tree": {"sha": info.tree, "url": f"{api(repo)}/git/trees/{info.tree}"},
            "url": url,
            "comment_count": 0,
            "verification": _verification(info, info.sha in repo.github.signed),
        },
        "url": f"{api(repo)}/commits/{info.sha}",
        "html_url": f"{page(repo)}/commit/{info.sha}",
        "comments_url": f"{api(repo)}/commits/{info.sha}/comments",
        "author": nullable_user(repo.account_of(info.author)),
        "committer": nullable_user(repo.account_of(info.committer)),
        "parents": [
            {"sha": p, "url": f"{api(repo)}/commits/{p}", "html_url": f"{page(repo)}/commit/{p}"} for p in info.parents
        ],
    }


def _verification(info: CommitInfo, signed: bool) -> Json:
    return {
        "verified": signed,
        "reason": "valid" if signed else "unsigned",
        "signature": "-----BEGIN PGP SIGNATURE-----" if signed else None,
        "payload": f"tree {info.tree}" if signed else None,
        "verified_at": iso(info.committed_at) if signed else None,
    }


LONGEST_PATCH = 500 * 1024
"""Bytes of one file's patch ("Repository limits": no single file's diff beyond 20,000 lines or 500 KB)."""

MOST_PATCH_LINES = 20_000


class DiffEntries:
    """The files of one page. Past 20,000 lines in all, GitHub shows neither patch nor counts, and says so nowhere
    (community discussion 213491).
    """

    def __init__(self, repo: Repository, sha: str) -> None:
        self._repo = repo
        self._sha = sha
        self._lines = 0

    def __call__(self, file: FileDiff) -> Json:
        shown = diff_entry(self._repo, file, self._sha)
        self._lines += (file.patch or "").count("\n")
        if self._lines > MOST_PATCH_LINES:
            shown |= {"additions": 0, "deletions": 0, "changes": 0}
            shown.pop("patch", None)
        return shown


def diff_entry(repo: Repository, file: FileDiff, sha: str) -> Json:
    where = quote(file.path)
    shown = {
        "sha": file.sha,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{page(repo)}/blob/{sha}/{where}",
        "raw_url": f"{page(repo)}/raw/{sha}/{where}",
        "contents_url": f"{api(repo)}/contents/{where}?ref={sha}",
    }
    if file.patch is not None and len(file.patch.encode()) <= LONGEST_PATCH:
        shown["patch"] = file.patch
    if file.previous is not None:
        shown["previous_filename"] = file.previous
    return shown


def tree_entry(repo: Repository, entry: Entry) -> Json:
    shown: Json = {"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
    if entry.kind == "blob":
        shown["size"] = entry.size
    if entry.kind != "commit":
        shown["url"] = f"{api(repo)}/git/{entry.kind}s/{entry.sha}"
    return shown


def content(repo: Repository, entry: Entry, ref: str, listed: bool = False) -> Json:
    """A file, folder, link or submodule as the contents API describes it. Listings call a submodule a file."""
    where = quote(entry.path)
    url = f"{api(repo)}/contents/{where}?ref={quote(ref)}"
    kind = {"tree": "dir", "commit": "file" if listed else "submodule"}.get(entry.kind, "file")
    if entry.mode == "120000":
        kind = "symlink"
    folder = {"dir": "tree", "submodule": "tree"}.get(kind, "blob")
    git_url = f"{api(repo)}/git/{folder}s/{entry.sha}"
    html_url = f"{page(repo)}/{folder}/{ref}/{where}"
    return {
        "name": entry.path.rsplit("/", 1)[-1],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": url,
        "html_url": html_url,
        "git_url": git_url,
        "download_url": None if kind in ("dir", "submodule") else f"{page(repo)}/raw/{ref}/{where}",
        "type": kind,
        "_links": {"self": url, "git": git_url, "html": html_url},
    }


def encoded(data: bytes) -> str:
    """Base64 in lines of 60, as GitHub breaks it."""
    text = base64.b64encode(data).decode()
    return "".join(f"{text[i : i + 60]}\n" for i in range(0, len(text), 60))
