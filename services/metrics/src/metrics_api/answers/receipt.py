"""Issue the receipt of an answer: all that is needed to ask for the same number again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from metrics_api.core.areas.rule_sets import RuleSetVersion
from metrics_api.core.definitions.digest import definition_digest
from metrics_api.core.facts.edition import Edition
from metrics_api.counting.copy.live_copy import LiveCopy
from metrics_api.definitions.load import Definitions
from servicekit.auth import area_prefix


@dataclass(frozen=True, slots=True)
class CountedIndicator:
    """An indicator as it was counted: its version, and the digest of what it counts."""

    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an answer rests on; `areas` are the prefixes its caller is limited to."""

    edition: Edition
    indicators: Mapping[str, CountedIndicator]
    rule_sets: tuple[RuleSetVersion, ...]
    areas: tuple[str, ...] | None


class IssueReceipt:
    """The one place that says what an answer rests on."""

    def __init__(self, live: LiveCopy, definitions: Definitions) -> None:
        self._live = live
        self._indicators = {
            name: CountedIndicator(
                indicator.version, definition_digest(indicator, definitions.parameters)
            )
            for name, indicator in definitions.indicators.items()
        }

    def counted(self, indicator: str) -> CountedIndicator:
        """Version and digest of an indicator that exists."""
        return self._indicators[indicator]

    def __call__(
        self,
        edition: Edition,
        days: Iterable[date],
        indicators: Iterable[str],
        areas: tuple[str, ...] | None,
    ) -> Receipt:
        """The receipt of an answer at `edition` that counts `indicators` on `days`.

        It names the rule sets that decided on one of the days, as the edition knows them; a caller
        limited to `areas` hears of those whose territory meets them.
        """
        counted = sorted(set(indicators))
        counted_days = set(days)
        known = self._live.served.directory.at(edition.number).rule_sets
        deciding = (
            version
            for version in known
            if any(version.in_force(day) for day in counted_days) and _meets(version.scope, areas)
        )
        return Receipt(
            edition,
            {name: self._indicators[name] for name in counted},
            tuple(sorted(deciding, key=lambda version: (version.code, version.valid_from))),
            areas,
        )


def _meets(scope: str | None, areas: tuple[str, ...] | None) -> bool:
    """Whether a rule set's territory holds, or lies in, one of the caller's areas."""
    if areas is None:
        return True
    prefix = area_prefix(scope or "")
    return any(area.startswith(prefix) or prefix.startswith(area) for area in areas)
