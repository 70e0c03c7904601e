"""One story told to the real services, of which the OpenAPI documents' examples are the record.

`make openapi-examples` tells it and writes `examples.json` of each service. A new operation gets
its example by a line that calls it, in `registry_story`, `router_story` or `metrics_story`.
"""

from tests.contract.story import metrics_story, registry_story, router_story
from tests.contract.story.recorder import Story


async def tell_all(story: Story) -> None:
    """Each service's part, when the followers know of the parts before it."""
    for part in (registry_story, router_story, metrics_story):
        await part.tell(story)
        await story.caught_up()
