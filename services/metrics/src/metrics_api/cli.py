"""The command `metrics`: serve · follow · migrate · openapi."""

from metrics_api.factory import migrations
from metrics_api.main import build, build_follower, open_followers
from metrics_api.settings import MetricsSettings
from servicekit.cli import service_cli
from servicekit.follower_cli import add_follower_commands

app = service_cli(
    "metrics",
    "Counts how far the social organizations are covered by Party building.",
    MetricsSettings,
    build,
    migrations,
)

add_follower_commands(
    app,
    "metrics",
    MetricsSettings,
    build_follower,
    lambda settings: settings.follow_port,
    open_followers,
)
