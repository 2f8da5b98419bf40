"""What somebody outside can tell of the bot: the ids in its comment, and whether it has looked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.github_standin import Request
from tests.model.oracle import CHANGEABLE

_FINDING = re.compile(r"^(?:- |<details(?: open)?><summary>)?(?:🔴|🟣|🟡|✅|⚖️|🟢)")
_ID = re.compile(r"(?:`|<code>)([0-9a-f]{10})(?:`|</code>)")
_PLACE = re.compile(rf"(?:`|<code>)(?:\$\.)?({'|'.join(CHANGEABLE)})(?:`|</code>)")
_AFTER = re.compile(r"^#### (?:Signatures|Reclassified|Commands)", re.MULTILINE)
"""What comes after the findings, and may name earlier ones."""


def ids_shown(comment: str) -> Mapping[str, str]:
    """By place, the id of the finding there: from the line that names both."""
    found: dict[str, str] = {}
    for line in _AFTER.split(comment)[0].splitlines():
        id, place = _ID.search(line), _PLACE.search(line)
        if _FINDING.match(line) and id and place:
            found[place[1]] = id[1]
    return found


def is_a_look(request: Request, number: int) -> bool:
    """Whether the bot asked for pull request `number`, as it does each time that it looks at it."""
    if request.path != "/graphql" or not isinstance(request.body, dict):
        return False
    return "query PullRequest" in request.body["query"] and request.body["variables"]["number"] == number
