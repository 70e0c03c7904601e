"""The gauges say what the API says, and how old it is."""

from datetime import date, datetime
from uuid import UUID

from prometheus_client import REGISTRY
from tests.metrics_api.histories import organization_state
from tests.metrics_api.world import START, World


def shown(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_gauges_show_every_indicator_and_target_of_today(world: World) -> None:
    await world.apply()
    await world.factory.show_gauges.show()
    for indicator in world.factory.definitions.indicators:
        answer = await world.client.get("/v1/coverage", params={"indicator": indicator})
        document = answer.json()
        total, divisors = document["total"], document["divisors"]
        for figure in ("numerator", "denominator"):
            exact = total[figure] / divisors[figure]
            assert shown(f"metrics_indicator_{figure}", indicator=indicator) == exact
        rates = ("rate", "ratio") if document["is_share"] else ("ratio", "rate")
        found = [shown(f"metrics_indicator_{it}", indicator=indicator) for it in rates]
        assert found == [total["rate"], None]
    for target in (await world.client.get("/v1/targets")).json()["targets"]:
        for variant in target["variants"]:
            labels = {"target": target["id"], "variant": variant["id"]}
            assert shown("metrics_target_missing", **labels) == variant["missing"]
        ends = datetime.fromisoformat(f"{target['deadline']}T23:59:59+08:00").timestamp() + 1
        assert shown("metrics_target_deadline_timestamp_seconds", target=target["id"]) == ends


async def test_gauges_follow_a_newer_edition_and_a_new_day(world: World) -> None:
    await world.apply()
    show = world.factory.show_gauges
    coverage = {"indicator": "organizational_coverage"}
    await show.show()
    assert shown("metrics_indicator_denominator", **coverage) == 4
    world.histories.tell(UUID(int=9), date(2016, 7, 1), organization_state())
    await world.apply()
    await show.show()
    assert shown("metrics_indicator_denominator", **coverage) == 4
    edition = world.factory.live_copy.served.edition
    assert edition.recorded_at is not None
    assert shown("metrics_indicator_edition") == edition.number
    assert shown("metrics_indicator_known_timestamp_seconds") == edition.recorded_at.timestamp()
    world.clock.set(date(2016, 7, 2))
    await show.show()
    assert shown("metrics_indicator_denominator", **coverage) == 5
    assert shown("metrics_indicator_counted_timestamp_seconds") == world.clock.now().timestamp()


async def test_a_rate_of_nobody_is_not_shown(world: World) -> None:
    await world.apply()
    show = world.factory.show_gauges
    await show.show()
    world.clock.set(START.replace(year=2014))
    await show.show()
    assert shown("metrics_indicator_rate", indicator="organizational_coverage") is None
    assert shown("metrics_indicator_denominator", indicator="organizational_coverage") == 0


async def test_own_targets_make_no_series(world: World) -> None:
    names = {"metrics_indicator_rate", "metrics_target_missing"}
    await world.apply()
    await world.factory.show_gauges.show()
    series = [s for family in REGISTRY.collect() if family.name in names for s in family.samples]
    definitions = world.factory.definitions
    variants = sum(len(target.variants) for target in definitions.targets.values())
    assert len(series) <= len(definitions.indicators) + variants
