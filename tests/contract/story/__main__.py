"""`make openapi-examples`: tell the story and write down what was said."""

import asyncio
import tempfile
from pathlib import Path

from tests.contract.small_city import small_city
from tests.contract.story import tell_all
from tests.contract.story.examples import examples_of, write
from tests.contract.story.recorder import Story


async def main() -> None:
    """Against a platform of its own, on free ports."""
    with tempfile.TemporaryDirectory(prefix="story-", ignore_cleanup_errors=True) as root:
        async with small_city(Path(root)) as platform:
            story = await Story.begin(platform)
            await tell_all(story)
            for path in write(examples_of(story)):
                print(path)  # noqa: T201
            await story.end()


asyncio.run(main())
