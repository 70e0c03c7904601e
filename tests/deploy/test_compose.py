"""The compose file, its example of variables, and the secrets it names fit together."""

import re
from pathlib import Path

import yaml

from jurisdiction_router.settings import Settings as RouterSettings
from local_runner.keys.compose_secrets import write_secrets
from metrics_api.settings import MetricsSettings
from registry_api.settings import Settings as RegistrySettings
from servicekit.sealing import Sealer

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text()
VARIABLE = re.compile(r"\$\{([A-Z_]+):?-((?:[^{}]|\$\{[^{}]*\})*)\}")


def _example() -> dict[str, str]:
    lines = (DEPLOY / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_every_variable_is_explained_with_the_default_it_has() -> None:
    example = _example()
    used = dict(VARIABLE.findall(COMPOSE))
    used["VERSION"] = "0.1.0"
    assert set(used) == set(example)
    for name, default in used.items():
        assert default.replace("${VERSION:-0.1.0}", "0.1.0") == example[name], name


def test_every_setting_in_it_is_one_of_the_service() -> None:
    document = yaml.safe_load(COMPOSE)
    for settings in (RegistrySettings, RouterSettings, MetricsSettings):
        prefix = settings.model_config["env_prefix"]
        names = {f"{prefix}{field.upper()}" for field in settings.model_fields}
        for service in document["services"].values():
            mine = {n for n in service.get("environment", {}) if n.startswith(prefix)}
            assert mine <= names


def test_every_secret_it_names_is_made_and_none_is_made_twice(tmp_path: Path) -> None:
    named = yaml.safe_load(COMPOSE)["secrets"]
    folder = tmp_path / "secrets"
    written = set(write_secrets(folder, "postgres:5432", "sm4-gcm"))
    assert {Path(entry["file"]).name for entry in named.values()} == written - {"trial_token"}
    assert folder.stat().st_mode & 0o077 == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    renewed = set(write_secrets(folder, "elsewhere:1", "sm4-gcm"))
    assert renewed == {"jwks.json", "router_token", "metrics_token", "ops_token", "trial_token"}
    for name in written - renewed:
        assert (folder / name).read_bytes() == before[name]
    Sealer.from_file("sm4-gcm", folder / "key_ring.json")
