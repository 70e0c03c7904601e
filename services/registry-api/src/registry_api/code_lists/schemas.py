"""Code lists as the API shows them."""

from pydantic import BaseModel, Field


class LabelledCode(BaseModel):
    """A code and its labels 代码."""

    code: str = Field(description="What the API uses 代码")
    zh: str = Field(description="Chinese label 中文名称")
    en: str = Field(description="English label 英文名称")


class CodeListOut(BaseModel):
    """A code list 代码表."""

    name: str = Field(description="Its name 表名")
    title_zh: str = Field(description="Chinese title 中文标题")
    title_en: str = Field(description="English title 英文标题")
    values: list[LabelledCode] = Field(description="Its codes 代码")


class CodeLists(BaseModel):
    """All code lists 全部代码表."""

    items: list[CodeListOut] = Field(description="代码表")
