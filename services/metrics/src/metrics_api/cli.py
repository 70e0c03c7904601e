"""The command `metrics`: serve · follow · migrate · openapi."""

from metrics_api.factory import migrations
from metrics_api.main import build, build_follower
from metrics_api.settings import MetricsSettings
from servicekit.cli import serve_app, service_cli
from servicekit.logs import configure_logs
from servicekit.settings import ServiceSettings


def _own(settings: ServiceSettings) -> MetricsSettings:
    """The settings as this service's own; the common command line only knows them as settings."""
    assert isinstance(settings, MetricsSettings)
    return settings


app = service_cli(
    "metrics",
    "Counts how far the social organizations are covered by Party building.",
    MetricsSettings,
    lambda settings: build(_own(settings)),
    lambda settings: migrations(_own(settings)),
)


@app.command()
def follow() -> None:
    """Follow the registry and the router until SIGTERM; a second copy waits as standby."""
    settings = MetricsSettings()
    configure_logs("metrics-follow", settings.log_level, settings.log_format)
    serve_app(build_follower(settings), settings, settings.follow_port)
