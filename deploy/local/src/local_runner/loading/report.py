"""What a newcomer sees after the load: totals, coverage, targets, open decisions, where to go on.

Every figure comes from the services' public API, as any client would get it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from local_runner.loading.load import Addresses
from local_runner.loading.rest import Rest

KINDS = ("social_association", "private_nonenterprise", "foundation")
OUTCOMES = ("assigned", "needs_decision", "out_of_scope")
INDICATOR = "organizational_coverage"
REGISTERED = "in_operation_rate"  # its denominator is every registered organization
PAGE = 1000
EXAMPLE = 3  # the column of ids, which are to be copied

Labels = Mapping[str, str]


class Report:
    """Reads the three services and shows what they say."""

    def __init__(self, rest: Rest, addresses: Addresses) -> None:
        self._rest = rest
        self._at = addresses

    async def show(self, console: Console) -> None:
        """Print the whole report."""
        labels = await self._labels()
        parts = [
            await self._totals(labels),
            await self._coverage("kind", "kind 类别", labels),
            await self._coverage("body_kind", "supervising body 领导和管理机关", labels),
            await self._targets(),
            await self._unassigned(),
            await self._set_aside(),
        ]
        for part in filter(None, parts):
            console.print()
            console.print(part)

    async def _labels(self) -> Labels:
        """Code → Chinese label, of all code lists of the registry."""
        document = await self._rest.get(f"{self._at.registry}/v1/code-lists")
        return {
            value["code"]: value["zh"]
            for code_list in document["items"]
            for value in code_list["values"]
        }

    async def _totals(self, labels: Labels) -> RenderableType:
        """The same organizations, counted by each service for itself."""
        registry, router = (
            f"{self._at.registry}/v1/organizations",
            f"{self._at.router}/v1/assignments",
        )
        by_kind = {kind: await self._count(registry, kind=kind) for kind in KINDS}
        by_outcome = {it: await self._count(router, outcome=it) for it in OUTCOMES}
        counted = (await self._read_coverage("kind", REGISTERED))["groups"]
        table = _table("Totals in the three services 三个服务的总数", "service", "total", "parts")
        _row(table, "registry-api", await self._count(registry), _sum(by_kind, labels))
        _row(table, "jurisdiction-router", await self._count(router), _sum(by_outcome, labels))
        parts = {str(group["by"]["kind"]): group["denominator"] for group in counted}
        _row(table, "metrics", sum(parts.values()), _sum(parts, labels))
        return table

    async def _coverage(self, group_by: str, title: str, labels: Labels) -> RenderableType:
        answer = await self._read_coverage(group_by)
        table = _table(
            f"Organizational coverage 组织覆盖率, by {title}", "", "covered", "in operation", "rate"
        )
        for group in answer["groups"]:
            code = str(group["by"][group_by])
            _row(table, _name(code, labels), *_ratio(group))
        table.add_section()
        _row(table, "total 合计", *_ratio(answer["total"]))
        return table

    async def _read_coverage(self, group_by: str, indicator: str = INDICATOR) -> Any:
        url = f"{self._at.metrics}/v1/coverage"
        return await self._rest.get(url, indicator=indicator, group_by=group_by)

    async def _targets(self) -> RenderableType:
        """Targets whose denominator the source leaves open have a row for each reading."""
        document = await self._rest.get(f"{self._at.metrics}/v1/targets")
        table = _table(
            "Targets 目标", "target", "reading", "by", "goal", "covered", "of", "rate", "missing"
        )
        for target in document["targets"]:
            for variant in target["variants"]:
                _row(
                    table,
                    target["title"]["zh"],
                    variant["id"],
                    target["deadline"],
                    _percent(target["goal"]),
                    *_ratio(variant),
                    variant["missing"],
                )
        return table

    async def _unassigned(self) -> RenderableType:
        """What has no supervising body, counted by outcome and by the rule that says so."""
        found: Counter[tuple[str, str]] = Counter()
        example: dict[tuple[str, str], str] = {}
        for outcome in OUTCOMES[1:]:
            async for item in self._assignments(outcome):
                key = outcome, item["rule"] or "– 无"
                found[key] += 1
                example.setdefault(key, item["organization_id"])
        if not found:
            return Text("Every organization is assigned 全部判定")
        table = _table(
            "Not assigned 未判定", "outcome", "rule", "organizations", "for example", "why"
        )
        table.columns[EXAMPLE].no_wrap = True
        for (outcome, rule), count in sorted(found.items(), key=lambda it: (it[0][0], -it[1])):
            organization = example[outcome, rule]
            decision = await self._rest.get(f"{self._at.router}/v1/assignments/{organization}")
            sentence = decision["explanation"]["zh"].partition("。")[0]
            _row(table, outcome, rule, count, organization, f"{sentence}。")
        return table

    async def _assignments(self, outcome: str) -> AsyncIterator[Mapping[str, Any]]:
        params: dict[str, str | int] = {"outcome": outcome, "limit": PAGE}
        while True:
            page = await self._rest.get(f"{self._at.router}/v1/assignments", **params)
            for item in page["items"]:
                yield item
            if page["next_cursor"] is None:
                return
            params["cursor"] = page["next_cursor"]

    async def _set_aside(self) -> RenderableType | None:
        """Subjects whose events a follower could not apply; none, unless something is broken."""
        router = await self._rest.get(f"{self._at.router}/v1/feed-status")
        metrics = await self._rest.get(f"{self._at.metrics}/v1/freshness")
        counts = {
            "jurisdiction-router": len(router["parked"]),
            "metrics": sum(feed["parked"] for feed in metrics["feeds"].values()),
        }
        said = ", ".join(f"{count:,} by {name}" for name, count in counts.items() if count)
        return Text(f"Set aside, as their events could not be applied: {said}") if said else None

    async def _count(self, url: str, **filters: str) -> int:
        page = await self._rest.get(url, count="exact", limit=1, **filters)
        count: int = page["count"]
        return count


def where_to_go_on(addresses: Addresses) -> RenderableType:
    """The dashboard, the API pages, and a request to try."""
    pages = Table.grid(padding=(0, 2))
    for name, address in (
        ("registry-api", addresses.registry),
        ("jurisdiction-router", addresses.router),
        ("metrics", addresses.metrics),
    ):
        pages.add_row(name, f"{address}/docs")
    look = Table.grid(padding=(0, 2))
    look.add_row("dashboard 看板", f"{addresses.metrics}/dashboard")
    look.add_row("its token 令牌", "make token SCOPE=metrics:read")
    request = (
        'curl -s -H "Authorization: Bearer $(make -s token)" \\\n'
        f"  '{addresses.metrics}/v1/coverage?indicator={INDICATOR}&group_by=district'"
    )
    return Group("", look, "", Text("API pages 接口页面", style="bold"), pages, "", Text(request))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _row(table: Table, *cells: object) -> None:
    """A row in which numbers have separators and stand to the right."""
    table.add_row(
        *(
            Text(f"{cell:,}", justify="right") if isinstance(cell, int) else Text(str(cell))
            for cell in cells
        )
    )


def _name(code: str, labels: Labels) -> str:
    return f"{labels[code]} {code}" if code in labels else code


def _sum(parts: Mapping[str, int], labels: Labels) -> str:
    return " + ".join(f"{count:,} {_name(code, labels)}" for code, count in parts.items())


def _ratio(counted: Mapping[str, Any]) -> Iterable[object]:
    return counted["numerator"], counted["denominator"], _percent(counted["rate"])


def _percent(rate: float | str | None) -> str:
    return "–" if rate is None else f"{float(rate):.1%}"
