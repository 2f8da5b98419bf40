"""JSONPath expressions of stubs and matchers as the paths that they look at. They are read, never run.

Source: RFC 9535, and what Jayway JsonPath makes of filters (`$[?(@.id == 'x')]` looks at `$.id`), as WireMock and
Spring Cloud Contract write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.contracts.address import property_path

_STEP = re.compile(
    r"""\.?\[\s*(?P<quote>['"])(?P<quoted>(?:[^'"\\]|\\.)*)(?P=quote)\s*\]
      | \.(?P<name>[^\s.\[\]()*?'"]++(?!\())
      | (?P<items>\.?\[\s*(?:\*|-?\d+|-?\d*:-?\d*(?::-?\d+)?)\s*\])
      | (?P<any>\.\*)
      | (?P<filter>\[\s*\?)
    """,
    re.VERBOSE,
)
_IN_FILTER = re.compile(r"@(?P<rest>(?:\.[A-Za-z_$][\w$-]*(?![\w(])|\.?\[\s*'[^'\]]*'\s*\])+)")
_LONGEST = 2_000


def paths_in(expression: str) -> Iterator[str]:
    """The paths that an expression names: what it selects, and what its filter compares. None for what it isn't sure
    of: recursive descent (`$..id`) may be anywhere.
    """
    text = expression.strip()
    if not text.startswith("$") or ".." in text or len(text) > _LONGEST:
        return
    path, at = "$", 1
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            break
        if step["filter"]:
            over = path if path == "$" or path.endswith("[*]") else f"{path}[*]"
            compared = [_below(over, found["rest"]) for found in _IN_FILTER.finditer(text, at)]
            yield from compared or [over]
            return
        path = _below(path, step.group())
        at = step.end()
    yield path


def _below(path: str, steps: str) -> str:
    at = 0
    while at < len(steps) and (step := _STEP.match(steps, at)):
        if step["quoted"] is not None:
            path = property_path(path, step["quoted"])
        elif step["name"]:
            path = property_path(path, step["name"])
        else:
            path = f"{path}[*]" if step["items"] else f"{path}.*"
        at = step.end()
    return path
