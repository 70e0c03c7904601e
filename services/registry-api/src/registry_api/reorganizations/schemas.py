"""What reorganizations take in and give out."""

from uuid import UUID

from pydantic import BaseModel, Field

from registry_api.organizations.schemas import Organization, Reason, _In


class ReorganizationOut(BaseModel):
    """Who took part in a merger or split, as they are now 合并、分立结果."""

    predecessors: list[Organization] = Field(description="In the order they were sent 前身")
    successors: list[Organization] = Field(description="Known ones first, then new ones 承继组织")


class VoidIn(_In):
    """登记有误作废."""

    reason: Reason = Field(description="Told to whoever asks for the organization 原因")


class VoidOut(BaseModel):
    """An organization that never was 已作废的登记."""

    id: UUID = Field(description="Its id, never used again 编号")
    revision: int = Field(description="Its last revision 版本")
    reason: str = Field(description="Why it is void 原因")
