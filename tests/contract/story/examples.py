"""From a record to the files of examples that the services' documents show."""

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import yaml
from tests.contract.story.recorder import Story
from tests.contract.story.stable import Names, shortened

from local_runner.services import METRICS, REGISTRY, ROUTER, Service, package_folder

SERVICES = (REGISTRY, ROUTER, METRICS)
Examples = dict[str, dict[str, Any]]


def examples_of(story: Story) -> dict[str, Examples]:
    """Of each service by operationId; of several calls of an operation the first one counts."""
    hosts = {
        str(teller.client.base_url).rstrip("/"): f"https://{teller.service.program}.example"
        for teller in (story.registry, story.router, story.metrics)
    }
    names = Names(date.today().isoformat(), hosts)  # noqa: DTZ011  the services' own day
    for told in story.told:
        names.learn_times((told.parameters, told.request, told.answer))
    found: dict[str, Examples] = {service.program: {} for service in SERVICES}
    for told in story.told:
        example = found[told.service].setdefault(
            told.operation,
            {"parameters": names.stable(told.parameters), "request": {}, "responses": {}},
        )
        if told.request:
            media_type, body = told.request
            example["request"].setdefault(media_type, _shown(media_type, names.stable(body)))
        answers = example["responses"].setdefault(str(told.status), {})
        if told.answer:
            media_type, body = told.answer
            answers.setdefault(media_type, shortened(_shown(media_type, names.stable(body))))
    return found


def _shown(media_type: str, body: Any) -> Any:
    """As an example shows it: YAML as what it says, of the monitoring figures a few."""
    if media_type == "application/yaml":
        return shortened(yaml.safe_load(body))
    if media_type == "text/plain":
        return "".join(line for line in body.splitlines(True) if "database_pool_size" in line)
    return body


def examples_file(service: Service) -> Path:
    """Where a service looks for its examples."""
    return next(package_folder(service).rglob("examples.json"))


def write(found: dict[str, Examples]) -> list[Path]:
    """Write each service's file; returns their paths."""
    paths = []
    for service in SERVICES:
        path = examples_file(service)
        ordered = {name: found[service.program][name] for name in sorted(found[service.program])}
        path.write_bytes(orjson.dumps(ordered, option=orjson.OPT_INDENT_2) + b"\n")
        paths.append(path)
    return paths
