"""What goes out, described for the specification; rates are shares of one, six decimals."""

from datetime import date, datetime

from pydantic import BaseModel, Field


class Wording(BaseModel):
    """A text in both languages 中英文."""

    zh: str = Field(description="Chinese 中文")
    en: str = Field(description="English 英文")


class Positions(BaseModel):
    """How much of each ledger is included 已包含的账本位置."""

    registry: int = Field(description="Position in the registry's ledger 登记账本位置")
    router: int = Field(description="Position in the router's ledger 归口账本位置")


class Divisors(BaseModel):
    """What whole figures are to be divided by, 1 of counts 计数除数.

    A joint Party organization of n units counts 1/n at each of them: over a denominator of 6, 9567
    are 1594.5 Party organizations, exactly.
    """

    numerator: int = Field(ge=1, description="Of numerators 分子除数")
    denominator: int = Field(ge=1, description="Of denominators 分母除数")


class Tally(BaseModel):
    """How many, of how many 计数."""

    numerator: int = Field(description="Organizations that count 分子")
    denominator: int = Field(description="Organizations asked about 分母")
    rate: float | None = Field(
        description="Numerator ÷ denominator, each over its divisor; null of nobody 比率"
    )


class CountedIndicator(BaseModel):
    """An indicator as it was counted 所用指标."""

    version: int = Field(description="Changes when the same facts could give another number 版本")
    digest: str = Field(description="SHA-256 of what it counts: predicates, numbers 定义摘要")


class DecidingRuleSet(BaseModel):
    """A rule set that decided who supervises 所用归口规则."""

    id: str = Field(description="Id in the router 规则集编号")
    digest: str | None = Field(description="Digest of its text 规则集摘要")


class ReceiptDocument(BaseModel):
    """What the answer rests on; `request` asked again gives the same bytes 凭据."""

    edition: int = Field(description="Knowledge the answer rests on 版本")
    positions: Positions = Field(description="Ledger positions in that edition 账本位置")
    recorded_at: datetime | None = Field(description="When that edition was recorded 记录时间")
    indicators: dict[str, CountedIndicator] = Field(description="What was counted 指标")
    rule_sets: list[DecidingRuleSet] = Field(
        description="Rule sets in force on the days that were counted 归口规则集"
    )
    areas: list[str] | None = Field(
        description="Division-code prefixes the caller is limited to; null for no limit 授权区划"
    )
    request: str = Field(description="The same question with nothing left open 可重复的请求")
    digest: str = Field(
        description="SHA-256 (hex) of the answer's bytes without this member and the comma before "
        "it 摘要"
    )


class NamedArea(BaseModel):
    """An area 区划."""

    code: str = Field(description="Division code 所在区划代码")
    name: str | None = Field(
        description="Name on that day, null where the directory lacks it 所在区划"
    )


class NamedDistrict(BaseModel):
    """The district above an area 所在区."""

    code: str = Field(description="Division code 所在区代码")
    name: str | None = Field(
        description="Name on that day, null where the directory lacks it 所在区"
    )


class NamedBody(BaseModel):
    """A supervising body 管理主体."""

    id: str = Field(description="Id in the directory 管理主体编号")
    kind: str | None = Field(description="Its kind 管理主体类型")
    name: str | None = Field(description="Name on that day 管理主体")


class FactShown(BaseModel):
    """A fact that decides 决定性事实."""

    field: str = Field(description="Which fact, as predicates name it 字段")
    value: str | int | bool | date | None = Field(
        description="Its value; null is unknown or none 取值"
    )


class MemberLinks(BaseModel):
    """Where to read on: as of that day, as known at that edition 相关链接."""

    registry: str = Field(description="The organization in registry-api 登记信息")
    decision: str = Field(description="Who supervises it, and why, in jurisdiction-router 归口判定")


class ListedOrganization(BaseModel):
    """What every list says of an organization, after what it lists it for 名单条目."""

    kind: str | None = Field(description="Kind 类别")
    grade: str | None = Field(description="Grade; null where never evaluated 等级")
    area: NamedArea | None = Field(description="Where it counts 所在区划")
    district: NamedDistrict | None = Field(description="The district above 所在区")
    body: NamedBody | None = Field(description="Who supervises it 管理主体")
    links: MemberLinks = Field(description="Where to read on 相关链接")
