"""Settings every service has, read from the environment (and `/run/secrets`-style files)."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Each service subclasses this with its own `env_prefix`, e.g. `REGISTRY_`."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: SecretStr = Field(
        default=SecretStr("postgresql+asyncpg://localhost/postgres"),
        description="The service's own database; nobody else writes there.",
    )
    read_database_url: SecretStr | None = Field(
        default=None, description="A read replica; the own database when not set."
    )
    pool_size: int = Field(
        default=20, ge=1, le=500, description="Connections each for writing and for reading."
    )
    statement_timeout_ms: int = Field(
        default=30_000, ge=100, description="PostgreSQL ends a statement that takes longer."
    )

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    shutdown_grace_seconds: int = Field(
        default=20, ge=0, description="How long SIGTERM waits for requests under way."
    )
    body_limit_bytes: int = Field(
        default=2 * 1024 * 1024, ge=1024, description="Largest request body (uploads aside)."
    )

    jwks_file: Path | None = Field(default=None, description="Keys that sign accepted tokens.")
    jwks_url: str | None = Field(default=None, description="The same, fetched and refreshed.")
    issuer: str = Field(default="urn:local-runner", description="Required `iss` of tokens.")
    audience: str = Field(default="social-organizations", description="Required `aud` of tokens.")
    algorithms: tuple[str, ...] = Field(
        default=("ES256", "RS256", "PS256", "EdDSA"), description="Accepted signature algorithms."
    )

    service_token_file: Path | None = Field(
        default=None,
        description="A bearer token for calls to other services; re-read when it changes.",
    )
    token_url: str | None = Field(
        default=None,
        description="OAuth 2.0 token endpoint for client credentials, instead of the file.",
    )
    client_id: str | None = Field(default=None, description="Client id at the token endpoint.")
    client_secret_file: Path | None = Field(
        default=None, description="File with the client secret."
    )

    digest_algorithm: Literal["sha256", "sm3"] = Field(
        default="sha256", description="Hash of the ledger chain; fixed by the first event."
    )
    commit: str = Field(default="unknown", description="Commit the image was built from.")
    log_level: str = Field(default="INFO", description="Least severe level that is logged.")
    log_format: Literal["json", "text"] = Field(default="json", description="How log lines look.")
