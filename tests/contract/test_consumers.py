"""What a service reads of another service is in its specification, with that type.

The fields are taken from the models that read (msgspec types by inspection, `facts_of` and the
follower by noting what they read), so that a new one is held to the specification by itself.
A state on a feed has the schema of the document it is, which a real feed is held to as well.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from datetime import date
from typing import Any

import httpx
import jsonschema_rs
import msgspec
import pytest
from tests.contract.conftest import SmallCity
from tests.contract.specification import Example, Specification

from jurisdiction_router.core.rules import facts as router_facts
from metrics_api.facts import organization_states, router_states
from metrics_api.facts.organization_states import organization_facts
from metrics_api.freshness import upstream_feeds
from registry_api.supervision import router_client as assignments
from servicekit.follower import FeedEvent, verify_page

READ_BY_METRICS = [
    ("registry-api", "OrganizationState", organization_states.OrganizationState),
    ("registry-api", "FeedPage", upstream_feeds._Page),
    ("jurisdiction-router", "FeedPage", upstream_feeds._Page),
    ("jurisdiction-router", "Assignment", router_states._Assignment),
    ("jurisdiction-router", "Area", router_states._Area),
    ("jurisdiction-router", "Body", router_states._DirectoryBody),
    ("jurisdiction-router", "RuleSet", router_states._RuleSet),
]


READ_BY_THE_REGISTRY = [
    ("jurisdiction-router", "AssignmentPage", assignments._Page),
    ("jurisdiction-router", "FeedPage", assignments._Feed),
]
READ = [*READ_BY_METRICS, *READ_BY_THE_REGISTRY]


def test_every_model_of_another_service_is_held_to_its_specification() -> None:
    held = {model for _, _, model in READ}
    within = {name for model in held for name in _structs_in(msgspec.inspect.type_info(model))}
    for module in (organization_states, router_states, upstream_feeds, assignments):
        for defined in vars(module).values():
            if isinstance(defined, type) and issubclass(defined, msgspec.Struct):
                assert defined in within, f"{defined.__name__} is held to no specification"


@pytest.mark.parametrize(("service", "schema", "model"), READ)
def test_a_consumer_reads_what_the_specification_says(
    service: str, schema: str, model: type
) -> None:
    specification = Specification.of(service)
    assert not list(specification.differences(model, specification.schema(schema)))


@pytest.mark.parametrize(("service", "schema", "model"), READ)
def test_a_field_renamed_or_retyped_is_noticed(service: str, schema: str, model: type) -> None:
    for change in (_rename, _retype):
        for field in msgspec.structs.fields(model):
            specification = Specification(deepcopy(Specification.of(service).document))
            change(specification.schema(schema), field.encode_name)
            found = list(specification.differences(model, specification.schema(schema)))
            assert [line for line in found if f"/{field.encode_name}" in line]


def test_the_router_takes_what_the_registry_asks_by() -> None:
    paths = Specification.of("jurisdiction-router").document["paths"]
    assert "get" in paths["/v1/bodies/{body_id}"]
    for path, sent in (
        ("/v1/assignments", {"body_id", "under_body", "valid_on", "limit", "cursor", "count"}),
        ("/v1/changes", {"after", "limit"}),
    ):
        assert sent <= {parameter["name"] for parameter in paths[path]["get"]["parameters"]}


def test_a_change_deep_inside_is_noticed() -> None:
    specification = Specification(deepcopy(Specification.of("registry-api").document))
    _retype(specification.schema("Secretary"), "cross_posted")
    found = list(
        specification.differences(
            organization_states.OrganizationState, specification.schema("OrganizationState")
        )
    )
    assert [line.partition(":")[0] for line in found] == [
        "/party/organization/secretary/cross_posted"
    ]


def test_the_router_reads_facts_that_the_specification_has() -> None:
    assert not _misread_by_the_router(Specification.of("registry-api"))


@pytest.mark.parametrize("change", ["_rename", "_retype"])
@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ("OrganizationState", "affiliation"),
        ("OrganizationState", "licence_issuer"),
        ("OrganizationState", "business_supervisor"),
        ("BusinessSupervisor", "system"),
        ("BusinessSupervisor", "name"),
        ("Registration", "mode"),
        ("Registration", "level"),
        ("Authority", "division_code"),
        ("OrganizationState", "institution_type"),
        ("OrganizationState", "kind"),
        ("OrganizationState", "status"),
        ("Domicile", "division_code"),
    ],
)
def test_a_fact_renamed_or_retyped_is_noticed(change: str, schema: str, field: str) -> None:
    specification = Specification(deepcopy(Specification.of("registry-api").document))
    globals()[change](specification.schema(schema), field)
    assert _misread_by_the_router(specification)


@pytest.mark.parametrize(
    ("field", "domain"),
    [
        (("OrganizationState", "kind"), router_facts.KINDS),
        (("OrganizationState", "institution_type"), router_facts.INSTITUTION_TYPES),
        (("Registration", "level"), router_facts.LEVELS),
        (("Registration", "mode"), router_facts.MODES),
        (("BusinessSupervisor", "system"), router_facts.SYSTEMS),
    ],
)
def test_the_router_knows_every_code(field: tuple[str, str], domain: frozenset[str]) -> None:
    specification = Specification.of("registry-api")
    told = specification.schema(field[0])["properties"][field[1]]
    assert {
        code for one in specification.alternatives(told) for code in one.get("enum", ())
    } == domain


def test_metrics_counts_every_code() -> None:
    specification = Specification.of("registry-api")
    state = Example(specification, specification.schema("OrganizationState"), [])
    for place, field, codes in _coded(specification, state):
        for code in codes:
            place[field] = code
            assert organization_facts(state)


@pytest.mark.parametrize("service", ["registry-api", "jurisdiction-router"])
def test_a_follower_reads_what_the_specification_says(service: str) -> None:
    specification = Specification.of(service)
    read: list[tuple[str, Any]] = []
    page = Example(specification, specification.schema("FeedPage"), read)
    page["events"] = []
    page["next_after"], page["digest"] = 7, "00" * 32
    assert verify_page(page, 7, bytes(32)) == (7, bytes(32))
    event = Example(specification, specification.schema("Event"), read)
    parsed = FeedEvent.parse(event)
    assert _of_declared_types(parsed), "a field of another type"
    assert not [path for path, value in read if value is None]


@pytest.mark.parametrize("change", ["_rename", "_retype"])
@pytest.mark.parametrize(
    ("schema", "field"),
    [
        *(("Event", name) for name in ("sequence", "subject", "revision", "type", "time", "data")),
        *(("EventData", name) for name in ("effective_on", "actor", "reason", "areas", "timeline")),
        *(("SegmentDocument", name) for name in ("from", "until", "state")),
    ],
)
def test_an_event_of_another_shape_is_noticed(change: str, schema: str, field: str) -> None:
    specification = Specification(deepcopy(Specification.of("registry-api").document))
    globals()[change](specification.schema(schema), field)
    event = Example(specification, specification.schema("Event"), [])
    with pytest.raises((KeyError, TypeError, ValueError)):
        _of_declared_types(FeedEvent.parse(event))


STATES: Mapping[str, tuple[str, str]] = {
    "organization.": ("registry-api", "OrganizationState"),
    "assignment.": ("jurisdiction-router", "Assignment"),
    "area.": ("jurisdiction-router", "Area"),
    "body.": ("jurisdiction-router", "Body"),
    "rule_set.": ("jurisdiction-router", "RuleSet"),
}


@pytest.mark.parametrize("prefix", STATES)
def test_a_state_on_a_real_feed_is_the_document_it_is_held_to(
    prefix: str, small_city: SmallCity
) -> None:
    service, schema = STATES[prefix]
    specification = Specification.of(service)
    states = [
        segment["state"]
        for event in _whole_feed(small_city, service)
        if event["type"].startswith(prefix)
        for segment in event["data"]["timeline"]
    ]
    assert states
    document = specification.schema(schema)
    for state in states:
        known = {name: value for name, value in state.items() if name in document["properties"]}
        validator = jsonschema_rs.Draft202012Validator(
            # a state has the document's fields but for those that say whose it is and when
            {
                **document,
                "required": list(known),
                "components": specification.document["components"],
            }
        )
        assert not [error.message for error in validator.iter_errors(known)]


@pytest.mark.parametrize("service", ["registry-api", "jurisdiction-router"])
def test_a_real_feed_is_the_page_it_is_told_to_be(service: str, small_city: SmallCity) -> None:
    specification = Specification.of(service)
    validator = jsonschema_rs.Draft202012Validator(
        {**specification.schema("Event"), "components": specification.document["components"]}
    )
    for event in _whole_feed(small_city, service):
        assert not [error.message for error in validator.iter_errors(event)]


def _whole_feed(city: SmallCity, service: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    headers = {"authorization": f"Bearer {city.token}"}
    while True:
        after = int(events[-1]["sequence"]) if events else 0
        answer = httpx.get(
            f"{city.addresses[service]}/v1/changes?after={after}&limit=1000", headers=headers
        )
        page = answer.raise_for_status().json()
        events += page["events"]
        if page["next_after"] == page["head"]:
            return events


def _of_declared_types(event: FeedEvent) -> bool:
    """Raises ValueError where a field of the event is not of the type it is declared to have."""
    read = {field.name: getattr(event, field.name) for field in fields(event)}
    read["timeline"] = [
        {field.name: getattr(segment, field.name) for field in fields(segment)}
        for segment in event.timeline
    ]
    return msgspec.convert(read, FeedEvent) == event


def _misread_by_the_router(specification: Specification) -> list[str]:
    """What `facts_timeline` reads that is not there or no text, and the facts it does not get."""
    read: list[tuple[str, Any]] = []
    state = Example(specification, specification.schema("OrganizationState"), read)
    try:
        (period,) = router_facts.facts_timeline([(date(2016, 7, 1), None, state)])
    except (TypeError, ValueError) as error:
        return [str(error)]
    assert period.value is not None
    misread = [path for path, value in read if not isinstance(value, str | Example)]
    return misread + [name for name, value in period.value._asdict().items() if not value]


def _coded(
    specification: Specification, state: Example
) -> list[tuple[dict[str, Any], str, list[str]]]:
    """Every place in a state that has an enumeration, and its codes."""
    found: list[tuple[dict[str, Any], str, list[str]]] = []

    def walk(schema: Mapping[str, Any], place: dict[str, Any]) -> None:
        for name, told in schema.get("properties", {}).items():
            for one in specification.alternatives(told):
                if "enum" in one:
                    found.append((place, name, one["enum"]))
                elif one.get("type") == "object" and isinstance(place[name], dict):
                    walk(one, place[name])

    walk(specification.schema("OrganizationState"), state)
    return found


def _structs_in(read: Any) -> set[type]:
    if isinstance(read, msgspec.inspect.UnionType):
        return {one for each in read.types for one in _structs_in(each)}
    if isinstance(read, msgspec.inspect.ListType):
        return _structs_in(read.item_type)
    if isinstance(read, msgspec.inspect.StructType):
        return {read.cls} | {one for field in read.fields for one in _structs_in(field.type)}
    return set()


def _rename(schema: dict[str, Any], field: str) -> None:
    schema["properties"][f"{field}_now"] = schema["properties"].pop(field)
    schema["required"] = [name for name in schema.get("required", ()) if name != field]


def _retype(schema: dict[str, Any], field: str) -> None:
    array = {"type": "array", "items": {"type": "integer"}}
    was_array = schema["properties"][field].get("type") == "array"
    schema["properties"][field] = {"type": "number"} if was_array else array
