"""The one table of what this service's refusals look like over HTTP."""

from servicekit.errors import ErrorTable, ProblemType, Text

TOO_MANY_GROUPS = ProblemType(
    "too-many-groups",
    413,
    Text("分组过多", "Too many groups"),
    Text(
        "结果将有 {groups} 组，上限为 {limit} 组；请用 area 等条件筛选，或减少 group_by 的维度。",
        "The answer would have {groups} groups, at most {limit} are sent; filter (for instance by "
        "area), or take a dimension out of group_by.",
    ),
)
FIGURES_TOO_FINE = ProblemType(
    "figures-too-fine",
    422,
    Text("数值过细", "The exact figures are too fine"),
    Text(
        "联合党组织的单位数种类过多，精确数值超出数字可表示的范围；请用 area 等条件缩小范围。",
        "There are joint Party organizations of so many different sizes that no number holds the "
        "exact figures; filter, for instance by area.",
    ),
)
PARAMETER_UNDEFINED = ProblemType(
    "parameter-undefined",
    422,
    Text("该日期尚无相应规定", "No rule states this number on that date"),
    Text(
        "参数 {parameter} 在 valid_on 当日没有规定值；请选择更晚的日期。",
        "The parameter {parameter} has no value on valid_on; choose a later date.",
    ),
)
LIST_TOO_LONG = ProblemType(
    "list-too-long",
    413,
    Text("名单过长", "The list is too long"),
    Text(
        "名单共 {rows} 家，一个文件最多 {limit} 家；请按地区等条件缩小范围，"
        "或通过 /v1/coverage/members 分页读取。",
        "The list has {rows} organizations, a file at most {limit}; choose an area or another "
        "filter, or read /v1/coverage/members page by page.",
    ),
)
TIMELINE_REBUILT = ProblemType(
    "timeline-rebuilt",
    409,
    Text("数据正在重建", "The facts have just been rebuilt"),
    Text(
        "统计数据刚刚由账本重建，名单稍后即可读取；请过几秒重试。",
        "The facts were just made anew from the ledgers and are being loaded; ask again in a few "
        "seconds.",
    ),
)
CROSS_SITE = ProblemType(
    "cross-site-form",
    403,
    Text("表单来自其他网站", "The form came from another site"),
    Text(
        "请打开本服务的 /dashboard 页面，在那里登录或退出。",
        "Open this service's /dashboard and sign in or out there.",
    ),
)

TARGET_BUILT_IN = ProblemType(
    "target-built-in",
    409,
    Text("内置目标不可更改", "This target comes with the service"),
    Text(
        "目标 {target} 随服务发布，只能在其定义文件中更改；可另设自定目标。",
        "The target {target} comes with the service and is changed in its file; set one of your "
        "own instead.",
    ),
)
TOO_MANY_TARGETS = ProblemType(
    "too-many-targets",
    409,
    Text("自定目标过多", "Too many targets of one's own"),
    Text(
        "自定目标最多 {limit} 个；请先删除不再需要的目标。",
        "There can be at most {limit}; take back one that is no longer needed first.",
    ),
)

FILE_NOT_READY = ProblemType(
    "file-not-ready",
    409,
    Text("文件尚未生成", "The file is not there"),
    Text(
        "任务状态为 {state}；完成后方可下载，失败的任务没有文件。",
        "The job is {state}; a file is there once it has succeeded, and never of one that failed.",
    ),
)

ERRORS = ErrorTable(
    types={
        type_.slug: type_
        for type_ in (
            TOO_MANY_GROUPS,
            FIGURES_TOO_FINE,
            PARAMETER_UNDEFINED,
            TARGET_BUILT_IN,
            TOO_MANY_TARGETS,
            FILE_NOT_READY,
            LIST_TOO_LONG,
            TIMELINE_REBUILT,
        )
    },
    rules={
        "^[0-9]{4}-(0[1-9]|1[0-2])$": Text(
            "应为年份和月份，如 2016-12。", "A year and a month are expected, such as 2016-12."
        ),
        r"^/v1/[!-~]+$": Text(
            "应为以 /v1/ 开头的路径和查询，非 ASCII 字符须百分号编码，"
            "如 /v1/coverage?indicator=eligible_coverage。",
            "A path and query that begin with /v1/ are expected, percent-encoded beyond ASCII, "
            "such as /v1/coverage?indicator=eligible_coverage.",
        ),
        r"^[a-z0-9_]+$": Text(
            "应为小写字母、数字和下划线，如 eligible_coverage。",
            "Lower-case letters, digits and underscores are expected, such as eligible_coverage.",
        ),
        "unknown_indicator": Text(
            "没有指标 {value}；可用：{allowed}。",
            "There is no indicator {value}; there are: {allowed}.",
        ),
        "no_share": Text(
            "指标 {value} 不是比率；目标只能为比率指标设定。",
            "The indicator {value} is no share of one; a target is a share to be reached.",
        ),
        "unknown_dimension": Text(
            "没有维度 {value}；可用：{allowed}。",
            "There is no dimension {value}; there are: {allowed}.",
        ),
        "one_dimension": Text(
            "图表的 group_by 须为一个维度。", "group_by of a chart is exactly one dimension."
        ),
        "dimension_twice": Text("维度 {value} 重复。", "The dimension {value} is there twice."),
        "too_many_dimensions": Text(
            "group_by 最多 {max} 个维度。", "group_by takes at most {max} dimensions."
        ),
        "unknown_code": Text(
            "没有代码 {value}；可用：{allowed}，或 unassigned。",
            "There is no code {value}; there are: {allowed}, or unassigned.",
        ),
        "unknown_area": Text(
            "没有区划 {value}；请使用 6 位或 9 位区划代码。",
            "There is no area {value}; use a division code of 6 or 9 digits.",
        ),
        "unknown_hierarchy": Text(
            "区划口径 {value} 须为 as_was（当时）、as_is（现行）或日期 YYYY-MM-DD。",
            "The hierarchy {value} is none of as_was, as_is and a date as YYYY-MM-DD.",
        ),
        "unknown_body": Text(
            "没有管理主体 {value}；请使用目录中的编号。",
            "There is no body {value}; use its id in the directory.",
        ),
        "unknown_obligation": Text(
            "没有义务 {value}；可用：{allowed}。",
            "There is no obligation {value}; there are: {allowed}.",
        ),
        "unknown_target": Text(
            "该版本中没有目标 {value}。", "There is no target {value} at that edition."
        ),
        "no_receipt": Text(
            "{value} 的结果没有凭据，不能导出为文件。",
            "The answer to {value} has no receipt; only such answers are made files.",
        ),
        "empty_period": Text(
            "期间终止日 {value}（不含）须晚于起始日 {start}。",
            "The period's end {value} (the first day after it) must come after {start}.",
        ),
        "until_before": Text(
            "截止日期 {value} 早于统计日期 {day}。",
            "The end {value} lies before the day {day}.",
        ),
        "edition_ahead": Text(
            "版本 {value} 尚未产生，最新为 {newest}。",
            "The edition {value} is not there yet; the newest is {newest}.",
        ),
        "from_after_to": Text(
            "起始日期 {value} 晚于截止日期 {to}。", "The first day {value} is after the last, {to}."
        ),
        "too_many_points": Text(
            "序列将有 {value} 个时点，上限为 {max}；请缩短时段或加大步长。",
            "The series would have {value} points, at most {max}; shorten the time or take longer "
            "periods.",
        ),
        "parameter_undefined": Text(
            "参数 {parameter} 在 {value} 没有规定值。",
            "The parameter {parameter} has no value on {value}.",
        ),
    },
)
