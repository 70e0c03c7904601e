"""Where to read on: the registry's record of an organization, and the router's decision."""

from datetime import date
from urllib.parse import urlencode

from metrics_api.core.facts.edition import Edition
from metrics_api.settings import MetricsSettings


class Links:
    """Where to read what an answer rests on: as of its day, as known at its positions."""

    def __init__(self, settings: MetricsSettings, valid_on: date, edition: Edition) -> None:
        day, known_at = valid_on.isoformat(), edition.registry_position
        self._registry = settings.registry_public_url.rstrip("/") + "/v1/organizations/"
        self._router = settings.router_public_url.rstrip("/") + "/v1/assignments/"
        self._as_of = "?" + urlencode({"valid_on": day, "known_at": known_at})
        self._on = "?" + urlencode({"valid_on": day})

    def of(self, organization: object) -> dict[str, str]:
        """The links of one organization."""
        return {
            "registry": f"{self._registry}{organization}{self._as_of}",
            "decision": f"{self._router}{organization}{self._on}",
        }
