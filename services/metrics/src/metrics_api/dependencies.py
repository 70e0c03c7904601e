"""What routes depend on: the services that answer."""

from typing import Annotated

from fastapi import Depends, Request

from metrics_api.factory import Factory


def services_of(request: Request) -> Factory:
    """The factory of this app, which makes each service once."""
    factory: Factory = request.app.state.factory
    return factory


async def _services(request: Request) -> Factory:
    return services_of(request)


Services = Annotated[Factory, Depends(_services)]
