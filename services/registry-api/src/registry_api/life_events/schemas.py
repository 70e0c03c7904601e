"""What life events take in and give out."""

from typing import Any

from pydantic import Field

from registry_api.core.field_types import CivilDate
from registry_api.organizations.schemas import Organization, Reason, _In


class AmendmentIn(_In):
    """变更登记, and corrections about an earlier date."""

    effective_on: CivilDate = Field(description="From this day on the change holds 生效日期")
    reason: Reason | None = Field(None, description="Kept in the ledger 原因")
    change: dict[str, Any] = Field(
        description="RFC 7396 merge patch of the organization; null empties a field 变更内容",
        examples=[{"full_time_staff": 12}],
    )


class OrganizationAfterEvent(Organization):
    """The organization after an event, and what the event came to 事件后的社会组织."""

    outcome: dict[str, Any] | None = Field(
        description="Such as a veto with its grounds; null where there is nothing to tell 结果"
    )
