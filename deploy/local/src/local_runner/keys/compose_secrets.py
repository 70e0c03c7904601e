"""The secret files of `deploy/compose.yaml`: passwords, a trial issuer's keys, and tokens.

The trial issuer is for trying the platform out and for machines without an OIDC issuer: its
private key lies in the folder. What is there stays, but for tokens, which are made anew.
"""

import secrets
from pathlib import Path

from local_runner.keys.issuer import Issuer
from local_runner.keys.key_ring import Cipher, new_key_ring
from local_runner.storage.data_dir import write_atomically

TRIAL_ISSUER = "urn:trial-issuer"
TRIAL_KEY_PREFIX = "trial-"
TOKEN_DAYS = 90
DATABASES = ("registry", "router", "metrics")
FOR_CONTAINERS = 0o644
"""A container's process has another user id; who may enter is the folder's affair (0700)."""


def write_secrets(folder: Path, database_host: str, cipher: Cipher) -> list[str]:
    """Write what is missing, and new tokens; returns the names of the files written.

    Args:
        folder: made with mode 0700 if missing.
        database_host: host and port of PostgreSQL as the containers see it.
        cipher: of sealed names, for the length of their key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    issuer = Issuer(folder / "trial-issuer", TRIAL_ISSUER, TRIAL_KEY_PREFIX)
    kept = folder / "postgres_password"
    password = kept.read_text().strip() if kept.exists() else secrets.token_urlsafe(24)
    once = {
        "postgres_password": password,
        "grafana_password": secrets.token_urlsafe(24),
        "key_ring.json": new_key_ring(cipher),
        "router_client_secret": "",
        "metrics_client_secret": "",
    } | {
        f"{name}_database_url": f"postgresql://platform:{password}@{database_host}/{name}"
        for name in DATABASES
    }
    lifetime = TOKEN_DAYS * 86400
    always = {
        "jwks.json": issuer.jwks_file.read_text(),
        "router_token": issuer.token(["registry:read"], client="jurisdiction-router", ttl=lifetime),
        "metrics_token": issuer.token(
            ["registry:read", "router:read"], client="metrics", ttl=lifetime
        ),
        "ops_token": issuer.token(["ops"], client="prometheus", ttl=lifetime),
        "trial_token": issuer.token(client="trial-user", ttl=lifetime),
    }
    new = {name: text for name, text in once.items() if not (folder / name).exists()} | always
    for name, text in new.items():
        write_atomically(folder / name, text, mode=FOR_CONTAINERS)
    return sorted(new)
