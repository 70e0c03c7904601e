"""The router's settings, from `ROUTER_…` environment variables."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from servicekit.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the router needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="ROUTER_", extra="ignore", frozen=True)

    port: int = Field(default=8002, ge=1, le=65535, description="Port to listen on.")
    follow_port: int = Field(
        default=8012, ge=1, le=65535, description="Port of the follower's health routes."
    )
    registry_url: str = Field(
        default="http://127.0.0.1:8001", description="Where the registry's feed is."
    )
    body_limit_bytes: int = Field(
        default=16 * 1024 * 1024,
        ge=1024,
        description="Largest request body; a province's directory fits.",
    )
