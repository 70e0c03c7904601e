"""Clients of the two services whose feeds are followed."""

from dataclasses import dataclass

import httpx

from metrics_api.settings import MetricsSettings
from servicekit.http import service_client


@dataclass(frozen=True, slots=True)
class Upstream:
    """Clients of the two services above; tests hand in the real apps over ASGI."""

    registry: httpx.AsyncClient
    router: httpx.AsyncClient

    @classmethod
    def over_http(cls, settings: MetricsSettings) -> "Upstream":
        """Clients at the configured addresses, with this service's own token."""
        return cls(
            service_client(settings.registry_url, settings),
            service_client(settings.router_url, settings),
        )

    async def close(self) -> None:
        """Close both clients."""
        await self.registry.aclose()
        await self.router.aclose()
