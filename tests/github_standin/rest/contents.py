"""Files and trees."""

from __future__ import annotations

import re

from tests.github_standin.rest.calls import Answer, Call
from tests.github_standin.rest.routing import Routes
from tests.github_standin.shapes.accounts import Json
from tests.github_standin.shapes.repositories import api, content, encoded, tree_entry
from tests.github_standin.world.git import SYMLINK, Entry
from tests.github_standin.world.refusals import Refused, not_found

routes = Routes()

INLINE = 1024 * 1024
"""Bytes. Larger files come without content in JSON: encoding "none" (changelog 2022-05-03)."""

RAW = 100 * INLINE
MOST_LISTED = 1_000
MOST_TREE_ENTRIES = 100_000
LARGEST_TREE = 7 * INLINE


@routes("GET", "/repos/{owner}/{repo}/contents", needs="contents:read")
def root(call: Call) -> Answer:
    call.params["path"] = ""
    return contents(call)


@routes("GET", "/repos/{owner}/{repo}/contents/{path+}", needs="contents:read")
def contents(call: Call) -> Answer:
    """A file, or the list of a folder. Symbolic links to files of the repository are followed."""
    repo, git = call.repo, call.repo.git
    ref = call.query.get("ref") or repo.default_branch
    sha = repo.resolve(ref)
    if sha is None:
        raise Refused(404, f"No commit found for the ref {ref}")
    entry = git.entry(sha, call.params["path"].strip("/"))
    if entry is None:
        raise not_found()
    if entry.kind == "tree":
        prefix = f"{entry.path}/" if entry.path else ""
        found = list(git.folder_entries(entry.sha, prefix))[:MOST_LISTED]
        return Answer([content(repo, each, ref, listed=True) for each in found])
    if entry.kind == "commit":
        return Answer({**content(repo, entry, ref), "submodule_git_url": _submodule_address(call, sha, entry.path)})
    return _file(call, _followed(call, sha, entry), entry, ref)


def _submodule_address(call: Call, sha: str, path: str) -> str | None:
    """What .gitmodules says."""
    modules = call.repo.git.entry(sha, ".gitmodules")
    text = call.repo.git.data(modules.sha).decode("utf-8", "replace") if modules else ""
    for section in text.split("[submodule")[1:]:
        settings = dict(re.findall(r"^\s*(\w+)\s*=\s*(.+?)\s*$", section, re.MULTILINE))
        if settings.get("path") == path:
            return settings.get("url")
    return None


def _followed(call: Call, sha: str, entry: Entry) -> Entry:
    if entry.mode != SYMLINK:
        return entry
    target = call.repo.git.data(entry.sha).decode("utf-8", "replace")
    steps = entry.path.split("/")[:-1]
    for step in target.split("/"):
        if step == ".." and steps:
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    found = None if target.startswith("/") else call.repo.git.entry(sha, "/".join(steps))
    return found if found is not None and found.kind == "blob" else entry


def _file(call: Call, entry: Entry, asked: Entry, ref: str) -> Answer:
    size = entry.size or 0
    if size > RAW:
        limit = "This API returns blobs up to 100 MB in size."
        raise Refused(403, f"{limit} The requested blob is too large to fetch via the API.")
    if "raw" in call.headers.get("Accept", ""):
        return Answer(call.repo.git.data(entry.sha), content_type="application/octet-stream")
    shown = content(call.repo, entry, ref) | {"path": asked.path, "name": asked.path.rsplit("/", 1)[-1]}
    if entry.mode == SYMLINK:
        return Answer({**shown, "target": call.repo.git.data(entry.sha).decode("utf-8", "replace")})
    if size > INLINE:
        return Answer({**shown, "content": "", "encoding": "none"})
    return Answer({**shown, "content": encoded(call.repo.git.data(entry.sha)), "encoding": "base64"})


@routes("GET", "/repos/{owner}/{repo}/git/trees/{sha+}", needs="contents:read")
def tree(call: Call) -> Answer:
    """`recursive` at all, even 0 or false, means the whole tree."""
    repo = call.repo
    name = call.params["sha"]
    sha = name if repo.git.has(name) else repo.resolve(name)
    if sha is None:
        raise not_found()
    top = repo.git.entry(sha, "")
    assert top is not None
    shown: list[Json] = []
    size, truncated = 0, False
    for entry in repo.git.folder_entries(top.sha, recursive="recursive" in call.query):
        size += len(entry.path) + 200
        if len(shown) >= MOST_TREE_ENTRIES or size > LARGEST_TREE:
            truncated = True
            break
        shown.append(tree_entry(repo, entry))
    url = f"{api(repo)}/git/trees/{top.sha}"
    return Answer({"sha": top.sha, "url": url, "tree": shown, "truncated": truncated})
