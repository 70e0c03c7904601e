"""What freshness says, described for the specification."""

from datetime import datetime

from pydantic import BaseModel, Field

from metrics_api.answers.schemas import Positions


class EditionDocument(BaseModel):
    """An edition 版本."""

    edition: int = Field(description="Number 版本号")
    positions: Positions = Field(description="Ledger positions 账本位置")
    recorded_at: datetime | None = Field(description="When it was recorded 记录时间")


class FeedDocument(BaseModel):
    """How far one feed is followed 变更订阅进度."""

    position: int = Field(description="Last position applied 已处理位置")
    head: int = Field(description="Last position of the feed 账本末尾")
    lag_positions: int = Field(description="Positions between them 落后条数")
    lag_seconds: float | None = Field(
        description="How long the next event has waited; null while unreachable 落后秒数"
    )
    parked: int = Field(description="Subjects set aside because an event failed 搁置主体数")
    reachable: bool = Field(description="Whether the feed could be asked now 是否可达")


class FreshnessDocument(BaseModel):
    """How fresh the answers are 数据新鲜度."""

    edition: int = Field(description="Edition that answers come from 服务版本")
    positions: Positions = Field(description="Ledger positions in that edition 账本位置")
    recorded: EditionDocument = Field(description="Newest edition in the database 已记录版本")
    feeds: dict[str, FeedDocument] = Field(description="By feed: registry, router 各订阅")
