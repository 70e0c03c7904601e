"""The composition root: settings become use cases. HTTP and the follower share it."""

from dataclasses import dataclass
from typing import Any

from jurisdiction_router.assessment.assess import AssessOrganizations
from jurisdiction_router.assessment.reassess import JOB_KIND as REASSESSMENT
from jurisdiction_router.assessment.reassess import ReassessOrganizations
from jurisdiction_router.assignments.body_lines import read_lines
from jurisdiction_router.assignments.export import ExportAssignments
from jurisdiction_router.assignments.filters import SpellOutFilters
from jurisdiction_router.assignments.find import FindAssignments
from jurisdiction_router.assignments.read import ReadAssignment
from jurisdiction_router.assignments.rule_health import ReadRuleHealth
from jurisdiction_router.core.rules.vocabulary import read_vocabulary
from jurisdiction_router.decisions.decide import DecideOrganization
from jurisdiction_router.directory.read import ReadDirectory
from jurisdiction_router.directory_changes.apply import ChangeDirectory
from jurisdiction_router.directory_changes.change_entry import ChangeDirectoryEntry
from jurisdiction_router.directory_changes.find_holes import FindHoles
from jurisdiction_router.directory_imports.compare import CompareDirectory
from jurisdiction_router.directory_imports.load import OF as DIRECTORY_IMPORT
from jurisdiction_router.directory_imports.load import ImportDirectory
from jurisdiction_router.directory_imports.read import ReadDirectoryImports
from jurisdiction_router.impacts.compute import JOB_KIND as IMPACT
from jurisdiction_router.impacts.compute import RunImpact
from jurisdiction_router.impacts.read import ReadImpact
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.overrides.change import ChangeOverride
from jurisdiction_router.overrides.designate import DesignateBody
from jurisdiction_router.overrides.dispute import DisputeAssignment
from jurisdiction_router.overrides.parameters import read_parameters
from jurisdiction_router.overrides.read import ReadOverrides
from jurisdiction_router.policy import read_packaged
from jurisdiction_router.restructurings.restructure import OF as RESTRUCTURING
from jurisdiction_router.restructurings.restructure import Restructure
from jurisdiction_router.rule_sets.activate_due import ActivateDueRuleSets
from jurisdiction_router.rule_sets.approve import ApproveRuleSet
from jurisdiction_router.rule_sets.draft import DraftRuleSet
from jurisdiction_router.rule_sets.propose import OF as RULE_SET
from jurisdiction_router.rule_sets.propose import ProposeRuleSet
from jurisdiction_router.rule_sets.prove import ProveRuleSet
from jurisdiction_router.rule_sets.read import ReadRuleSets
from jurisdiction_router.settings import Settings
from servicekit.database import Database, Migrations, Notifications, Retention
from servicekit.jobs import CHANNEL as JOB_CHANNEL
from servicekit.jobs import Worker
from servicekit.ledger import CHANNEL as LEDGER_CHANNEL
from servicekit.ledger import Ledger
from servicekit.time import Clock, SystemClock

SOURCE = "jurisdiction-router"
"""The router's name in events, logs and commands."""


@dataclass(frozen=True)
class Factory:
    """Everything a process of the router is made of; nothing connects before it is used."""

    settings: Settings
    clock: Clock
    database: Database
    ledger: Ledger
    notifications: Notifications
    worker: Worker
    retention: Retention
    current: CurrentJurisdiction
    assess_organizations: AssessOrganizations
    import_directory: ImportDirectory
    read_directory_imports: ReadDirectoryImports
    change_directory_entry: ChangeDirectoryEntry
    read_directory: ReadDirectory
    draft_rule_set: DraftRuleSet
    prove_rule_set: ProveRuleSet
    propose_rule_set: ProposeRuleSet
    approve_rule_set: ApproveRuleSet
    activate_due_rule_sets: ActivateDueRuleSets
    read_rule_sets: ReadRuleSets
    read_impact: ReadImpact
    decide_organization: DecideOrganization
    find_assignments: FindAssignments
    export_assignments: ExportAssignments
    read_assignment: ReadAssignment
    read_rule_health: ReadRuleHealth
    restructure: Restructure
    designate_body: DesignateBody
    change_override: ChangeOverride
    dispute_assignment: DisputeAssignment
    read_overrides: ReadOverrides

    def by_type(self) -> dict[type, Any]:
        """The instances by their class, for routes that need one of them."""
        return {type(part): part for part in vars(self).values()}


def migrations(settings: Settings) -> Migrations:
    """The router's migrations."""
    return Migrations("jurisdiction_router", settings.database_url.get_secret_value())


def make_factory(settings: Settings, clock: Clock | None = None) -> Factory:
    """Put the router together; tests hand in a clock of their own."""
    clock = clock or SystemClock()
    database = Database(settings)
    notifications = Notifications(database, LEDGER_CHANNEL, JOB_CHANNEL)
    ledger = Ledger(SOURCE, settings.digest_algorithm)
    current = CurrentJurisdiction(database, read_vocabulary(read_packaged("vocabulary.yaml")))
    spell_out = SpellOutFilters(current, read_lines(read_packaged("lines.yaml")))
    assess = AssessOrganizations(ledger)
    reassess = ReassessOrganizations(database, ledger, current, assess)
    change = ChangeDirectory(clock, reassess, FindHoles(current.vocabulary))
    propose_rule_set = ProposeRuleSet(database, clock, settings.jobs_per_client)
    restructure = Restructure(database, ledger, current, change, settings.jobs_per_client)
    import_directory = ImportDirectory(
        database, ledger, clock, current, change, CompareDirectory(clock, current, change),
        settings.jobs_per_client,
    )  # fmt: skip
    proposers = {
        RULE_SET: propose_rule_set.propose,
        RESTRUCTURING: restructure.propose,
        DIRECTORY_IMPORT: import_directory.propose,
    }
    return Factory(
        settings=settings,
        clock=clock,
        database=database,
        ledger=ledger,
        notifications=notifications,
        worker=Worker(
            database,
            notifications,
            {IMPACT: RunImpact(database, current, proposers), REASSESSMENT: reassess},
            settings.job_crash_limit,
        ),
        # impacts stay: an approval is bound to one
        retention=Retention(database, settings, "idempotency_key"),
        current=current,
        assess_organizations=assess,
        import_directory=import_directory,
        read_directory_imports=ReadDirectoryImports(database),
        change_directory_entry=ChangeDirectoryEntry(database, ledger, current, change),
        read_directory=ReadDirectory(database, current, clock),
        draft_rule_set=DraftRuleSet(database, ledger, clock),
        prove_rule_set=ProveRuleSet(database, ledger, clock, current),
        propose_rule_set=propose_rule_set,
        approve_rule_set=ApproveRuleSet(database, ledger, clock),
        activate_due_rule_sets=ActivateDueRuleSets(
            database, ledger, clock, current, reassess, notifications
        ),
        read_rule_sets=ReadRuleSets(database, clock),
        read_impact=ReadImpact(database),
        decide_organization=DecideOrganization(current, clock),
        find_assignments=FindAssignments(database, clock, ledger, spell_out),
        export_assignments=ExportAssignments(database, clock, ledger, spell_out),
        read_assignment=ReadAssignment(database, clock, ledger),
        read_rule_health=ReadRuleHealth(database, current, clock),
        restructure=restructure,
        designate_body=DesignateBody(database, ledger, clock, current, assess),
        change_override=ChangeOverride(database, ledger, current, assess),
        dispute_assignment=DisputeAssignment(
            database, ledger, clock, read_parameters(read_packaged("parameters.yaml"))
        ),
        read_overrides=ReadOverrides(database, clock),
    )
