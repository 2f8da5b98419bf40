"""Real contracts of real publishers, two versions of each (pairs.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.published.packages import Published


@dataclass(frozen=True, slots=True)
class Pair:
    """The same contract in two releases. `type`: its format, as the registry names it."""

    type: str
    before: Published
    after: Published


def _pair(entry: Mapping[str, Any]) -> Pair:
    before, after = (
        Published(entry["registry"], entry["package"], side["version"], side["path"], side["sha256"])
        for side in (entry["before"], entry["after"])
    )
    return Pair(entry["type"], before, after)


PAIRS: Mapping[str, Pair] = {
    name: _pair(entry) for name, entry in yaml.safe_load(Path(__file__).with_name("pairs.yml").read_text()).items()
}
AIRFLOW = PAIRS["airflow"]
GITHUB = PAIRS["github"]
JUPYTER = PAIRS["jupyter"]
