"""Settings every service has: environment variables, and files for what is secret.

A file `REGISTRY_DATABASE_URL` in `/run/secrets` (or in the folder that `SECRETS_DIR` names) says
what the variable of that name would; where both are set, the variable wins.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import SecretsSettingsSource

DEFAULT_SECRETS_DIR = "/run/secrets"


class ServiceSettings(BaseSettings):
    """Each service subclasses this with its own `env_prefix`, e.g. `REGISTRY_`."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

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
    drain_seconds: float = Field(
        default=0,
        ge=0,
        description="How long after SIGTERM new requests are still served while /readyz says 503, "
        "so that load balancers look elsewhere first.",
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

    transfer_limit: int = Field(
        default=8,
        ge=1,
        description="Exports and uploads under way at one time in a process, half of them of one "
        "client at most; one more is 429. Keep it well below POOL_SIZE.",
    )
    long_poll_limit: int = Field(
        default=200,
        ge=1,
        description="Calls of the feed that wait for news at one time in a process, half of them "
        "of one client at most; one more is 429.",
    )
    jobs_per_client: int = Field(
        default=20, ge=1, description="Unfinished jobs a client may have; one more is 429."
    )
    job_crash_limit: int = Field(
        default=5,
        ge=1,
        description="A job whose process dies so often at the same place has failed.",
    )
    job_retention_days: int = Field(
        default=90, ge=1, le=36_500, description="Ended jobs and their reports are kept so long."
    )
    idempotency_retention_days: int = Field(
        default=7, ge=1, le=36_500, description="A repeated Idempotency-Key is known so long."
    )

    digest_algorithm: Literal["sha256", "sm3"] = Field(
        default="sha256", description="Hash of the ledger chain; fixed by the first event."
    )
    commit: str = Field(default="unknown", description="Commit the image was built from.")
    otlp_endpoint: str | None = Field(
        default=None,
        description="OpenTelemetry collector that gets a span of each request (OTLP over HTTP, "
        "e.g. http://collector:4318); no traces when not set.",
    )
    log_level: str = Field(default="INFO", description="Least severe level that is logged.")
    log_format: Literal["json", "text"] = Field(default="json", description="How log lines look.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then secret files where their folder is there."""
        folder = Path(os.environ.get("SECRETS_DIR") or DEFAULT_SECRETS_DIR)
        if not folder.is_dir():
            return init_settings, env_settings
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, folder)
