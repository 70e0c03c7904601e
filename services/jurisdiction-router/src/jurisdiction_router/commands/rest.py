"""Asking a running router by REST; a refusal is told in its own words."""

from typing import Annotated, Any

import httpx
import typer

Url = Annotated[str, typer.Option(envvar="ROUTER_URL", help="Base address of the router")]
Token = Annotated[
    str,
    typer.Option(
        envvar="ROUTER_TOKEN",
        help="Bearer token with router:read (or router:write)",
        show_default=False,
    ),
]
DEFAULT_URL = "http://127.0.0.1:8002"


def ask(client: httpx.Client, method: str, path: str, **request: Any) -> Any:
    """The JSON of an answer. Exit status 1, with the problem told, for any other."""
    try:
        answer = client.request(method, path, **request)
    except httpx.HTTPError as error:
        typer.echo(f"{client.base_url}: {error}", err=True)
        raise typer.Exit(1) from None
    if answer.is_success:
        return answer.json()
    try:
        problem = answer.json()
        message = f"{problem['title']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        message = answer.text[:200]
    typer.echo(f"{answer.status_code} {message}", err=True)
    raise typer.Exit(1)


def client(url: str, token: str, language: str = "en") -> httpx.Client:
    """A client with the token, for a router at `url`, which hears problems in a language."""
    headers = {"authorization": f"Bearer {token}", "accept-language": language}
    return httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)
