"""The registry's settings, from `REGISTRY_…` environment variables."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from servicekit.sealing import CipherName
from servicekit.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the registry needs beside what every service needs."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_", extra="ignore", frozen=True)

    port: int = Field(default=8001, ge=1, le=65535, description="Port to listen on.")
    divisions_file: Path | None = Field(
        default=None,
        description="CSV with a column `code`: division codes beside the packaged list.",
    )
    router_url: str | None = Field(
        default=None,
        description="Where jurisdiction-router is, for work lists by body; those are refused when "
        "not set.",
    )
    key_ring_file: Path | None = Field(
        default=None, description="Keys that seal names of candidates under review (JSON)."
    )
    name_cipher: CipherName = Field(
        default="aes-256-gcm", description="Cipher of sealed names: aes-256-gcm or sm4-gcm."
    )
    upload_limit_bytes: int = Field(
        default=1024 * 1024 * 1024, ge=1024, description="Largest file an import takes."
    )
