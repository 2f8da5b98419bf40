"""Repositories, branches, rules, comparisons."""

from __future__ import annotations

import base64

from tests.github_standin.rest.calls import Answer, Call
from tests.github_standin.rest.routing import Routes
from tests.github_standin.shapes import accounts
from tests.github_standin.shapes.accounts import Json
from tests.github_standin.shapes.repositories import (
    DiffEntries,
    api,
    commit,
    full_repository,
    page,
    permission_flags,
)
from tests.github_standin.world.accounts import User
from tests.github_standin.world.refusals import Refused, not_found
from tests.github_standin.world.repositories import Repository

routes = Routes()

MOST_COMPARED_FILES = 300
MOST_COMPARED_COMMITS = 250


@routes("GET", "/repos/{owner}/{repo}", needs="metadata:read")
def repository(call: Call) -> Answer:
    level = call.repo.level(call.viewer) if isinstance(call.viewer, User) else "pull"
    return Answer(full_repository(call.repo, permission_flags(level)))


@routes("GET", "/repos/{owner}/{repo}/branches", needs="contents:read")
def branches(call: Call) -> Answer:
    """`protected`: only those that a ruleset or a branch protection protects, or only the others."""
    repo, wanted = call.repo, call.query.get("protected")
    names = [name for name in sorted(repo.branches) if wanted in (None, str(_protected(repo, name)).lower())]
    return call.paged(names, lambda name: _short_branch(repo, name))


@routes("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref+}", needs="contents:read")
def matching_refs(call: Call) -> Answer:
    """Those that begin with it, not only the one that is called so."""
    repo = call.repo
    heads = {f"refs/heads/{name}": sha for name, sha in sorted(repo.branches.items())}
    wanted = [ref for ref in heads if ref.startswith(f"refs/{call.params['ref']}")]
    return Answer([_ref(repo, ref, heads[ref]) for ref in wanted])


def _ref(repo: Repository, ref: str, sha: str) -> Json:
    return {
        "ref": ref,
        "node_id": f"REF_{repo.id}_{ref}",
        "url": f"{api(repo)}/git/{ref}",
        "object": {"type": "commit", "sha": sha, "url": f"{api(repo)}/git/commits/{sha}"},
    }


@routes("GET", "/repos/{owner}/{repo}/tags", needs="contents:read")
def tags(call: Call) -> Answer:
    repo = call.repo
    return call.paged(sorted(repo.tags, reverse=True), lambda name: _tag(repo, name))


def _tag(repo: Repository, name: str) -> Json:
    sha = repo.tags[name]
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{api(repo)}/commits/{sha}"},
        "zipball_url": f"{api(repo)}/zipball/refs/tags/{name}",
        "tarball_url": f"{api(repo)}/tarball/refs/tags/{name}",
        "node_id": f"REF_{repo.id}_{name}",
    }


def _short_branch(repo: Repository, name: str) -> Json:
    sha = repo.branches[name]
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{api(repo)}/commits/{sha}"},
        "protected": _protected(repo, name),
    }


def _protected(repo: Repository, branch: str) -> bool:
    return any(check.branch == branch for check in repo.required_checks)


@routes("GET", "/repos/{owner}/{repo}/branches/{branch+}", needs="contents:read")
def branch(call: Call) -> Answer:
    repo, name = call.repo, call.params["branch"]
    if name not in repo.branches:
        raise Refused(404, "Branch not found")
    contexts = [check.context for check in repo.required_checks if check.branch == name]
    url = f"{api(repo)}/branches/{name}"
    required = {
        "enforcement_level": "everyone" if contexts else "off",
        "contexts": contexts,
        "checks": [{"context": c.context, "app_id": c.app_id} for c in repo.required_checks if c.branch == name],
    }
    return Answer(
        {
            "name": name,
            "commit": commit(repo, repo.git.info(repo.branches[name])),
            "_links": {"self": url, "html": f"{page(repo)}/tree/{name}"},
            "protected": _protected(repo, name),
            "protection": {"enabled": bool(contexts), "required_status_checks": required},
            "protection_url": f"{url}/protection",
        }
    )


@routes("GET", "/repos/{owner}/{repo}/rules/branches/{branch+}", needs="metadata:read")
def rules(call: Call) -> Answer:
    """The rules in force on a branch: required checks with context and integration id."""
    repo, name = call.repo, call.params["branch"]
    found = []
    source = {"ruleset_source_type": "Repository", "ruleset_source": repo.full_name, "ruleset_id": repo.id}
    checks = [check for check in repo.required_checks if check.branch == name]
    if checks:
        listed = [{"context": c.context} | ({} if c.app_id is None else {"integration_id": c.app_id}) for c in checks]
        parameters = {
            "required_status_checks": listed,
            "strict_required_status_checks_policy": False,
            "do_not_enforce_on_create": False,
        }
        found.append({"type": "required_status_checks", **source, "parameters": parameters})
    if repo.required_approvals:
        found.append(
            {
                "type": "pull_request",
                **source,
                "parameters": {
                    "required_approving_review_count": repo.required_approvals,
                    "dismiss_stale_reviews_on_push": False,
                    "require_code_owner_review": False,
                    "require_last_push_approval": False,
                    "required_review_thread_resolution": False,
                },
            }
        )
    return call.paged(found, lambda rule: rule)


@routes("GET", "/repos/{owner}/{repo}/branches/{branch}/protection", needs="administration:read")
def protection(call: Call) -> Answer:
    """Nothing here is protected the old way: rules are rulesets."""
    raise Refused(404, "Branch not protected")


@routes("GET", "/repos/{owner}/{repo}/compare/{basehead+}", needs="contents:read")
def compare(call: Call) -> Answer:
    """Three dots: from the merge base to the head. Files come on the first page alone, at most 300."""
    repo = call.repo
    base_name, dots, head_name = call.params["basehead"].partition("...")
    if not dots:
        raise not_found()
    base, head = _side(call, base_name), _side(call, head_name)
    ancestor = repo.git.merge_base(base, head)
    if ancestor is None:
        raise Refused(404, f"No common ancestor between {base_name} and {head_name}.")
    ahead, behind = repo.git.commits(head, base), repo.git.commits(base, head)
    url = f"{api(repo)}/compare/{base_name}...{head_name}"
    html = f"{page(repo)}/compare/{base_name}...{head_name}"
    shown: Json = {
        "url": url,
        "html_url": html,
        "permalink_url": f"{page(repo)}/compare/{base[:12]}...{head[:12]}",
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": commit(repo, repo.git.info(base)),
        "merge_base_commit": commit(repo, repo.git.info(ancestor)),
        "status": _status(len(ahead), len(behind)),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
    }
    paged = "page" in call.query or "per_page" in call.query
    first = call.query.get("page", "1") == "1"
    if first:
        files = repo.git.diff(ancestor, head)[:MOST_COMPARED_FILES]
        shown["files"] = list(map(DiffEntries(repo, head), files))
    if paged:
        return call.paged(ahead, lambda info: commit(repo, info), lambda part: {**shown, "commits": part})
    # Without paging GitHub gives the newest 250.
    shown["commits"] = [commit(repo, info) for info in ahead[-MOST_COMPARED_COMMITS:]]
    return Answer(shown)


def _side(call: Call, name: str) -> str:
    """A ref of this repository, or `owner:branch` of another one in its network."""
    owner, colon, branch = name.partition(":")
    if colon:
        for other in call.github.repositories:
            related = other is call.repo or other.parent is call.repo or call.repo.parent is other
            if related and other.owner.login.lower() == owner.lower() and branch in other.branches:
                call.repo.git.take_from(other.git, f"refs/heads/{branch}")
                return other.branches[branch]
        raise not_found()
    sha = call.repo.resolve(name)
    if sha is None:
        raise not_found()
    return sha


def _status(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"


@routes("GET", "/repos/{owner}/{repo}/git/ref/{ref+}", needs="contents:read")
def reference(call: Call) -> Answer:
    ref = call.params["ref"]
    sha = call.repo.resolve(ref) if ref.startswith(("heads/", "pull/")) else None
    if sha is None:
        raise not_found()
    return Answer(
        {
            "ref": f"refs/{ref}",
            "node_id": accounts.node_id("REF", f"{call.repo.id}:refs/{ref}"),
            "url": f"{api(call.repo)}/git/refs/{ref}",
            "object": {"sha": sha, "type": "commit", "url": f"{api(call.repo)}/git/commits/{sha}"},
        }
    )


@routes("GET", "/repos/{owner}/{repo}/commits", needs="contents:read")
def commits(call: Call) -> Answer:
    repo = call.repo
    head = repo.resolve(call.query.get("sha", "HEAD"))
    if head is None:
        raise not_found()
    return call.paged(repo.git.commits(head)[::-1], lambda info: commit(repo, info))


@routes("GET", "/repos/{owner}/{repo}/git/blobs/{sha}", needs="contents:read")
def blob(call: Call) -> Answer:
    """Up to 100 MB; the raw media type gives the bytes themselves."""
    repo, sha = call.repo, call.params["sha"]
    if not repo.git.has(sha):
        raise not_found()
    data = repo.git.data(sha)
    if "raw" in call.headers.get("Accept", ""):
        return Answer(data, content_type="application/octet-stream")
    return Answer(
        {
            "sha": sha,
            "node_id": accounts.node_id("B", sha),
            "size": len(data),
            "url": f"{api(repo)}/git/blobs/{sha}",
            "content": base64.encodebytes(data).decode(),
            "encoding": "base64",
        }
    )
