"""The smallest organizations the tests need."""

from typing import Any

from stdnum.cn import uscc

State = dict[str, Any]


def credit_code(number: int, kind_class: str = "52", division: str = "440303") -> str:
    """A valid credit code with the given serial number."""
    body = f"{kind_class}{division}{number:09d}"
    return body + str(uscc.calc_check_digit(body))


def hospital(number: int = 1, **changes: Any) -> State:
    """A private hospital in 罗湖区桂园街道, as a caller registers it in 2016."""
    return {
        "credit_code": credit_code(number),
        "name": f"罗湖区晨曦医院{number}",
        "kind": "private_nonenterprise",
        "institution_type": "private_hospital",
        "category": "health",
        "registration": {
            "mode": "dual",
            "level": "district",
            "authority": {"name": "罗湖区民政局", "division_code": "440303"},
            "registered_on": "2016-03-01",
        },
        "business_supervisor": {"name": "罗湖区卫生局", "system": "health"},
        "licence_issuer": "health",
        "domicile": {"division_code": "440303001", "address": "桂园路1号"},
        "full_time_staff": 40,
        "charter": {"state": "included", "on": "2016-03-01"},
        "party": {"full_members": 2, "probationary_members": 1},
        **changes,
    }
