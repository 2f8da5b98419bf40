"""The demo is the first thing that a stranger runs, so it is held like everything else."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from tests.demo.asking import ask
from tests.demo.organisation import open_acme
from tests.demo.story import tell
from tests.demo.telling import Story


async def test_the_whole_story_happens_as_it_is_told(tmp_path: Path) -> None:
    told = StringIO()
    story = Story(Console(file=told, width=120))
    async with open_acme(tmp_path, port=0) as shop:
        await ask(story, shop, await tell(story, shop))
    assert story.missed == 0, told.getvalue()
    assert story.steps > 25
