"""The composition root: settings become use cases. HTTP and the follower share it."""

from dataclasses import dataclass

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
from jurisdiction_router.directory_imports.activate import ActivateImport
from jurisdiction_router.directory_imports.compare import CompareDirectory
from jurisdiction_router.directory_imports.documents import KIND as DIRECTORY_IMPORT
from jurisdiction_router.directory_imports.load import LoadImport
from jurisdiction_router.directory_imports.read import ReadDirectoryImports
from jurisdiction_router.impacts.compute import JOB_KIND as IMPACT
from jurisdiction_router.impacts.compute import Propose, RunImpact
from jurisdiction_router.impacts.read import ReadImpact
from jurisdiction_router.jurisdiction.current import CurrentJurisdiction
from jurisdiction_router.overrides.change import ChangeOverride
from jurisdiction_router.overrides.designate import DesignateBody
from jurisdiction_router.overrides.dispute import DisputeAssignment
from jurisdiction_router.overrides.parameters import read_parameters
from jurisdiction_router.overrides.read import ReadOverrides
from jurisdiction_router.policy import read_packaged
from jurisdiction_router.restructurings.apply import ApplyRestructuring
from jurisdiction_router.restructurings.draft import DraftRestructuring
from jurisdiction_router.restructurings.proposal import KIND as RESTRUCTURING
from jurisdiction_router.restructurings.proposal import PlanRestructuring
from jurisdiction_router.restructurings.proposal import propose as propose_restructuring
from jurisdiction_router.restructurings.read import ReadRestructurings
from jurisdiction_router.rule_sets.activate_due import ActivateDueRuleSets
from jurisdiction_router.rule_sets.approve import ApproveRuleSet
from jurisdiction_router.rule_sets.draft import DraftRuleSet
from jurisdiction_router.rule_sets.propose import KIND as RULE_SET
from jurisdiction_router.rule_sets.propose import ProposeRuleSet
from jurisdiction_router.rule_sets.prove import ProveRuleSet
from jurisdiction_router.rule_sets.read import ReadRuleSets
from jurisdiction_router.settings import Settings
from servicekit.database import Database, Migrations, Notifications, Retention
from servicekit.jobs import CHANNEL as JOB_CHANNEL
from servicekit.jobs import Handler, Worker
from servicekit.ledger import CHANNEL as LEDGER_CHANNEL
from servicekit.ledger import Changes, Ledger
from servicekit.time import Clock, SystemClock

SOURCE = "jurisdiction-router"
"""The router's name in events, logs and commands."""


@dataclass(frozen=True)
class Services:
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
    load_import: LoadImport
    activate_due_rule_sets: ActivateDueRuleSets
    verbs: tuple[object, ...]
    """What people can do, one instance of each class."""

    def by_type(self) -> dict[type, object]:
        """The instances by their class, for routes that need one of them."""
        parts = (self.database, self.current, self.load_import, *self.verbs)
        return {type(part): part for part in parts}


def migrations(settings: Settings) -> Migrations:
    """The router's migrations."""
    return Migrations("jurisdiction_router", settings.database_url.get_secret_value())


def compose(settings: Settings, clock: Clock | None = None) -> Services:
    """Put the router together; tests hand in a clock of their own."""
    clock = clock or SystemClock()
    database = Database(settings)
    notifications = Notifications(database, LEDGER_CHANNEL, JOB_CHANNEL)
    ledger = Ledger(SOURCE, settings.digest_algorithm)
    changes = Changes(database, ledger)
    current = CurrentJurisdiction(database, read_vocabulary(read_packaged("vocabulary.yaml")))
    assess = AssessOrganizations(ledger)
    reassess = ReassessOrganizations(database, ledger, current, assess)
    change = ChangeDirectory(clock, reassess, FindHoles(current.vocabulary))
    compare = CompareDirectory(clock, current, change)
    activate = ActivateImport(changes, clock, current, change, compare)
    load = LoadImport(changes, clock, current, compare, activate, settings.jobs_per_client)
    propose = ProposeRuleSet(changes, clock, settings.jobs_per_client)
    impact_sources: dict[str, Propose] = {
        RULE_SET: propose.propose,
        RESTRUCTURING: propose_restructuring,
        DIRECTORY_IMPORT: activate.propose,
    }
    run_impact = RunImpact(database, current, impact_sources)
    handlers: dict[str, Handler] = {IMPACT: run_impact, REASSESSMENT: reassess}
    return Services(
        settings=settings,
        clock=clock,
        database=database,
        ledger=ledger,
        notifications=notifications,
        worker=Worker(database, notifications, handlers, settings.job_crash_limit),
        # impacts stay: an approval is bound to one
        retention=Retention(database, settings, "idempotency_key"),
        current=current,
        assess_organizations=assess,
        load_import=load,
        activate_due_rule_sets=ActivateDueRuleSets(
            database, ledger, clock, current, reassess, notifications
        ),
        verbs=(
            activate,
            propose,
            *_readers(database, clock, ledger, current),
            *_writers(settings, changes, clock, current, assess, change),
            ProveRuleSet(database, changes, clock, current),
        ),
    )


def _readers(
    database: Database, clock: Clock, ledger: Ledger, current: CurrentJurisdiction
) -> tuple[object, ...]:
    """What answers and stores nothing."""
    spell_out = SpellOutFilters(current, read_lines(read_packaged("lines.yaml")))
    return (
        DecideOrganization(current, clock),
        ExportAssignments(database, clock, ledger, spell_out),
        FindAssignments(database, clock, ledger, spell_out),
        ReadAssignment(database, clock, ledger),
        ReadDirectory(database, current, clock),
        ReadDirectoryImports(database),
        ReadImpact(database),
        ReadOverrides(database, clock),
        ReadRestructurings(database),
        ReadRuleHealth(database, current, clock),
        ReadRuleSets(database, clock),
    )


def _writers(
    settings: Settings,
    changes: Changes,
    clock: Clock,
    current: CurrentJurisdiction,
    assess: AssessOrganizations,
    change: ChangeDirectory,
) -> tuple[object, ...]:
    """What changes something in one transaction."""
    plan = PlanRestructuring(change)
    parameters = read_parameters(read_packaged("parameters.yaml"))
    return (
        ApproveRuleSet(changes, clock),
        ApplyRestructuring(changes, current, plan, change),
        ChangeDirectoryEntry(changes, current, change),
        ChangeOverride(changes, current, assess),
        DesignateBody(changes, clock, current, assess),
        DisputeAssignment(changes, clock, parameters),
        DraftRestructuring(changes, current, plan, change.holes, settings.jobs_per_client),
        DraftRuleSet(changes, clock),
    )
