"""Real contracts of real publishers, proposed as pull requests and taken the whole way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.published.contracts import AIRFLOW, GITHUB, Pair
from tests.published.packages import fetched_or_skipped
from tests.shop.world import REGISTRY, open_shop

_REGISTRY = """\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - id: published
    type: openapi
    files: ["{path}"]
    owner: "@acme/orders"
    decision_owner: "@acme/api-council"
    verification_owner: "@acme/orders"
"""


@pytest.mark.parametrize(
    ("pair", "path", "said"),
    [
        (AIRFLOW, "api/v1.yaml", "`EventLog:$.owner`"),
        (GITHUB, "api/github.json", "`GET /orgs/{org}/copilot/metrics`"),
    ],
    ids=["airflow", "github"],
)
async def test_a_real_contract_is_held_and_released(tmp_path: Path, pair: Pair, path: str, said: str) -> None:
    before, after = (fetched_or_skipped(version).read_bytes() for version in (pair.before, pair.after))
    files: dict[str, str | bytes] = {path: before, REGISTRY: _REGISTRY.format(path=path)}
    async with open_shop(tmp_path, files=files) as shop:
        pull = await shop.propose("upgrade", {path: after}, shop.olga, "The next release")
        assert shop.verdict(pull) == "failure"
        assert said in shop.comment(pull)
        assert len(shop.comment(pull)) <= 65_536

        await shop.say(pull, shop.dana, "/approve-breaking -- released as a major version")
        assert shop.verdict(pull) == "success"
        assert pull.may_merge
