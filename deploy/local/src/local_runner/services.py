"""The processes of the platform: their programs, ports, databases and environment."""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_runner.errors import MissingToolError
from local_runner.keys.issuer import AUDIENCE, ISSUER
from local_runner.processes.ports import LOOPBACK, free_port

REMEDY = "run `make setup` to install the project's dependencies"
GRACE_SECONDS = 8
POOL_SIZE = 10  # connections per pool: five processes share one server's 200


@dataclass(frozen=True)
class Service:
    """A service as the runner sees it."""

    program: str
    package: str
    prefix: str
    """Of its environment variables."""
    database: str
    scopes: tuple[str, ...] = ()
    """What its token for calls to other services allows."""

    @property
    def port_variable(self) -> str:
        """The variable by which the user moves its port."""
        return f"{self.prefix}_PORT"


REGISTRY = Service("registry-api", "registry_api", "REGISTRY", "registry")
ROUTER = Service(
    "jurisdiction-router", "jurisdiction_router", "ROUTER", "router", ("registry:read",)
)
METRICS = Service("metrics", "metrics_api", "METRICS", "metrics", ("registry:read", "router:read"))
SERVICES = (REGISTRY, ROUTER, METRICS)
FOLLOWERS = (ROUTER, METRICS)


@dataclass(frozen=True)
class Ports:
    """Where the three APIs listen; the followers' health ports are nobody's business."""

    registry: int = 8001
    router: int = 8002
    metrics: int = 8003
    router_follow: int = field(default_factory=free_port)
    metrics_follow: int = field(default_factory=free_port)

    @classmethod
    def free(cls) -> "Ports":
        """Free ports for all, for tests."""
        return cls(free_port(), free_port(), free_port())

    def serve(self, service: Service) -> int:
        """The port of a service's API."""
        return {REGISTRY: self.registry, ROUTER: self.router, METRICS: self.metrics}[service]

    def follow(self, service: Service) -> int:
        """The health port of a service's follower."""
        return {ROUTER: self.router_follow, METRICS: self.metrics_follow}[service]

    def url(self, service: Service) -> str:
        """The base address of a service's API."""
        return f"http://{LOOPBACK}:{self.serve(service)}"


def package_folder(service: Service) -> Path:
    """Where the package of a service lies; it is not imported for that.

    Raises:
        MissingToolError: it is not installed.
    """
    spec = importlib.util.find_spec(service.package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        return Path(folder)
    raise MissingToolError(f"The package {service.package}", REMEDY)


def schema_digest(service: Service) -> str:
    """A digest of the migrations that a service is shipped with."""
    digest = hashlib.sha256()
    for path in sorted((package_folder(service) / "migrations").rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def program(service: Service) -> Path:
    """The console script of a service, beside the interpreter that runs us.

    Raises:
        MissingToolError: it is not installed.
    """
    path = Path(sys.executable).parent / service.program
    if not path.exists():
        raise MissingToolError(f"The program {service.program}", REMEDY)
    return path


def environment(
    service: Service,
    ports: Ports,
    *,
    database_url: str,
    jwks_file: Path,
    token_file: Path,
    key_ring_file: Path,
    inherited: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """What the processes of a service are told.

    The user's own variables pass through (say REGISTRY_LOG_LEVEL), but for those that make one
    machine's processes fit together.
    """
    prefix = service.prefix
    wired = {
        f"{prefix}_DATABASE_URL": database_url,
        f"{prefix}_HOST": LOOPBACK,
        f"{prefix}_PORT": str(ports.serve(service)),
        f"{prefix}_JWKS_FILE": str(jwks_file),
        f"{prefix}_ISSUER": ISSUER,
        f"{prefix}_AUDIENCE": AUDIENCE,
        f"{prefix}_SHUTDOWN_GRACE_SECONDS": str(GRACE_SECONDS),
    }
    if service in FOLLOWERS:
        wired[f"{prefix}_FOLLOW_PORT"] = str(ports.follow(service))
        wired[f"{prefix}_SERVICE_TOKEN_FILE"] = str(token_file)
        wired[f"{prefix}_REGISTRY_URL"] = ports.url(REGISTRY)
    if service is not ROUTER:
        wired[f"{prefix}_ROUTER_URL"] = ports.url(ROUTER)
    if service is METRICS:
        wired[f"{prefix}_REGISTRY_PUBLIC_URL"] = ports.url(REGISTRY)
        wired[f"{prefix}_ROUTER_PUBLIC_URL"] = ports.url(ROUTER)
    defaults = {f"{prefix}_POOL_SIZE": str(POOL_SIZE)}
    if service is REGISTRY:
        defaults["REGISTRY_KEY_RING_FILE"] = str(key_ring_file)
    # Compiling is most of a first start; it shall not be done again at every start.
    python = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": ""}
    # A proxy of the user's network must not stand between processes of one machine.
    no_proxy = ",".join(filter(None, [inherited.get("NO_PROXY"), LOOPBACK, "localhost"]))
    proxy = {"NO_PROXY": no_proxy, "no_proxy": no_proxy}
    return {**defaults, **inherited, **wired, **python, **proxy}
