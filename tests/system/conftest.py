"""The real platform: five processes and a database server, on free ports."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from local_runner.platform import Platform
from local_runner.services import Ports


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that any account may enter: the database server does not run as root."""
    root = Path(tempfile.mkdtemp(prefix="platform-"))
    root.chmod(0o755)
    yield root
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def ports() -> Ports:
    """Ports nobody uses."""
    return Ports.free()


@pytest.fixture
async def platform(data_dir: Path, ports: Ports) -> AsyncIterator[Platform]:
    """A platform without data; what dies is started again."""
    async with Platform(data_dir, ports, durable=False) as started:
        yield started
    started.postgres.wipe()
