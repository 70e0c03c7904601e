"""The examples in the documents are still what the services say: the story is told again."""

from pathlib import Path
from typing import Any

import orjson
from tests.contract.small_city import small_city
from tests.contract.story import tell_all
from tests.contract.story.examples import SERVICES, examples_file, examples_of
from tests.contract.story.recorder import Story


async def test_the_story_told_again_gives_examples_of_the_same_shape(tmp_path: Path) -> None:
    async with small_city(tmp_path) as platform:
        story = await Story.begin(platform)
        await tell_all(story)
        told = examples_of(story)
        await story.end()
    for service in SERVICES:
        committed = orjson.loads(examples_file(service).read_bytes())
        assert _shape(told[service.program]) == _shape(committed), "run make openapi-examples"


def _shape(value: Any) -> Any:
    """All members; what a job has counted when it is asked is a matter of luck, so no values."""
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return sorted({repr(_shape(inner)) for inner in value})
    return "value"
