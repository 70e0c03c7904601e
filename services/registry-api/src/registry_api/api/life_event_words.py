"""Words for the rules that events of an organization's life can break."""

from servicekit.text import Text

LIFE_EVENT_RULES = {
    "party_organization_exists": Text(
        "已有党组织；请用变更或先撤销。",
        "There is a Party organization already; change it, or dissolve it first.",
    ),
    "no_party_organization": Text("尚无党组织。", "There is no Party organization."),
    "joint_with_whom": Text(
        "联合组建须在 with 中写明其他单位。", "A joint formation names the other units in with."
    ),
    "too_few_members": Text(
        "单独组建{value}须有正式党员{needed}名，现有{members}名（{source}）；"
        "可联合组建，或附批准文号 approval。",
        "A solo {value} needs {needed} full members, there are {members} ({source}); form it "
        "jointly, or give the approval in approval.",
    ),
    "nothing_changes": Text("没有任何变更内容。", "Nothing changes."),
    "worker_exists": Text(
        "已有{value}；请先结束其派驻。", "There is a {value} already; end that assignment first."
    ),
    "no_worker": Text("没有{value}。", "There is no {value}."),
    "charter_goes_forward": Text(
        "党建入章只能由未写入到暂以决议、再到写入（现为{held}）；更正请用 amendments。",
        "Inclusion goes from none to provisional to included (it is {held}); correct errors by "
        "amendments.",
    ),
    "wording_not_yet": Text(
        "{value} 版表述在该日尚未发布。", "The wording {value} was not issued yet on that day."
    ),
    "site_step": Text(
        "示范点不能由{held}变为{value}。", "A demonstration site can't go from {held} to {value}."
    ),
    "listed_already": Text("已在活动异常名录中。", "It is on the abnormal list already."),
    "not_listed": Text("不在活动异常名录中。", "It is not on the abnormal list."),
    "listed_not_recommended": Text(
        "列入活动异常名录的不予推荐。", "Who is on the abnormal list is not recommended."
    ),
    "election_open": Text(
        "换届正在进行；请先完成。", "An election is open already; complete it first."
    ),
    "no_open_election": Text("没有进行中的换届。", "No election is open."),
    "no_candidate": Text(
        "本次换届没有候选人 {value}。", "The open election has no candidate {value}."
    ),
    "candidate_not_passed": Text(
        "候选人（{post}）审核结论为 {value}，须审核通过方可完成换届。",
        "The candidate for {post} is {value}; the election completes when all have passed.",
    ),
    "unknown_organization": Text(
        "没有此令牌可见的社会组织 {value}。",
        "There is no organization {value} that this token may see.",
    ),
    "repeated_organization": Text("{value} 出现了两次。", "{value} stands there twice."),
    "stale_revision": Text(
        "版本 {value} 已过时，现为 {current}；请重新读取后再试。",
        "Revision {value} is out of date, it is {current}; read it again and retry.",
    ),
    "into_or_establish": Text(
        "into（吸收合并）与 establish（新设合并）须且只能填一项。",
        "Either into (one absorbs the others) or establish (a new one) is needed, not both.",
    ),
    "merger_of_one": Text(
        "新设合并至少要有两个被合并方。", "A new one is established from two or more."
    ),
    "too_few_parts": Text(
        "分立后至少应有 {least} 个承继组织（into 与 establish 合计）。",
        "At least {least} organizations must succeed (into and establish together).",
    ),
    "later_relation": Text(
        "该日之后已有合并或分立；请按时间顺序登记，或用 amendments 更正前身与承继组织。",
        "A merger or split after that day is recorded already; record them in order, or correct "
        "predecessors and successors by amendments.",
    ),
    "related_not_void": Text(
        "与其他组织有承继关系（{value}），不能作废；请先用 amendments 更正该关系。",
        "It succeeds or precedes {value} and can't be void; correct that by amendments first.",
    ),
    "status_does_not_allow": Text(
        "登记状态为{value}，不能如此变更。", "The status {value} does not allow it."
    ),
}
