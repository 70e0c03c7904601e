"""The one table of what the registry's refusals look like over HTTP."""

from dataclasses import replace

from registry_api.rule_words import RULE_WORDS
from servicekit.errors import (
    OUTSIDE_AREAS,
    ErrorTable,
    ProblemType,
    Text,
)

INVALID_ORGANIZATION = ProblemType(
    "invalid-organization",
    422,
    Text("社会组织信息不符合规则", "The organization breaks rules"),
    Text("请改正 errors 中列出的各项。", "Mend each item listed in errors."),
)
CODE_TAKEN = ProblemType(
    "code-taken",
    409,
    Text("代码已被登记", "The code is registered already"),
    Text(
        "{taken} 已属于另一社会组织；请先按代码查询。",
        "{taken} belongs to another organization; look it up by its code first.",
    ),
)
EVENT_NOT_POSSIBLE = ProblemType(
    "event-not-possible",
    409,
    Text("与当日情况不符", "The event does not fit what is true on its day"),
    Text("请核对 errors 中所列情况。", "Check what errors lists."),
)
ORGANIZATION_VOID = ProblemType(
    "organization-void",
    410,
    Text("该登记已作废", "The organization was entered in error"),
    Text(
        "作废时间 {voided_at}，原因：{reason}。作废前所知的情况可用 known_at 查询；"
        "确需登记的请重新办理成立登记。",
        "It is void since {voided_at}: {reason}. What was known before is read with known_at; "
        "register it anew if it exists after all.",
    ),
)
NAMES_NOT_CONFIGURED = ProblemType(
    "names-not-configured",
    409,
    Text("本系统未配置姓名加密密钥", "No keys to seal names with are configured"),
    Text(
        "请不要填写 name，或请运维配置 REGISTRY_KEY_RING_FILE。",
        "Leave name out, or ask the operators to set REGISTRY_KEY_RING_FILE.",
    ),
)
UNKNOWN_CANDIDATES = ProblemType(
    "unknown-candidates",
    422,
    Text("候选组织无法核对", "Candidates can't be told"),
    Text(
        "请改正 errors 中列出的候选组织；排名须包含全部候选组织，故未作排名。",
        "Correct the candidates that errors lists; nobody was ranked, because a ranking has all.",
    ),
)
UNKNOWN_FIELD = ProblemType(
    "unknown-field",
    400,
    Text("没有这样的字段", "There is no such field"),
    Text("请改正 fields 中列出的字段。", "Correct the fields that errors lists."),
)
CURSOR_EXPIRED = ProblemType(
    "cursor-expired",
    410,
    Text("游标已过期", "The cursor has expired"),
    Text(
        "自第一页以来已有超过 {most} 个社会组织发生变更；请从第一页重新开始，或按 id 排序。",
        "More than {most} organizations have changed since the first page; start again, or walk "
        "in the order of ids.",
    ),
)
UNKNOWN_CODE_LIST = ProblemType(
    "unknown-code-list",
    404,
    Text("没有这个代码表", "There is no such code list"),
    Text("代码表有：{known}。", "The code lists are: {known}."),
)
UPLOAD_TOO_LARGE = ProblemType(
    "upload-too-large",
    413,
    Text("文件过大", "The file is too large"),
    Text(
        "文件上限为 {limit} 字节；请拆分后分次导入。",
        "A file may have at most {limit} bytes; split it and import the parts.",
    ),
)
TOO_MANY_ROWS = ProblemType(
    "too-many-rows",
    422,
    Text("行数超出电子表格上限", "More rows than a sheet holds"),
    Text(
        "电子表格最多 {limit} 行；请加筛选条件，或导出为 csv。",
        "A sheet holds at most {limit} rows; filter, or export as csv.",
    ),
)
EMPTY_UPLOAD = ProblemType(
    "empty-upload",
    422,
    Text("文件为空", "The file is empty"),
    Text("请在请求体中发送文件内容。", "Send the file as the request's body."),
)
ROUTER_NOT_CONFIGURED = ProblemType(
    "router-not-configured",
    409,
    Text("本系统未接入归口服务", "This registry is not told where the router is"),
    Text(
        "请去掉 body 和 under_body，或请运维配置 REGISTRY_ROUTER_URL。",
        "Leave out body and under_body, or ask the operators to set REGISTRY_ROUTER_URL.",
    ),
)
ROUTER_UNAVAILABLE = ProblemType(
    "router-unavailable",
    503,
    Text("归口服务暂不可用", "The router is not available now"),
    Text(
        "按党组织筛选须询问归口服务（jurisdiction-router），它暂时没有应答；"
        "请在 Retry-After 所示秒数后重试，或去掉 body 和 under_body。",
        "Who is supervised by a body is asked of jurisdiction-router, which does not answer now; "
        "try again after the seconds in Retry-After, or leave out body and under_body.",
    ),
    retry_after=5,
)
TOO_MANY_SUPERVISED = ProblemType(
    "too-many-supervised",
    413,
    Text("所选党组织的社会组织过多", "The bodies have too many organizations"),
    Text(
        "一次最多 {most} 个社会组织；请逐个查询其下级党组织，或导出全部后自行关联。",
        "At most {most} organizations at once: ask for the bodies beneath one by one, or export "
        "everything and join it with the router's export by organization_id.",
    ),
)

OUTSIDE_AREAS_THEN = replace(
    OUTSIDE_AREAS,
    detail=Text(
        "在所涉日期，该组织不在令牌的地域范围内。",
        "On a day that this reaches, the organization lies outside the token's areas.",
    ),
)
"""The same problem where the area is not the caller's to know."""

ERRORS = ErrorTable(
    types={
        t.slug: t
        for t in (
            INVALID_ORGANIZATION,
            CODE_TAKEN,
            EVENT_NOT_POSSIBLE,
            ORGANIZATION_VOID,
            NAMES_NOT_CONFIGURED,
            UNKNOWN_CANDIDATES,
            UNKNOWN_FIELD,
            CURSOR_EXPIRED,
            UNKNOWN_CODE_LIST,
            UPLOAD_TOO_LARGE,
            EMPTY_UPLOAD,
            TOO_MANY_ROWS,
            ROUTER_NOT_CONFIGURED,
            ROUTER_UNAVAILABLE,
            TOO_MANY_SUPERVISED,
        )
    }
    | {"outside-areas-then": OUTSIDE_AREAS_THEN},
    rules=RULE_WORDS,
)
