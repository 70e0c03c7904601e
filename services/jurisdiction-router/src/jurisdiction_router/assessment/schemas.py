"""The follower's state as it goes out."""

from pydantic import BaseModel, Field


class ParkedSubject(BaseModel):
    """A subject whose events could not be applied 暂存主体."""

    subject: str = Field(description="主体")
    position: int = Field(description="Its first waiting position 位置")
    events: int = Field(description="Waiting events 事件数")
    attempts: int = Field(description="重试次数")
    error: str = Field(description="错误")
    parked_at: str = Field(description="RFC 3339")


class FeedStatus(BaseModel):
    """How far a feed is followed 跟随进度."""

    feed: str = Field(description="来源")
    position: int = Field(description="Last position applied 已处理位置")
    head: int = Field(description="Last position heard of 账本末尾位置")
    lag: int = Field(description="Positions to go 差距")
    updated_at: str | None = Field(description="RFC 3339")
    parked: list[ParkedSubject] = Field(description="At most 100 暂存主体")
