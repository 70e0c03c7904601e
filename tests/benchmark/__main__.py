# ruff: noqa: T201
"""Runs the benchmarks one after the other; at the end, one table of the ratios they return.

A benchmark that fails is named and the exit status is 1. A goal that is missed is marked in the
table and is no failure: on a busy machine it says little.

    python -m tests.benchmark [NAME…]
"""

import argparse
import asyncio
import importlib
import inspect
import sys
import traceback
from collections.abc import Sequence

Ratios = Sequence[tuple[str, float, float]]
"""Name, ratio and the goal that it should at least reach."""

BENCHMARKS = {
    "registry_import": "import of a large CSV, against a bare COPY",
    "registry_read": "GET by id and a page, against the least that a handler can do",
    "router_impact": "impact of a new rule set on 865,000 organizations, against a GROUP BY",
    "router_decisions": "decisions, against zen-engine on the same table",
    "metrics_coverage": "coverage of a whole country, against a plain GROUP BY",
    "metrics_following": "following a feed, against a bare COPY",
    "metrics_freshness": "from the registry's 201 to the changed count, part by part",
}


def run(name: str) -> Ratios:
    """Run one benchmark with its own defaults; the ratios it returns, none if it only prints."""
    module = importlib.import_module(f"tests.benchmark.{name}")
    given = sys.argv
    sys.argv = [name]
    try:
        result = module.main()
        if inspect.iscoroutine(result):
            result = asyncio.run(result)
    finally:
        sys.argv = given
    ratios: Ratios = result or ()
    return ratios


def print_table(returned: dict[str, Ratios]) -> None:
    """All ratios with their goals, and which benchmarks have printed theirs only above."""
    print(f"\n{'benchmark':20}{'ratio of':46}{'ratio':>9}{'goal':>8}")
    for name, ratios in returned.items():
        for what, ratio, goal in ratios:
            verdict = "" if ratio >= goal else "  missed"
            print(f"{name:20}{what:46}{ratio:9.2f}{f'≥ {goal:g}':>8}{verdict}")
        if not ratios:
            print(f"{name:20}printed above")


def main() -> int:
    """Run those that were named, or all; the exit status."""
    names = "\n".join(f"  {name:20}{what}" for name, what in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark",
        description="Runs the benchmarks one after the other.",
        epilog=f"benchmarks:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones; all without a name")
    chosen = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in chosen if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    returned: dict[str, Ratios] = {}
    failed: list[str] = []
    for name in chosen:
        print(f"\n== {name}: {BENCHMARKS[name]}", flush=True)
        try:
            returned[name] = run(name)
        except (Exception, SystemExit):
            traceback.print_exc()
            failed.append(name)
    print_table(returned)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
