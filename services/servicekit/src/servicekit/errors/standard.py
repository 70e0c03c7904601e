"""The problem types that any service can answer with."""

from servicekit.errors.messages import Text
from servicekit.errors.problem import ProblemType

UNAUTHORIZED = ProblemType(
    "invalid-token",
    401,
    Text("需要有效的访问令牌", "A valid access token is needed"),
    Text(
        "请在 Authorization 头中提供有效的 Bearer 令牌（{why}）。",
        "Send a valid bearer token in the Authorization header ({why}).",
    ),
)
FORBIDDEN = ProblemType(
    "insufficient-scope",
    403,
    Text("令牌权限不足", "The token lacks a scope"),
    Text("此操作需要权限 {scope}。", "This needs the scope {scope}."),
)
OUTSIDE_AREAS = ProblemType(
    "outside-areas",
    403,
    Text("超出令牌的地域范围", "Outside the token's areas"),
    Text(
        "令牌仅限于其 areas 所列区划，{area} 不在其中。",
        "The token is limited to the divisions in its areas; {area} is not among them.",
    ),
)
KEYS_UNAVAILABLE = ProblemType(
    "keys-unavailable",
    503,
    Text("暂时无法验证令牌", "Tokens can't be checked now"),
    Text("签名公钥暂不可用，请稍后重试。", "The signing keys can't be had now; try again later."),
    retry_after=5,
)
NOT_FOUND = ProblemType(
    "not-found",
    404,
    Text("不存在", "Not found"),
    Text("这里没有可供此令牌查看的内容。", "There is nothing here that this token may see."),
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    405,
    Text("不支持该方法", "The method is not allowed"),
    Text("此地址不支持该方法。", "This address does not take that method."),
)
BAD_REQUEST = ProblemType(
    "bad-request",
    400,
    Text("请求有误", "The request is malformed"),
    Text("请求不符合 HTTP 规范。", "The request does not follow HTTP."),
)
MALFORMED_JSON = ProblemType(
    "malformed-json",
    400,
    Text("请求体不是有效的 JSON", "The body is not valid JSON"),
    Text("请检查请求体的 JSON 语法与编码。", "Check the syntax and the encoding of the body."),
)
INVALID_REQUEST = ProblemType(
    "invalid-request",
    422,
    Text("请求内容不符合规则", "The request breaks rules"),
    Text("请改正 errors 中列出的各项。", "Mend each item listed in errors."),
)
UNKNOWN_PARAMETER = ProblemType(
    "unknown-parameter",
    400,
    Text("未知的查询参数", "Unknown query parameter"),
    Text(
        "请改正或删除 errors 中列出的参数。", "Correct or remove the parameters listed in errors."
    ),
)
INVALID_CURSOR = ProblemType(
    "invalid-cursor",
    400,
    Text("游标无效", "The cursor is not valid"),
    Text(
        "请原样使用上一页的 next_cursor，且不改变其他参数。",
        "Use the next_cursor of the page before as it is, with the other parameters unchanged.",
    ),
)
PAYLOAD_TOO_LARGE = ProblemType(
    "payload-too-large",
    413,
    Text("请求体过大", "The body is too large"),
    Text("请求体上限为 {limit} 字节。", "A body may have at most {limit} bytes."),
)
PRECONDITION_REQUIRED = ProblemType(
    "precondition-required",
    428,
    Text("需要 If-Match", "If-Match is required"),
    Text(
        "修改前请先读取，并在 If-Match 中带上其 ETag。",
        "Read the resource first and send its ETag in If-Match.",
    ),
)
PRECONDITION_FAILED = ProblemType(
    "precondition-failed",
    412,
    Text("资源已被他人修改", "The resource has changed since"),
    Text(
        "If-Match 为 {sent}，当前为 {current}；请重新读取后再试。",
        "If-Match is {sent}, the resource is at {current}; read it again and retry.",
    ),
)
IDEMPOTENCY_CONFLICT = ProblemType(
    "idempotency-conflict",
    422,
    Text("同一 Idempotency-Key 用于不同请求", "One Idempotency-Key, two different requests"),
    Text(
        "键 {key} 已用于另一请求；重试须完全相同（令牌的地域范围也须相同），新请求请换新键。",
        "The key {key} was used for another request; a retry must be the same, under a token with "
        "the same areas, and a new one needs a new key.",
    ),
)
AHEAD_OF_HEAD = ProblemType(
    "position-ahead",
    400,
    Text("位置超前于账本", "The position is ahead of the ledger"),
    Text(
        "位置 {after} 大于账本末尾 {head}：您跟随的可能是另一账本。",
        "Position {after} is past the head {head}: you may be following another ledger.",
    ),
)
TOO_MANY_REQUESTS = ProblemType(
    "too-many-requests",
    429,
    Text("同时进行的请求过多", "Too many requests at one time"),
    Text(
        "此类请求同时最多 {limit} 个，每个客户端最多 {own} 个；请在 Retry-After 所示秒数后重试。",
        "At one time {limit} such requests are answered, {own} of one client; try again after the "
        "seconds in Retry-After.",
    ),
    retry_after=10,
)
TOO_MANY_JOBS = ProblemType(
    "too-many-jobs",
    429,
    Text("未完成的任务过多", "Too many unfinished jobs"),
    Text(
        "您已有 {limit} 个未完成的任务；请等其中之一结束后再提交。",
        "You have {limit} jobs that have not ended; wait until one of them has.",
    ),
    retry_after=60,
)
UNAVAILABLE = ProblemType(
    "unavailable",
    503,
    Text("服务暂不可用", "Not available now"),
    Text("数据库暂不可用，请稍后重试。", "The database can't be reached now; try again later."),
    retry_after=1,
)
INTERNAL = ProblemType(
    "internal",
    500,
    Text("内部错误", "Internal error"),
    Text("请将 request_id 告知运维。", "Tell the operators the request_id."),
)

STANDARD = {
    type_.slug: type_
    for type_ in (
        UNAUTHORIZED, FORBIDDEN, OUTSIDE_AREAS, KEYS_UNAVAILABLE, NOT_FOUND, METHOD_NOT_ALLOWED,
        BAD_REQUEST, MALFORMED_JSON, INVALID_REQUEST, UNKNOWN_PARAMETER, INVALID_CURSOR,
        PAYLOAD_TOO_LARGE, PRECONDITION_REQUIRED, PRECONDITION_FAILED, IDEMPOTENCY_CONFLICT,
        AHEAD_OF_HEAD, TOO_MANY_REQUESTS, TOO_MANY_JOBS, UNAVAILABLE, INTERNAL,
    )
}  # fmt: skip
"""By slug, which is also the code of the refusal that means it."""
