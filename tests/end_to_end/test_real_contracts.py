"""Real contracts of real publishers, proposed as pull requests and taken the whole way."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tests.published.contracts import PAIRS
from tests.published.packages import fetched_or_skipped
from tests.shop.world import REGISTRY, open_shop

_REGISTRY = """\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - id: published
    type: {type}
    files: ["api/*"]
    owner: "@acme/orders"
    decision_owner: "@acme/api-council"
    verification_owner: "@acme/orders"
"""

_COMPATIBLE = {"jupyter", "datahub", "streetlights"}
"""Releases in which nothing breaks anybody; all others have to be signed."""

_SAID = {
    "airflow": "`EventLog:$.owner`",
    "github": "`GET /orgs/{org}/copilot/metrics`",
    "onnx": "IR_VERSION",
    "github-graphql": "`EnterpriseOwnerInfo.teamDiscussionsSetting`",
    "apollo-reports": "`host`",
}


@pytest.mark.parametrize("name", PAIRS)
async def test_a_real_contract_is_held_and_released(tmp_path: Path, name: str) -> None:
    pair = PAIRS[name]
    before, after = (fetched_or_skipped(version).read_bytes() for version in (pair.before, pair.after))
    old, new = (f"api/{PurePosixPath(version.path).name}" for version in (pair.before, pair.after))
    async with open_shop(tmp_path, files={old: before, REGISTRY: _REGISTRY.format(type=pair.type)}) as shop:
        files: dict[str, str | bytes | None] = {old: None, new: after}
        pull = await shop.propose("upgrade", files, shop.olga, "The next release")
        if name in _COMPATIBLE:
            assert shop.verdict(pull) == "success", shop.comment(pull)
            return
        assert shop.verdict(pull) == "failure"
        assert _SAID.get(name, "") in shop.comment(pull)
        assert len(shop.comment(pull)) <= 65_536

        await shop.say(pull, shop.dana, "/approve-breaking -- released as a major version")
        assert shop.verdict(pull) == "success", shop.comment(pull)[:2000]
        assert pull.may_merge
