"""Whatever is sent, the answer is a problem that says how to mend it, and never a 5xx."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

JSON = {"content-type": "application/json"}


@pytest.fixture
def client(standing_client: httpx.AsyncClient) -> httpx.AsyncClient:
    """What the ledger holds makes no difference here."""
    return standing_client


async def post(client: httpx.AsyncClient, body: bytes | str) -> httpx.Response:
    """A note as raw bytes."""
    return await client.post("/v1/notes", content=body, headers=JSON)


def errors(answer: httpx.Response) -> dict[str, str]:
    """The rules an answer names, by pointer."""
    return {error["pointer"]: error["rule"] for error in answer.json()["errors"]}


async def test_a_good_note_is_written(client: httpx.AsyncClient) -> None:
    answer = await post(client, '{"subject": "\\ud840\\udc00 𠀀 \\\\u0000 \\\\ud800"}')
    assert answer.status_code == 201
    assert answer.json()["revision"] > 0


async def test_every_value_at_fault_is_listed(client: httpx.AsyncClient) -> None:
    body = {"number": "x", "ratio": [], "on": "2016-02-30", "tags": ["a", 1], "a/b~c": 1}
    answer = await client.post("/v1/notes", json=body, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert errors(answer) == {
        "/subject": "missing",
        "/number": "int_parsing",
        "/ratio": "float_type",
        "/on": "date_from_datetime_parsing",
        "/tags/1": "string_type",
        "/a~1b~0c": "extra_forbidden",
    }
    document = answer.json()
    assert document["type"] == "https://social-organizations.example/problems/invalid-request"
    assert document["instance"] == "/v1/notes"
    assert document["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-language"] == "en"


@pytest.mark.parametrize(
    ("sent", "language"),
    [(None, "zh-CN"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("zh-Hans,en;q=0.8", "zh-CN"),
     ("fr", "zh-CN"), ("en;q=0.2, zh;q=0.1", "en"), ("en, zh", "zh-CN"), ("en;q=x", "zh-CN"),
     ("en;q=0", "zh-CN"), ("*", "zh-CN"), (";;,,q=", "zh-CN"), ("en;Q=0.3", "en")],
)  # fmt: skip
async def test_problems_speak_the_callers_language(
    sent: str | None, language: str, client: httpx.AsyncClient
) -> None:
    client.headers.pop("accept-language", None)
    answer = await client.get(
        "/v1/nothing", headers={"accept-language": sent} if sent is not None else {}
    )
    assert answer.status_code == 404
    assert answer.headers["content-language"] == language
    assert answer.json()["title"] == ("Not found" if language == "en" else "不存在")


BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 422),
    "half": (b'{"subject": "a', 400),
    "two": (b"{}{}", 400),
    "not UTF-8": (b'{"subject": "\xff"}', 400),
    "GBK": ('{"subject": "党"}'.encode("gbk"), 400),
    "UTF-16": ('{"subject": "a"}'.encode("utf-16"), 422),
    "deep list": (b"[" * 30_000, 400),
    "deep and closed": (b"[" * 20_000 + b"]" * 20_000, 400),
    "rather deep": (b'{"subject": ' + b"[" * 900 + b"]" * 900 + b"}", 422),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "a NUL": (b'{"subject": "a\0b"}', 422),
    "an escaped NUL": (b'{"subject": "a\\u0000b"}', 422),
    "a NUL after a backslash": (b'{"subject": "\\\\\\u0000"}', 422),
    "half a pair, high": (b'{"subject": "\\ud800"}', 422),
    "half a pair, low": (b'{"subject": "\\uDFFF"}', 422),
    "two halves in the wrong order": (b'{"subject": "\\udc00\\ud800"}', 422),
    "a half after an escaped backslash": (b'{"subject": "\\\\ud83d\\ude00"}', 422),
    "half a pair in a key": (b'{"\\ud800": 1}', 422),
    "half a pair where anything goes": (b'{"subject": "a", "any": {"b": ["\\udbff"]}}', 422),
    "half a pair in raw bytes": (b'{"subject": "\xed\xa0\x80"}', 422),
    "a large integer": (b'{"subject": ' + b"9" * 4000 + b"}", 422),
    "the largest integer": (b'{"subject": ' + b"9" * 5000 + b"}", 400),
    "an integer beyond 64 bits": (b'{"subject": 18446744073709551616}', 422),
    "not a number": (b'{"subject": NaN}', 422),
    "infinite": (b'{"subject": "a", "number": -Infinity}', 422),
    "overflowing": (b'{"subject": 1e999}', 422),
    "many mistakes": (b'{"tags": [' + b"1," * 30_000 + b"1]}", 422),
    "a long text": (b'{"number": "' + b"x" * 60_000 + b'"}', 422),
}


@pytest.mark.parametrize("name", BODIES)
async def test_answered_is_a_body_of(name: str, client: httpx.AsyncClient) -> None:
    body, status = BODIES[name]
    answer = await post(client, body)
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 200_000
    assert json.loads(answer.content)["errors"] or status == 400


async def test_values_are_echoed_shortly_and_exactly(client: httpx.AsyncClient) -> None:
    answer = await post(client, b'{"subject": 18446744073709551616, "number": 1.5}')
    shown = {error["pointer"]: error["value"] for error in answer.json()["errors"]}
    assert shown == {"/subject": "18446744073709551616", "/number": 1.5}
    answer = await post(client, b'{"subject": "a", "number": "' + b"x" * 1000 + b'"}')
    assert answer.json()["errors"][0]["value"] == "x" * 200 + "…"


async def test_a_body_that_is_no_json_points_nowhere(client: httpx.AsyncClient) -> None:
    answer = await post(client, b'{"subject"')
    assert answer.json()["type"].endswith("/malformed-json")
    assert errors(answer) == {"": "json_invalid"}


async def test_a_body_without_its_type_is_no_json(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/notes", content=b'{"subject": "a"}')
    assert answer.status_code == 422


async def chunks(count: int) -> AsyncIterator[bytes]:
    """A body whose length is not told."""
    for _ in range(count):
        yield b" " * 1024


async def test_a_body_has_a_limit(client: httpx.AsyncClient) -> None:
    for body in (b" " * (64 * 1024 + 1), chunks(65)):
        answer = await client.post("/v1/notes", content=body, headers=JSON)
        assert answer.status_code == 413
        assert "65536" in answer.json()["detail"]
    answer = await client.post("/v1/uploads", content=chunks(100))
    assert (answer.status_code, answer.json()) == (200, 102_400)


async def test_a_nul_in_an_address_is_malformed(client: httpx.AsyncClient) -> None:
    for path in ("/v1/notes?colour=%00", "/v1/%00"):
        assert (await client.get(path)).status_code == 400


async def test_what_takes_one_value_is_refused_when_it_is_repeated(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/v1/notes?colour=a&colour=b", "/v1/models?colour=a&colour=b"):
        answer = await client.get(path)
        assert answer.status_code == 422
        assert errors(answer) == {"/colour": "repeated_parameter"}
    assert (await client.get("/v1/models?colour=a")).status_code == 200


async def test_unknown_parameters_are_named(client: httpx.AsyncClient) -> None:
    for path in ("/v1/notes", "/v1/models"):
        assert (await client.get(path, params={"colour": "red"})).status_code == 200
        answer = await client.get(path, params={"color": "red", "x/y": "1"})
        assert answer.status_code == 400
        assert errors(answer) == {"/color": "unknown_parameter", "/x/y": "unknown_parameter"}
        assert "colour" in answer.json()["errors"][0]["detail"]
    assert (await client.get("/healthz?x=1")).status_code == 400


async def test_a_refusal_becomes_the_problem_its_table_names(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/gone", params={"what": "茶"})
    assert answer.status_code == 410
    assert answer.json()["detail"] == "茶 没有了。"
    assert answer.json()["what"] == "茶"
    assert (await client.get("/v1/notes?cursor=abc")).json()["type"].endswith("/invalid-cursor")


async def test_http_errors_are_problems(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/v1/notes")
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"] or "GET" in answer.headers["allow"]
    assert answer.json()["type"].endswith("/method-not-allowed")


async def test_a_bug_tells_its_id_and_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/bug", headers={"x-request-id": "abc-1"})
    assert answer.status_code == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "abc-1"
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text


async def test_a_lost_database_is_not_a_bug(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/slow")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert (await client.get("/v1/changes")).status_code == 200


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.binary(max_size=60)
    | st.text(alphabet='{}[]",:\\ud8d0f1e.-', max_size=40).map(str.encode)
    | st.dictionaries(
        st.sampled_from(["subject", "number", "ratio", "on", "tags", "any", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
        ),
    ).map(lambda value: json.dumps(value).encode())
)
async def test_no_body_reaches_a_5xx(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await post(client, body)
    assert answer.status_code in {201, 400, 422}, (body, answer.text)
    json.loads(answer.content)
