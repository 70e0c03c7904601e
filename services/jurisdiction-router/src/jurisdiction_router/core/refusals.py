"""What this service refuses of its own; the words are in `messages/problems.yaml`."""

from servicekit.errors import Refusal


class DirectoryInvalid(Refusal):
    """The directory would not be sound."""

    code = "directory-invalid"
    status = 422


class DirectoryLeavesHoles(Refusal):
    """Rule sets would be left with holes."""

    code = "directory-leaves-holes"
    status = 409


class TableUnreadable(Refusal):
    """The table cannot be read."""

    code = "table-unreadable"
    status = 422


class DirectoryMoved(Refusal):
    """The directory or a rule set has changed since."""

    code = "directory-moved"
    status = 409


class ImportClosed(Refusal):
    """The import is closed."""

    code = "import-closed"
    status = 409


class RuleSetUnreadable(Refusal):
    """The rule set cannot be read."""

    code = "rule-set-unreadable"
    status = 422


class RuleSetInvalid(Refusal):
    """The rule set breaks rules."""

    code = "rule-set-invalid"
    status = 422


class RuleSetExists(Refusal):
    """There is a rule set of that id."""

    code = "rule-set-exists"
    status = 409


class RuleSetImmutable(Refusal):
    """The rule set cannot be changed."""

    code = "rule-set-immutable"
    status = 409


class RuleSetChanged(Refusal):
    """The rule set has been rewritten."""

    code = "rule-set-changed"
    status = 409


class RuleSetNotProved(Refusal):
    """The rule set is not proved."""

    code = "rule-set-not-proved"
    status = 409


class PlanNotPossible(Refusal):
    """That day is not possible."""

    code = "plan-not-possible"
    status = 422


class ApprovedByAuthor(Refusal):
    """Authors do not approve their own rule sets."""

    code = "approved-by-author"
    status = 403


class AlreadyApproved(Refusal):
    """Something is approved already."""

    code = "already-approved"
    status = 409


class NothingApproved(Refusal):
    """Nothing is approved."""

    code = "nothing-approved"
    status = 409


class ImpactOfAnother(Refusal):
    """The impact is of something else, or not finished."""

    code = "impact-of-another"
    status = 409


class ImpactDiffers(Refusal):
    """The impact has another digest."""

    code = "impact-differs"
    status = 409


class NoRuleSetInForce(Refusal):
    """No rule set is in force on that day."""

    code = "no-rule-set-in-force"
    status = 422


class NoAssignment(Refusal):
    """There is no assignment on that day."""

    code = "no-assignment"
    status = 404


class InvalidDesignation(Refusal):
    """The designation does not hold."""

    code = "invalid-designation"
    status = 422


class NotSupervisedBy(Refusal):
    """The body does not supervise the organization."""

    code = "not-supervised-by"
    status = 422


class DisputeOpen(Refusal):
    """There is an open dispute."""

    code = "dispute-open"
    status = 409


class DisputeClosed(Refusal):
    """The dispute is closed."""

    code = "dispute-closed"
    status = 409


class RestructuringAlreadyApplied(Refusal):
    """The restructuring is applied."""

    code = "restructuring-applied"
    status = 409


class RestructuringMoved(Refusal):
    """Directory or register have changed since the dry run."""

    code = "restructuring-moved"
    status = 409
