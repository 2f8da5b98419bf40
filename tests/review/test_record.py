"""What was published survives being written down."""

from __future__ import annotations

import json

import pytest

from bot.review.record import as_plain, from_plain
from tests.review.story import CHECKOUT_CHO, COUNCIL_CARL, OTHER, REMOVED, Story


def test_a_published_decision_survives_being_written_down() -> None:
    story = Story((REMOVED, OTHER))
    story.publish()
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.says(CHECKOUT_CHO, "/approve-breaking")
    story.says(COUNCIL_CARL, "/revoke")
    published = story.publish()
    assert published.withdrawn
    assert published.asked
    assert from_plain(json.loads(json.dumps(as_plain(published)))) == published


def test_a_record_of_another_version_is_refused() -> None:
    plain = as_plain(Story().publish())
    with pytest.raises(ValueError, match="version 3"):
        from_plain({**plain, "version": 3})
