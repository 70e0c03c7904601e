"""The one table of what the registry's refusals look like over HTTP."""

from registry_api.api.life_event_words import LIFE_EVENT_RULES
from servicekit.problems import ErrorTable, ProblemType
from servicekit.text import Text

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
EMPTY_UPLOAD = ProblemType(
    "empty-upload",
    422,
    Text("文件为空", "The file is empty"),
    Text("请在请求体中发送文件内容。", "Send the file as the request's body."),
)

ERRORS = ErrorTable(
    types={
        t.slug: t
        for t in (
            INVALID_ORGANIZATION,
            CODE_TAKEN,
            EVENT_NOT_POSSIBLE,
            UNKNOWN_CODE_LIST,
            UPLOAD_TOO_LARGE,
            EMPTY_UPLOAD,
        )
    },
    rules={
        "code_or_filing_number": Text(
            "统一社会信用代码和备案编号至少填一项。",
            "A credit code or a filing number is needed.",
        ),
        "check_character": Text(
            "统一社会信用代码 {value} 的校验码不对（GB 32100-2015）；请核对证书，"
            "确属证书如此的请填 credit_code_waiver 说明理由。",
            "The check character of the credit code {value} is wrong (GB 32100-2015); compare it "
            "with the certificate, and where the certificate says so give the reason in "
            "credit_code_waiver.",
        ),
        "unknown_division": Text(
            "没有区划代码 {value}；请核对 GB/T 2260 及街道代码。",
            "There is no division {value}; check GB/T 2260 and the street codes.",
        ),
        "future_date": Text(
            "{value} 晚于今天（{today}）；只能登记已发生的事实。",
            "{value} is after today ({today}); only facts that have happened can be recorded.",
        ),
        "before_first": Text(
            "{value} 早于该组织首次入册日期 {first}。",
            "{value} is before the organization's first known date {first}.",
        ),
        "before_announcement": Text(
            "有效期至 {value} 早于公告日期 {announced_on}。",
            "The validity ends on {value}, before the announcement on {announced_on}.",
        ),
        "members_not_collected": Text(
            "成立登记时须采集党员信息（三同步）；没有党员请填 0。",
            "Member information is collected at establishment (三同步); send 0 if there are none.",
        ),
        "charter_clause_missing": Text(
            "自 {since} 起，章程载明党建内容是登记的必备条件（{source}）；"
            "请先写入章程，再以 charter.state 登记。",
            "From {since} on, Party building in the charter is a condition of registration "
            "({source}); include it first, then say so in charter.state.",
        ),
        "code_taken": Text("{value} 已被登记。", "{value} is registered already."),
        "outside_areas": Text(
            "区划 {value} 不在令牌的地域范围内。",
            "The division {value} lies outside the token's areas.",
        ),
        "unknown_code": Text(
            "“{value}”不是{list}的代码或名称；可用：{expected}。",
            '"{value}" is no code or label of {list}; there are: {expected}.',
        ),
        "not_a_number": Text("“{value}”不是整数。", '"{value}" is not a whole number.'),
        "not_a_date": Text(
            "“{value}”不是日期；请写成 2016-06-14。",
            '"{value}" is not a date; write it as 2016-06-14.',
        ),
        "not_a_flag": Text("“{value}”应为 是 或 否。", '"{value}" should be 是 (yes) or 否 (no).'),
        **LIFE_EVENT_RULES,
        "position_or_time": Text(
            "应为账本位置或 RFC 3339 时间，如 2016-06-14T08:00:00+08:00。",
            "A ledger position or an RFC 3339 time such as 2016-06-14T08:00:00+08:00 is expected.",
        ),
        "columns": Text(
            "此行有 {value} 列，表头有 {expected} 列。",
            "This row has {value} columns, the header has {expected}.",
        ),
        "unknown_column": Text(
            "没有“{value}”这一列；请改为模板中的列名或删除该列。",
            'There is no column "{value}"; use a name of the template or remove the column.',
        ),
        "repeated_column": Text("“{value}”一列出现了两次。", 'The column "{value}" appears twice.'),
        "no_header": Text("第一行应为列名。", "The first line should name the columns."),
        "encoding": Text(
            "文件既不是 UTF-8 也不是 GB18030（第 {value} 字节附近）；请另存为 UTF-8。",
            "The file is neither UTF-8 nor GB18030 (near byte {value}); save it as UTF-8.",
        ),
        "line_too_long": Text(
            "此行超过 {limit} 字符；请检查引号和分隔符。",
            "This line has more than {limit} characters; check quotes and delimiters.",
        ),
        "malformed_csv": Text("此行不是有效的 CSV：{error}。", "This line is not CSV: {error}."),
        "repeated_in_file": Text(
            "{value} 在第 {first} 行已出现且内容不同。",
            "{value} is already on line {first}, with other content.",
        ),
        "too_many_columns": Text(
            "表头有 {value} 列，最多 {limit} 列；请检查分隔符。",
            "The header has {value} columns, at most {limit} are allowed; check the delimiter.",
        ),
    },
)
