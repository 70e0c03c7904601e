"""Words for the rules that events of an organization's life can break."""

from servicekit.errors import Text

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
    "joint_branch_is_joint": Text(
        "联合党支部须为联合组建（mode 填 joint）。",
        "A joint branch is formed jointly: mode is joint.",
    ),
    "no_secretary": Text(
        "没有书记岗位；请同时填写 secretary_post。",
        "There is no secretary's post; send secretary_post with it.",
    ),
    "wording_goes_forward": Text(
        "入章表述不能由 {held} 退回{value}；更正请用 amendments。",
        "The wording does not go from {held} back to {value}; correct errors by amendments.",
    ),
    "period_ahead": Text(
        "{value} 在 {day} 尚未开始；请核对期间或生效日期。",
        "{value} had not begun on {day}; check the period and effective_on.",
    ),
    "newer_period_told": Text(
        "该日已报送更新的期间 {held}；补报 {value} 请以早于 {held} 报送之日（如该期间最后一日）"
        "为生效日期。",
        "The newer {held} was reported by that day; report {value} with an effective_on before "
        "that, such as the last day of {value}.",
    ),
    "year_not_over": Text(
        "{value} 年度在 {day} 尚未结束，年检针对上一年度及以前。",
        "{value} was not over on {day}; an inspection is about a year before.",
    ),
    "grade_vetoed": Text("该等级应予一票否决：{zh}", "The grade would have been vetoed: {en}"),
    "later_event": Text(
        "{on} 已登记 {event}（账本位置 {position}），与 {value} 的此事件不能并存，原因见下一项；"
        "请核对哪一项有误，先更正有误的一项。",
        "{event} on {on} (ledger position {position}) is recorded already and can't stand beside "
        "this on {value}; the next item says why. One of the two is wrong: correct that one first.",
    ),
    "goes_on": Text(
        "该组织存续，不能同时变更登记状态为 {value}。",
        "It goes on: its status does not become {value} at the same time.",
    ),
    "decided_by_event": Text(
        "只能由相应事件产生（POST …/{path}），不能以变更写入；登记有误的可改为 null。",
        "Only its own events decide it (POST …/{path}); an amendment can't, but null takes out "
        "what was entered in error.",
    ),
    "site_not_designated": Text(
        "只有已命名的示范点可以复核（现为 {value}）。",
        "Only a designated site is reviewed (it is {value}).",
    ),
    "no_candidates": Text(
        "本次换届没有候选人；请更换候选人或取消换届。",
        "Nobody stands in the election; replace a candidate, or cancel it.",
    ),
    "listed_already": Text("已在活动异常名录中。", "It is on the abnormal list already."),
    "not_listed": Text("不在活动异常名录中。", "It is not on the abnormal list."),
    "listed_not_recommended": Text(
        "列入活动异常名录的不予推荐。", "Who is on the abnormal list is not recommended."
    ),
    "election_open": Text(
        "换届正在进行；请先完成或取消。",
        "An election is open already; complete or cancel it first.",
    ),
    "no_open_election": Text("没有进行中的换届。", "No election is open."),
    "no_candidate": Text(
        "本次换届没有候选人 {value}。", "The open election has no candidate {value}."
    ),
    "candidate_not_passed": Text(
        "有候选人到该日的审核结论为 {value}；须审核通过、退出或更换，方可完成换届。",
        "A candidate is {value} on that day; the election completes when all who stand have "
        "passed, so review, withdraw or replace.",
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
