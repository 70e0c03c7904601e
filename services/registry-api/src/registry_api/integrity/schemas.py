"""Proofs as the API shows them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class HeadOut(BaseModel):
    """Where the ledger ends 账本末尾."""

    position: int = Field(description="Last position, 0 when empty 位置")
    digest: str = Field(description="Chain up to it, hex 链式摘要")
    digest_algorithm: Literal["sha256", "sm3"] = Field(description="Hash of the chain 摘要算法")
    recorded_at: datetime | None = Field(description="When it was recorded 登记时间")


class AreaDigestOut(BaseModel):
    """Count and digest of an area's organizations 区划摘要."""

    area: str = Field(description="The division 区划")
    position: int = Field(description="As known at this position of the ledger 知悉位置")
    count: int = Field(description="Organizations 社会组织数")
    digest: str = Field(description="Hex 摘要")
    digest_algorithm: Literal["sha256", "sm3"] = Field(description="Its hash 摘要算法")
