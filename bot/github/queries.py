"""The GraphQL documents we send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.report.publishing import MANAGED_LABELS

PAGE = 100
"""The most that a GraphQL connection gives at once."""

_WHO = """
fragment who on Actor {
  __typename
  login
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on Mannequin { databaseId }
  ... on Organization { databaseId }
}
"""

_ENTRY = """
fragment entry on TreeEntry {
  mode
  oid
  object { ... on Blob { byteSize isBinary isTruncated text } }
}
"""

_CONNECTIONS: Mapping[str, str] = {
    "commits": """nodes { commit {
        oid
        messageHeadline
        parents(first: 3) { nodes { oid } }
        authors(first: 30) { nodes { user { databaseId login } } }
        committer { email user { databaseId login } }
        signature { isValid wasSignedByGitHub }
      } }""",
    "comments": """nodes {
        fullDatabaseId url body createdAt updatedAt lastEditedAt includesCreatedEdit viewerDidAuthor
        author { ...who }
        editor { ...who }
      }""",
    "reviews": """nodes {
        fullDatabaseId url body state createdAt submittedAt lastEditedAt viewerDidAuthor
        author { ...who }
      }""",
}


def _page(connection: str, after: str | None = None) -> str:
    cursor = f", after: ${after}" if after else ""
    return f"{connection}(first: {PAGE}{cursor}) {{ pageInfo {{ hasNextPage endCursor }} {_CONNECTIONS[connection]} }}"


@dataclass(frozen=True, slots=True)
class Part:
    """What may be asked alone, or along with something else: fields, and the variables that they speak of."""

    declared: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


def pull_request(at_base: int, along: Part = Part()) -> str:
    """Everything about a pull request but its files; `at_base` files at the tip of its base (`$path0`, ...); and what
    is asked along with it.
    """
    paths = "".join(f", $path{index}: String!" for index in range(at_base))
    files = " ".join(f"file{index}: file(path: $path{index}) {{ ...entry }}" for index in range(at_base))
    others = "".join(f", {declared}" for declared in along.declared)
    labels = " ".join(
        f'label{index}: label(name: "{name}") {{ name }}' for index, name in enumerate(sorted(MANAGED_LABELS))
    )
    return f"""
query PullRequest($owner: String!, $name: String!, $number: Int!, $app: Int!{paths}{others}) {{
  {" ".join(along.fields)}
  repository(owner: $owner, name: $name) {{
    databaseId
    nameWithOwner
    defaultBranchRef {{ name }}
    {labels}
    pullRequest(number: $number) {{
      title
      body
      state
      isDraft
      locked
      changedFiles
      author {{ ...who }}
      baseRefName
      baseRefOid
      baseRef {{ target {{ oid ... on Commit {{ {files or "oid"} }} }} }}
      headRefOid
      labels(first: {PAGE}) {{ nodes {{ name }} }}
      reviewRequests(first: {PAGE}) {{
        nodes {{ requestedReviewer {{ __typename ... on User {{ login }} ... on Team {{ slug }} }} }}
      }}
      latest: commits(last: 1) {{ nodes {{ commit {{
        oid
        checkSuites(first: 10, filterBy: {{appId: $app}}) {{ nodes {{
          checkRuns(last: 20, filterBy: {{checkType: ALL}}) {{ nodes {{
            databaseId permalink externalId status conclusion title summary text
            annotations(first: 1) {{ totalCount }}
          }} }}
        }} }}
      }} }} }}
      files(first: {PAGE}) {{ nodes {{ path changeType }} }}
      {_page("commits")}
      {_page("comments")}
      {_page("reviews")}
    }}
  }}
}}
{_WHO}{_ENTRY if at_base else ""}"""


def further_pages(connections: Sequence[str]) -> str:
    """The next page of each of `connections`, after the cursor in the variable of the same name."""
    cursors = "".join(f", ${connection}: String!" for connection in connections)
    pages = "\n      ".join(_page(connection, connection) for connection in connections)
    return f"""
query FurtherPages($owner: String!, $name: String!, $number: Int!{cursors}) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      headRefOid
      {pages}
    }}
  }}
}}
{_WHO if set(connections) & {"comments", "reviews"} else ""}"""


def files(wanted: Mapping[str, Sequence[str]]) -> tuple[str, dict[str, str]]:
    """The entries and texts at paths, by commit; the answer's aliases are `commit0.file0` and so on, in order.

    Commits and paths travel as variables: no path, whatever is in it, can become part of the query.
    """
    declared: list[str] = []
    commits: list[str] = []
    variables: dict[str, str] = {}
    for c, (commit, paths) in enumerate(wanted.items()):
        declared.append(f"$commit{c}: GitObjectID!")
        variables[f"commit{c}"] = commit
        entries = []
        for p, path in enumerate(paths):
            declared.append(f"$path{c}_{p}: String!")
            variables[f"path{c}_{p}"] = path
            entries.append(f"file{p}: file(path: $path{c}_{p}) {{ ...entry }}")
        commits.append(f"commit{c}: object(oid: $commit{c}) {{ ... on Commit {{ {' '.join(entries)} }} }}")
    document = f"""
query Files($owner: String!, $name: String!, {", ".join(declared)}) {{
  repository(owner: $owner, name: $name) {{
    {" ".join(commits)}
  }}
}}
{_ENTRY}"""
    return document, variables


def dates(commit: str, paths: Sequence[str]) -> tuple[str, dict[str, str]]:
    """When each path was last touched by a commit up to `commit`; the answer's aliases are `file0` and so on."""
    declared = "".join(f", $path{index}: String!" for index in range(len(paths)))
    variables = {"commit": commit} | {f"path{index}": path for index, path in enumerate(paths)}
    histories = " ".join(
        f"file{index}: history(first: 1, path: $path{index}) {{ nodes {{ committedDate }} }}"
        for index in range(len(paths))
    )
    document = f"""
query Dates($owner: String!, $name: String!, $commit: GitObjectID!{declared}) {{
  repository(owner: $owner, name: $name) {{
    object(oid: $commit) {{ ... on Commit {{ {histories} }} }}
  }}
}}
"""
    return document, variables


def entries(commits: Sequence[str], paths: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Which content stands at each of `paths` in each commit and in its parents: who touched what."""
    declared = [f"$path{p}: String!" for p in range(len(paths))]
    variables = {f"path{p}": path for p, path in enumerate(paths)}
    looked_at = " ".join(f"file{p}: file(path: $path{p}) {{ mode oid }}" for p in range(len(paths)))
    for c, commit in enumerate(commits):
        declared.append(f"$commit{c}: GitObjectID!")
        variables[f"commit{c}"] = commit
    objects = " ".join(f"commit{c}: object(oid: $commit{c}) {{ ...touched }}" for c in range(len(commits)))
    document = f"""
query Touched($owner: String!, $name: String!, {", ".join(declared)}) {{
  repository(owner: $owner, name: $name) {{
    {objects}
  }}
}}
fragment touched on Commit {{
  {looked_at}
  parents(first: 3) {{ nodes {{ {looked_at} }} }}
}}
"""
    return document, variables


def roster(members: Part) -> str:
    """The query that asks for a roster alone."""
    newline = "\n  "
    return f"query Roster({', '.join(members.declared)}) {{\n  {newline.join(members.fields)}\n}}\n"


def members(teams: Sequence[tuple[str, str]], users: Sequence[str]) -> Part:
    """Members of teams (organisation, slug) as `team0`, ..., and accounts by login as `user0`, ...

    membership ALL: those of child teams as well.
    """
    declared: list[str] = []
    parts: list[str] = []
    variables: dict[str, str] = {}
    for index, (organisation, slug) in enumerate(teams):
        declared += [f"$organisation{index}: String!", f"$slug{index}: String!", f"$after{index}: String"]
        variables |= {f"organisation{index}": organisation, f"slug{index}": slug}
        parts.append(
            f"team{index}: organization(login: $organisation{index}) {{ team(slug: $slug{index}) {{"
            f" members(first: {PAGE}, membership: ALL, after: $after{index}) {{"
            " pageInfo { hasNextPage endCursor } nodes { databaseId login } } } }"
        )
    for index, login in enumerate(users):
        declared.append(f"$login{index}: String!")
        variables[f"login{index}"] = login
        parts.append(f"user{index}: user(login: $login{index}) {{ databaseId login }}")
    return Part(tuple(declared), tuple(parts), variables)


def tips(repositories: Sequence[tuple[str, str]], paths: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Repositories (owner, name) as `repository0`, ..., with the files at `paths` at the tip of the default branch."""
    declared = [f"$path{p}: String!" for p in range(len(paths))]
    variables = {f"path{p}": path for p, path in enumerate(paths)}
    for index, (owner, name) in enumerate(repositories):
        declared += [f"$owner{index}: String!", f"$name{index}: String!"]
        variables |= {f"owner{index}": owner, f"name{index}": name}
    asked = " ".join(
        f"repository{index}: repository(owner: $owner{index}, name: $name{index}) {{ ...tip }}"
        for index in range(len(repositories))
    )
    files = " ".join(f"file{p}: file(path: $path{p}) {{ ...entry }}" for p in range(len(paths)))
    document = f"""
query Tips({", ".join(declared)}) {{
  {asked}
}}
fragment tip on Repository {{
  databaseId
  nameWithOwner
  visibility
  isArchived
  defaultBranchRef {{ target {{ oid ... on Commit {{ {files or "oid"} }} }} }}
}}
{_ENTRY if paths else ""}"""
    return document, variables


MERGED = f"""
query Merged($owner: String!, $name: String!, $number: Int!) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      mergedAt
      mergedBy {{ ...who }}
      mergeCommit {{
        oid
        parents(first: 2) {{ nodes {{ oid }} }}
        history(first: {PAGE}) {{ nodes {{ messageHeadline parents(first: 2) {{ nodes {{ oid }} }} }} }}
      }}
      commits(last: {PAGE}) {{ nodes {{ commit {{ messageHeadline parents(first: 2) {{ nodes {{ oid }} }} }} }} }}
    }}
  }}
}}
{_WHO}"""
"""How a pull request was merged, and the commits by which one can tell."""


def brought(commits: Sequence[str], numbers: Sequence[int]) -> tuple[str, dict[str, object]]:
    """The pull requests that commits belong to, as `commit0`, ..., and pull requests by number, as `pull0`, ...: onto
    which branch each was merged, if it was, and by which commit.
    """
    declared = "".join(f", $commit{index}: GitObjectID!" for index in range(len(commits)))
    declared += "".join(f", $number{index}: Int!" for index in range(len(numbers)))
    variables: dict[str, object] = {f"commit{index}": commit for index, commit in enumerate(commits)}
    variables |= {f"number{index}": number for index, number in enumerate(numbers)}
    objects = [
        f"commit{index}: object(oid: $commit{index}) {{ ... on Commit {{"
        " associatedPullRequests(first: 10) { nodes { ...brought } } } }"
        for index in range(len(commits))
    ]
    objects += [f"pull{index}: pullRequest(number: $number{index}) {{ ...brought }}" for index in range(len(numbers))]
    document = f"""
query Brought($owner: String!, $name: String!{declared}) {{
  repository(owner: $owner, name: $name) {{
    databaseId
    {" ".join(objects)}
  }}
}}
fragment brought on PullRequest {{
  number
  merged
  baseRefName
  repository {{ databaseId }}
  mergeCommit {{ oid }}
}}
"""
    return document, variables


MERGE_QUEUE = f"""
query MergeQueue($owner: String!, $name: String!, $branch: String!) {{
  repository(owner: $owner, name: $name) {{
    mergeQueue(branch: $branch) {{
      entries(first: {PAGE}) {{ nodes {{ headCommit {{ oid }} pullRequest {{ number }} }} }}
    }}
  }}
}}
"""
"""Which pull requests wait to be merged into a branch, and with which commit each of them would land."""


def sight(repositories: Sequence[str], organisations: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Whether the code of repositories (`owner/name`) can be read, as `repository0`, ..., and whether the asker belongs
    to organisations, as `organisation0`, ....

    Metadata of a repository is not enough: `object` is null for a token that may not read contents. `viewerIsAMember`:
    "Viewer is an active member of this organization" (GitHub's GraphQL schema, `Organization`).
    """
    declared: list[str] = []
    parts: list[str] = []
    variables: dict[str, str] = {}
    for index, repository in enumerate(repositories):
        owner, _, name = repository.partition("/")
        declared += [f"$owner{index}: String!", f"$name{index}: String!"]
        variables |= {f"owner{index}": owner, f"name{index}": name}
        parts.append(
            f"repository{index}: repository(owner: $owner{index}, name: $name{index}, followRenames: false) {{"
            ' nameWithOwner object(expression: "HEAD") { oid } }'
        )
    for index, login in enumerate(organisations):
        declared.append(f"$login{index}: String!")
        variables[f"login{index}"] = login
        parts.append(f"organisation{index}: organization(login: $login{index}) {{ login viewerIsAMember }}")
    newline = "\n  "
    return f"query Sight({', '.join(declared)}) {{\n  {newline.join(parts)}\n}}\n", variables
