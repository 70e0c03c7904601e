"""What the environment tells metrics; every variable begins with `METRICS_`."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from metrics_api.core.definitions.dimensions import AreaLevel
from servicekit.settings import ServiceSettings


class MetricsSettings(ServiceSettings):
    """Settings of `serve` and `follow`."""

    model_config = SettingsConfigDict(env_prefix="METRICS_", extra="ignore", frozen=True)

    port: int = Field(default=8003, ge=1, le=65535, description="Port of the REST API.")
    follow_port: int = Field(
        default=8013, ge=1, le=65535, description="Port of the follower's health routes."
    )
    registry_url: str = Field(
        default="http://127.0.0.1:8001", description="Base address of registry-api."
    )
    router_url: str = Field(
        default="http://127.0.0.1:8002", description="Base address of jurisdiction-router."
    )
    registry_public_url: str = Field(
        default="",
        description="Where users reach registry-api, for links; without it links are paths.",
    )
    router_public_url: str = Field(
        default="",
        description="Where users reach jurisdiction-router, for links; without it links are paths.",
    )
    max_own_targets: int = Field(
        default=200, ge=0, description="Most targets that users may have set at one time."
    )
    dashboard_area_level: AreaLevel = Field(
        default="district",
        description="Areas the dashboard opens with: district for a city, city for a province.",
    )
    max_groups: int = Field(
        default=100_000, ge=1, description="Most groups in one answer; more are refused with 413."
    )
