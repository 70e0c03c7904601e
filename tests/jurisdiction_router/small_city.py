"""The smallest city in which every rule can be seen at work, and a private clinic in it."""

from datetime import date
from typing import Any

from jurisdiction_router.core.directory.directory import Area, Body, ParentEdge

LONG_AGO = date(2000, 1, 1)


CITY = "440300"


DISTRICT = "440303"


NEW_DISTRICT = "440309"


STREET = "440303001"


NEW_STREET = "440309001"


COMMUNITY = "440303001001"


def area(code: str, name: str, level: str) -> Area:
    """An area that has always been."""
    return Area(code, name, level, LONG_AGO)


def body(kind: str, code: str, name: str, system: str | None = None) -> Body:
    """A body that has always been."""
    return Body(
        f"{code}-{kind}{f'-{system}' if system else ''}", kind, name, code, system, LONG_AGO
    )


AREAS = [
    area("440000", "广东省", "province"),
    area(CITY, "深圳市", "city"),
    area(DISTRICT, "罗湖区", "district"),
    area(NEW_DISTRICT, "龙华新区", "district"),
    area(STREET, "桂园街道", "street"),
    area(NEW_STREET, "观湖街道", "street"),
    area(COMMUNITY, "大塘龙社区", "community"),
]


EDGES = [
    ParentEdge(CITY, "440000", LONG_AGO),
    ParentEdge(DISTRICT, CITY, LONG_AGO),
    ParentEdge(NEW_DISTRICT, CITY, LONG_AGO),
    ParentEdge(STREET, DISTRICT, LONG_AGO),
    ParentEdge(NEW_STREET, NEW_DISTRICT, LONG_AGO),
    ParentEdge(COMMUNITY, STREET, LONG_AGO),
]


BODIES = [
    body("city_education_work_committee", CITY, "市委教育工委"),
    body("city_health_work_committee", CITY, "市委卫生工委"),
    body("social_organization_committee", CITY, "市社会组织党委"),
    body("industry_committee", CITY, "市律师行业党委", "justice"),
    body("business_supervisor_committee", CITY, "市科协党组", "science"),
    body("joint_committee", CITY, "市行业协会联合党委"),
    body("district_education_committee", DISTRICT, "罗湖区教育系统党委"),
    body("district_health_committee", DISTRICT, "罗湖区卫生系统党委"),
    body("social_organization_committee", DISTRICT, "罗湖区社会组织党委"),
    body("two_new_work_committee", NEW_DISTRICT, "龙华新区两新组织党工委"),
    body("street_work_committee", STREET, "桂园街道党工委"),
    body("street_work_committee", NEW_STREET, "观湖街道党工委"),
    body("community_committee", COMMUNITY, "大塘龙社区党委"),
]


def organization(**changed: Any) -> dict[str, Any]:
    """An organization's state: a private clinic in 桂园街道, licensed by health."""
    return {
        "credit_code": None,
        "name": "某诊所",
        "kind": "private_nonenterprise",
        "institution_type": "private_clinic",
        "category": "health",
        "registration": {
            "mode": "dual",
            "level": "district",
            "authority": {"name": "罗湖区民政局", "division_code": "440303"},
            "registered_on": "2009-03-02",
        },
        "business_supervisor": {"name": "罗湖区卫计局", "system": "health"},
        "licence_issuer": "health",
        "affiliation": None,
        "domicile": {"division_code": "440303001", "address": "…"},
        "status": "active",
        **changed,
    }
