"""Sparse documents."""

import pytest

from registry_api.domain.document_fields import parse_fields
from registry_api.domain.organization import complete
from servicekit.errors import Refusal

DOCUMENT = {
    "id": "1",
    "revision": 2,
    **complete({"name": "晨曦", "kind": "foundation", "party": {"full_members": 3}}),
}


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ("", {}),
        ("name, credit_code", {"name": "晨曦", "credit_code": None}),
        ("party.full_members", {"party": {"full_members": 3}}),
        ("party.organization.form", {"party": {"organization": None}}),
        ("grade,grade.level", {"grade": None}),
        ("charter.state,charter", {"charter": {"state": "none", "wording": None, "on": None}}),
    ],
)
def test_fields_keep_their_places_and_id_and_revision_come_along(
    fields: str, shown: dict[str, object]
) -> None:
    assert parse_fields(fields).project(DOCUMENT) == {"id": "1", "revision": 2, **shown}


def test_each_unknown_field_is_named() -> None:
    with pytest.raises(Refusal) as refused:
        parse_fields("name,nickname,party.size")
    assert [v.value for v in refused.value.violations] == ["nickname", "party.size"]
