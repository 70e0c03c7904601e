"""Runs the platform from its images and compares it with processes: `make image-check`.

The demo city is loaded through both. Containers share this machine's network and listen on
loopback. Prints what it measures.
"""

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local_runner.cli import rule_set_file
from local_runner.keys.compose_secrets import TRIAL_ISSUER, TRIAL_KEY_PREFIX, write_secrets
from local_runner.keys.issuer import Issuer
from local_runner.loading.demo import whole_city
from local_runner.loading.load import Addresses, DemoLoad
from local_runner.loading.rest import Rest
from local_runner.platform import Platform
from local_runner.processes.ports import LOOPBACK, free_port
from local_runner.services import METRICS, REGISTRY, ROUTER, Ports

ROOT = Path(__file__).resolve().parents[2]
WORK = Path(os.environ["IMAGE_CHECK_DIR"])
PODMAN_COMPOSE = "podman-compose==1.6.0"
IMAGES = ("registry-api", "jurisdiction-router", "metrics")
PROCESSES = ("registry", "router", "metrics", "router-follow", "metrics-follow")
QUESTIONS = [
    {"indicator": indicator, "group_by": group_by}
    for indicator in ("organizational_coverage", "work_coverage")
    for group_by in ("kind", "body_kind", "district", "grade")
]
LOOK_AROUND = """
id -u; touch /x 2>&1; for tool in gcc make pip uv; do command -v $tool; done; true
"""
READY_SECONDS = 300
STOP_SECONDS = 30
STAGES = (
    ["postgres"],
    ["registry-migrate", "router-migrate", "metrics-migrate"],
    ["registry", "router", "metrics"],
    ["router-follow", "metrics-follow"],
)

PODMAN = [
    "podman",
    *("--storage-driver", "vfs", "--runtime", "runc", "--cgroup-manager", "cgroupfs"),
    *("--root", f"{WORK}/storage", "--runroot", f"{WORK}/run", "--log-level", "error"),
]


def podman(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """One podman command on the storage of this check."""
    return subprocess.run([*PODMAN, *arguments], check=check, capture_output=True, text=True)


def say(what: str) -> None:
    """One line with the time."""
    print(f"[{time.strftime('%T')}] {what}", flush=True)


class Compose:
    """`deploy/compose.yaml` on this machine's network, with ports and secrets of its own."""

    def __init__(self) -> None:
        self.registry, self.router, self.metrics = (free_port() for _ in range(3))
        self._secrets = WORK / "secrets"
        port = free_port()
        self._environment = {
            "REGISTRY_CONTAINER_PORT": self.registry,
            "ROUTER_CONTAINER_PORT": self.router,
            "METRICS_CONTAINER_PORT": self.metrics,
            "ROUTER_FOLLOW_CONTAINER_PORT": free_port(),
            "METRICS_FOLLOW_CONTAINER_PORT": free_port(),
            "POSTGRES_PORT": port,
            "REGISTRY_HOST": LOOPBACK,
            "ROUTER_HOST": LOOPBACK,
            "METRICS_HOST": LOOPBACK,
            "REGISTRY_URL": f"http://{LOOPBACK}:{self.registry}",
            "ROUTER_URL": f"http://{LOOPBACK}:{self.router}",
            "POSTGRES_IMAGE": "localhost/postgres:check",
            "REGISTRY_IMAGE": "localhost/registry-api:check",
            "ROUTER_IMAGE": "localhost/jurisdiction-router:check",
            "METRICS_IMAGE": "localhost/metrics:check",
        }
        shutil.rmtree(self._secrets, ignore_errors=True)
        write_secrets(self._secrets, f"{LOOPBACK}:{port}", "aes-256-gcm")
        self.issuer = Issuer(self._secrets / "trial-issuer", TRIAL_ISSUER, TRIAL_KEY_PREFIX)
        self._files = [ROOT / "deploy/compose.yaml", ROOT / "deploy/compose.host.yaml", self._own()]

    @property
    def addresses(self) -> Addresses:
        """Where the services are."""
        bases = [f"http://{LOOPBACK}:{port}" for port in (self.registry, self.router, self.metrics)]
        return Addresses(*bases)

    def _own(self) -> Path:
        """Over the others: the secrets' folder; a limit of open files that a sandbox allows."""
        names = [path.name for path in self._secrets.iterdir() if path.is_file()]
        document = {
            "secrets": {name: {"file": str(self._secrets / name)} for name in names},
            "services": {
                name: {"ulimits": {"nofile": {"soft": 4096, "hard": 4096}, "nproc": 4096}}
                for name in ("postgres", *PROCESSES, *(f"{s}-migrate" for s in PROCESSES[:3]))
            },
        }
        path = WORK / "compose.check.json"
        path.write_text(json.dumps(document))
        return path

    def run(self, *arguments: str) -> None:
        """One podman-compose command."""
        wrapper = WORK / "podman"
        wrapper.write_text(f'#!/bin/sh\nexec {" ".join(PODMAN)} "$@"\n')
        wrapper.chmod(0o755)
        found = shutil.which("podman-compose")
        program = (
            [found] if found else ["uv", "tool", "run", "--from", PODMAN_COMPOSE, "podman-compose"]
        )
        files = [part for path in self._files for part in ("-f", str(path))]
        log = (WORK / "compose.log").open("ab")
        subprocess.run(
            [*program, "--podman-path", str(wrapper), *files, *arguments],
            check=True, stdout=log, stderr=log,
            env={**os.environ, **{name: str(value) for name, value in self._environment.items()}},
        )  # fmt: skip

    def containers(self) -> dict[str, str]:
        """Compose service → container name."""
        listed = json.loads(podman("ps", "-a", "--format", "json").stdout or "[]")
        return {c["Labels"]["com.docker.compose.service"]: c["Names"][0] for c in listed}

    @contextmanager
    def up(self) -> Iterator[None]:
        """Everything up; down at the end, data and all."""
        try:
            for stage in STAGES:
                self.run("up", "-d", "--no-build", "--no-deps", *stage)
                for service in stage:
                    self._wait(service)
            yield
        finally:
            self.run("down", "-v")

    def _wait(self, service: str) -> None:
        """Until it is healthy, or has done its work.

        compose.yaml asks for this order by itself; podman leaves health checks to systemd, and
        podman-compose passes over them where that is not: so the check asks.
        """
        name = self.containers()[service]
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_there(service, name):
            if time.monotonic() > deadline:
                raise SystemExit(f"{service} did not become ready:\n{self.logs(name)}")
            time.sleep(0.5)

    def _is_there(self, service: str, name: str) -> bool:
        if not service.endswith("-migrate"):
            return podman("healthcheck", "run", name, check=False).returncode == 0
        state = json.loads(podman("inspect", "--format", "{{json .State}}", name).stdout)
        if state["Status"] == "exited" and state["ExitCode"] != 0:
            raise SystemExit(f"{service} failed:\n{self.logs(name)}")
        return bool(state["Status"] == "exited")

    @staticmethod
    def logs(name: str) -> str:
        """The last lines of a container."""
        said = podman("logs", "--tail", "20", name, check=False)
        return said.stdout + said.stderr


def check_images() -> None:
    """Each image by itself: who it runs as, what is not in it, what it says of its API."""
    for image in IMAGES:
        run = ["run", "--rm", "--network", "host", "--read-only", "--ulimit", "nofile=4096:4096",
               "--ulimit", "nproc=4096:4096"]  # fmt: skip
        name = f"localhost/{image}:check"
        looked = podman(*run, "--entrypoint", "sh", name, "-c", LOOK_AROUND)
        lines = looked.stdout.splitlines()
        assert lines[0] == "10001", lines
        assert "Read-only file system" in lines[1], lines
        assert not lines[2:], f"{image} holds {lines[2:]}"
        document = podman(*run, name, "openapi").stdout
        assert document == (ROOT / f"openapi/{image}.yaml").read_text(), f"{image}: another API"
        say(f"{image}: user 10001, read-only, no tools to build with, the committed API")


async def coverage(rest: Rest, at: Addresses) -> list[Any]:
    """What metrics says to each question, but for where and when it was asked."""
    answers = [await rest.get(f"{at.metrics}/v1/coverage", **question) for question in QUESTIONS]
    return [{"total": answer["total"], "groups": answer["groups"]} for answer in answers]


async def loaded(at: Addresses, issuer: Issuer, folder: Path) -> list[Any]:
    """The coverage after the demo city was loaded."""
    rest, approver = (
        Rest(lambda client=client: issuer.token(client=client, ttl=600))  # type: ignore[misc]
        for client in ("image-check", "image-check-approver")
    )
    try:
        load = DemoLoad(rest, approver, at, whole_city(), folder, rule_set_file())
        await load.run(lambda *_: None)
        return await coverage(rest, at)
    finally:
        await rest.close()
        await approver.close()


async def from_processes(folder: Path) -> list[Any]:
    """The same from processes of this machine, as `make run` has them."""
    platform = Platform(folder, Ports.free(), durable=False)
    try:
        async with platform:
            at = Addresses(*(platform.url(each) for each in (REGISTRY, ROUTER, METRICS)))
            return await loaded(at, platform.issuer, platform.data_dir.demo)
    finally:
        platform.postgres.wipe()


def stop_all(compose: Compose) -> None:
    """Each process ends by itself, with status 0, when it is told to."""
    names = compose.containers()
    for process in reversed(PROCESSES):
        began = time.monotonic()
        podman("stop", "--time", str(STOP_SECONDS), names[process])
        status = podman("inspect", "--format", "{{.State.ExitCode}}", names[process]).stdout.strip()
        say(f"{process}: SIGTERM, ended with {status} after {time.monotonic() - began:.1f} s")
        assert status == "0", f"{process} ended with {status}"


def main() -> None:
    """Check the images, run them together, load, compare, stop."""
    check_images()
    compose = Compose()
    began = time.monotonic()
    with compose.up():
        say(f"up and healthy after {time.monotonic() - began:.0f} s")
        shutil.rmtree(WORK / "demo", ignore_errors=True)
        (WORK / "demo").mkdir()
        began = time.monotonic()
        seen = asyncio.run(loaded(compose.addresses, compose.issuer, WORK / "demo"))
        say(f"demo city loaded through the images in {time.monotonic() - began:.0f} s")
        stop_all(compose)
    with tempfile.TemporaryDirectory(prefix="image-check-") as folder:
        Path(folder).chmod(0o755)  # the database server runs as another account
        expected = asyncio.run(from_processes(Path(folder)))
    assert seen == expected, "the coverage differs from that of processes"
    total = seen[0]["total"]
    say(f"{len(QUESTIONS)} answers equal those of processes; organizational coverage {total}")


if __name__ == "__main__":
    main()
