"""Consistency notices as the API shows them."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from registry_api.core.code_lists import Coded
from servicekit.http import Page

NoticeKind = Annotated[str, Coded("notice_kind")]


class NoticeOut(BaseModel):
    """Something that does not fit; reported, never fixed 一致性提示."""

    kind: NoticeKind = Field(description="Which rule 类别")
    pointer: str = Field(description="JSON pointer of the field at which it shows 字段")
    value: Any = Field(description="What stands there 值")
    facts: dict[str, Any] = Field(description="What it does not fit to 相关事实")
    detail: str = Field(description="In words, zh or en by Accept-Language 说明")


class NoticesOut(BaseModel):
    """An organization and the notices on it 社会组织及其提示."""

    id: UUID = Field(description="The organization 编号")
    revision: int = Field(description="Its revision 版本")
    name: str = Field(description="名称")
    credit_code: str | None = Field(description="统一社会信用代码")
    notices: list[NoticeOut] = Field(description="提示")


class NoticePageOut(Page[NoticesOut]):
    """A page of the work list 提示列表."""

    items: list[NoticesOut] = Field(description="In the order of ids; may be short 社会组织")
