"""The registry's commands."""

from registry_api.factory import SOURCE, migrations
from registry_api.main import build
from registry_api.settings import Settings
from servicekit.cli import service_cli

app = service_cli(
    SOURCE,
    "The register of social organizations (社会组织登记).",
    Settings,
    build,
    migrations,
)
