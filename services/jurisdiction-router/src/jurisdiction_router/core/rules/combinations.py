"""Which values of two facts exclude each other, so that no organization has both.

The register takes what it is told, and real records do contradict themselves; but what is *offered*
as a change of one fact must be an organization that can be. Only what follows from a definition is
listed: a combination that is merely rare can be. Each line names where it comes from.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from jurisdiction_router.core.rules.facts import (
    INSTITUTION_TYPES,
    KINDS,
    LEVELS,
    MODES,
    NONE,
    POSITIONS,
    SYSTEMS,
    level_of,
)

_SCHOOLS: Final = frozenset(
    {"private_university", "private_school", "private_kindergarten", "training_institution"}
)
_CLINICS: Final = frozenset(
    {"private_hospital", "private_clinic", "outpatient_department", "community_health_station"}
)
_ASSOCIATIONS: Final = frozenset(
    {
        "religious_association",
        "bar_association",
        "accountancy_association",
        "trade_association",
        "hometown_chamber",
    }
)
_Values = frozenset[str]
_EXCLUDED: Final[tuple[tuple[str, _Values, str, _Values], ...]] = (
    # 民办非企业单位登记管理暂行条例 (1998), art. 2: schools, hospitals, homes run privately.
    (
        "institution_type",
        _SCHOOLS | _CLINICS | {"welfare_institution"},
        "kind",
        KINDS - {"private_nonenterprise"},
    ),
    # 社会团体登记管理条例 (2016), art. 2: they consist of members.
    ("institution_type", _ASSOCIATIONS, "kind", KINDS - {"social_association"}),
    # 基金会管理条例 (2004), art. 6: registered by a department of civil affairs; never filed.
    ("institution_type", frozenset({"community_organization"}), "kind", frozenset({"foundation"})),
    # 双重管理 is to have a business supervisor; 直接登记 and 脱钩 are to have none.
    ("mode", frozenset({"dual"}), "supervisor_system", frozenset({NONE})),
    ("mode", frozenset({"direct", "decoupled"}), "supervisor_system", SYSTEMS),
    # 备案 is of community organizations, by the district or the street; whoever registers is a
    # department of civil affairs of a county or above (社会团体登记管理条例, art. 6).
    (
        "mode",
        frozenset({"filing"}),
        "institution_type",
        INSTITUTION_TYPES - {"community_organization", "general"},
    ),
    ("mode", frozenset({"filing"}), "level", LEVELS - {"district", "street"}),
    ("mode", MODES - {"filing"}, "level", frozenset({"street"})),
    # 行业协会商会与行政机关脱钩 (2015): only they are decoupled.
    (
        "mode",
        frozenset({"decoupled"}),
        "institution_type",
        _SCHOOLS | _CLINICS | {"welfare_institution", "religious_association"},
    ),
    # 办学许可 is of schools (vocational ones by 人社部门), 医疗机构执业许可 of clinics.
    ("institution_type", _SCHOOLS, "licence_issuer", frozenset({"health"})),
    ("institution_type", _CLINICS, "licence_issuer", frozenset({"education", "human_resources"})),
    # The committee of a sector leads the organizations of that sector.
    ("institution_type", _SCHOOLS, "affiliation", frozenset({"district_health_committee"})),
    ("institution_type", _CLINICS, "affiliation", frozenset({"district_education_committee"})),
)
"""(attribute, values, other attribute, values of it that none of the former can go with)."""

_Exclusions = Mapping[int, Mapping[str, frozenset[str]]]


def _by_attribute() -> Mapping[str, _Exclusions]:
    by_attribute: dict[str, dict[int, dict[str, frozenset[str]]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for one, values, other, excluded in _EXCLUDED:
        for attribute, others, others_values, own in (
            (one, other, excluded, values),
            (other, one, values, excluded),
        ):
            table = by_attribute[attribute][POSITIONS[others]]
            for value in others_values:
                table[value] = table.get(value, frozenset()) | own
    return by_attribute


_BY_ATTRIBUTE: Final = _by_attribute()


def excluded_values(attributes: tuple[str | None, ...], attribute: str) -> frozenset[str]:
    """Return the values of `attribute` that the others of `attributes` exclude.

    Nothing is excluded by what is missing. The level is bound by the authority, too: `levels_at`.
    """
    excluded: frozenset[str] = frozenset()
    for position, table in _BY_ATTRIBUTE.get(attribute, {}).items():
        value = attributes[position]
        if value is not None:
            excluded |= table.get(value, frozenset())
    return excluded


def levels_at(registering: str | None) -> frozenset[str]:
    """Return the levels at which an authority with this division code can register or file.

    By GB 32100-2015 the code says it: 100000 national, xx0000 provincial, xxxx00 municipal; a
    district registers, and its streets file. Without a code, or with none of ours, all of them.
    """
    level = level_of(None, registering)
    if level is None:
        return LEVELS
    return frozenset({"district", "street"}) if level == "district" else frozenset({level})
