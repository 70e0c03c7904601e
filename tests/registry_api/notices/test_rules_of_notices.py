"""Each rule of the consistency notices, on both sides of its line."""

from datetime import date
from typing import Any

import pytest
from tests.registry_api.samples import credit_code, hospital

from registry_api.core.code_lists import code_lists
from registry_api.core.organization.state import complete
from registry_api.notices.rules import Circumstances, Notice, notices_of
from servicekit.errors import read_texts

TODAY = date(2017, 6, 14)
GRADE = {"level": "4A", "announced_on": "2016-05-01", "valid_until": "2017-06-14"}


def _notices(day: date = TODAY, others: tuple[str, ...] = (), **changes: Any) -> list[Notice]:
    return notices_of(complete(hospital(**changes)), Circumstances(day, others))


def _in(division: str) -> dict[str, Any]:
    return {"authority": {"division_code": division}, "registered_on": "2016-03-01"}


def test_an_organization_in_order_has_no_notices() -> None:
    assert _notices() == []


@pytest.mark.parametrize(
    ("changes", "kind", "pointer"),
    [
        (
            {"credit_code": credit_code(1, division="440304")},
            "code_division_differs",
            "/credit_code",
        ),
        ({"credit_code": credit_code(1, "53")}, "code_class_differs", "/credit_code"),
        (
            {"domicile": {"division_code": "440304001"}},
            "domicile_outside_authority",
            "/domicile/division_code",
        ),
        ({"grade": GRADE}, "grade_lapsed", "/grade/valid_until"),
        ({"credit_code_waiver": "证书原件如此"}, "code_waived", "/credit_code"),
        (
            {"party": {"organization": {"established_on": "2016-02-29"}}},
            "dates_out_of_order",
            "/party/organization/established_on",
        ),
        ({"others": ("another",)}, "duplicate_name", "/name"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(
    changes: dict[str, Any], kind: str, pointer: str
) -> None:
    (notice,) = _notices(**changes)
    assert (notice.kind, notice.pointer) == (kind, pointer)
    assert "{" not in notice.say("zh") + notice.say("en")


@pytest.mark.parametrize(
    ("day", "changes"),
    [
        (date(2017, 6, 13), {"grade": GRADE}),
        (TODAY, {"grade": {**GRADE, "level": "none"}}),
        (TODAY, {"grade": GRADE, "status": "deregistered"}),
        (TODAY, {"others": ("another",), "status": "revoked"}),
        (TODAY, {"credit_code": credit_code(1, "59")}),
        (TODAY, {"domicile": None}),
        (TODAY, {"charter": {"state": "included", "on": "2016-01-01"}}),
    ],
)
def test_what_fits_after_all_is_left_alone(day: date, changes: dict[str, Any]) -> None:
    assert _notices(day, **changes) == []


def test_a_city_authority_covers_its_districts_and_a_street_its_own() -> None:
    code = credit_code(1, division="440300")
    assert _notices(credit_code=code, registration=_in("440300")) == []
    assert _notices(registration=_in("440303001")) == []
    (notice,) = _notices(registration=_in("440303002"))
    assert notice.kind == "domicile_outside_authority"


def test_every_kind_has_words_and_a_label() -> None:
    texts = read_texts("registry_api", "notices")
    assert texts.keys() == code_lists()["notice_kind"].values.keys()


def test_a_kind_of_organization_is_said_by_its_label() -> None:
    (notice,) = _notices(credit_code=credit_code(1, "53"))
    assert "基金会" in notice.say("zh")
    assert "Foundation" in notice.say("en")
