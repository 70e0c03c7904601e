"""The composition root: settings become use cases. HTTP and jobs share it."""

from dataclasses import dataclass

from registry_api.advice.advise import AdviseOrganization
from registry_api.advice.rank import RankCandidates
from registry_api.core.organization.divisions import Divisions
from registry_api.elections.hold import HoldElection
from registry_api.exports.export import ExportOrganizations
from registry_api.imports.read import ReadImport
from registry_api.imports.run import ImportOrganizations
from registry_api.imports.start import JOB_KIND, StartImport
from registry_api.integrity.prove import ProveIntegrity
from registry_api.integrity.verify_rows import VerifyRows
from registry_api.life_events.record import RecordEvent
from registry_api.notices.find import FindNotices
from registry_api.organizations.find import FindOrganizations
from registry_api.organizations.look_up import LookUpOrganizations
from registry_api.organizations.read import ReadOrganization
from registry_api.organizations.read_timeline import ReadTimeline
from registry_api.organizations.register import RegisterOrganization
from registry_api.register.change import ChangeOrganization
from registry_api.register.derive_obligations import DeriveObligations
from registry_api.register.establish import EstablishOrganization
from registry_api.reorganizations.reorganize import Reorganize
from registry_api.reorganizations.void import VoidOrganization
from registry_api.settings import Settings
from registry_api.supervision.find import FindSupervised
from registry_api.supervision.router_client import Assignments
from registry_api.work_lists.export_obligations import ExportObligations
from registry_api.work_lists.find_obligations import FindObligations
from registry_api.work_lists.list_information_base import ListInformationBase
from registry_api.work_lists.read_obligations import ReadObligations
from servicekit.database import Database, Migrations, Notifications, Retention
from servicekit.http import forwarding_client
from servicekit.jobs import CHANNEL as JOB_CHANNEL
from servicekit.jobs import Worker
from servicekit.ledger import CHANNEL as LEDGER_CHANNEL
from servicekit.ledger import Changes, Ledger
from servicekit.sealing import Sealer
from servicekit.time import Clock, SystemClock

SOURCE = "registry-api"
"""The registry's name in events, logs and commands."""


@dataclass(frozen=True)
class Services:
    """Everything a process of the registry is made of; nothing connects before it is used."""

    settings: Settings
    clock: Clock
    database: Database
    ledger: Ledger
    notifications: Notifications
    worker: Worker
    retention: Retention
    register_organization: RegisterOrganization
    record_event: RecordEvent
    hold_election: HoldElection
    reorganize: Reorganize
    void_organization: VoidOrganization
    read_organization: ReadOrganization
    read_timeline: ReadTimeline
    read_obligations: ReadObligations
    derive_obligations: DeriveObligations
    verify_rows: VerifyRows
    find_supervised: FindSupervised
    find_obligations: FindObligations
    export_obligations: ExportObligations
    list_information_base: ListInformationBase
    advise_organization: AdviseOrganization
    rank_candidates: RankCandidates
    find_organizations: FindOrganizations
    look_up_organizations: LookUpOrganizations
    find_notices: FindNotices
    prove_integrity: ProveIntegrity
    export_organizations: ExportOrganizations
    start_import: StartImport
    read_import: ReadImport


def migrations(settings: Settings) -> Migrations:
    """The registry's migrations."""
    return Migrations("registry_api", settings.database_url.get_secret_value())


def make_services(settings: Settings, clock: Clock | None = None) -> Services:
    """Put the registry together; tests hand in a clock of their own."""
    clock = clock or SystemClock()
    database = Database(settings)
    ledger = Ledger(SOURCE, settings.digest_algorithm)
    notifications = Notifications(database, LEDGER_CHANNEL, JOB_CHANNEL)
    divisions = Divisions.load(settings.divisions_file)
    read_organization = ReadOrganization(database, clock)
    change = ChangeOrganization(clock, divisions)
    establish = EstablishOrganization(clock, divisions)
    changes = Changes(database, ledger)
    record_event = RecordEvent(changes, change)
    find_supervised = FindSupervised(_assignments(settings))
    find_obligations = FindObligations(database, clock, find_supervised)
    imports = ImportOrganizations(database, ledger, clock, divisions)
    return Services(
        settings=settings,
        clock=clock,
        database=database,
        ledger=ledger,
        notifications=notifications,
        worker=Worker(database, notifications, {JOB_KIND: imports}, settings.job_crash_limit),
        retention=Retention(database, settings, "job", "idempotency_key"),
        register_organization=RegisterOrganization(changes, clock, establish),
        record_event=record_event,
        hold_election=HoldElection(database, record_event, _sealer(settings)),
        reorganize=Reorganize(changes, change, establish),
        void_organization=VoidOrganization(changes),
        read_organization=read_organization,
        read_timeline=ReadTimeline(database, clock),
        read_obligations=ReadObligations(database, clock),
        derive_obligations=DeriveObligations(database),
        verify_rows=VerifyRows(database),
        find_supervised=find_supervised,
        find_obligations=find_obligations,
        export_obligations=ExportObligations(database, ledger, find_obligations),
        list_information_base=ListInformationBase(database, clock, find_supervised),
        advise_organization=AdviseOrganization(clock, read_organization),
        rank_candidates=RankCandidates(database, clock),
        find_organizations=FindOrganizations(database, clock),
        look_up_organizations=LookUpOrganizations(database, clock),
        find_notices=FindNotices(database, clock, read_organization, find_supervised),
        prove_integrity=ProveIntegrity(database, ledger, clock),
        export_organizations=ExportOrganizations(database, ledger, clock),
        start_import=StartImport(
            changes, clock, settings.upload_limit_bytes, settings.jobs_per_client
        ),
        read_import=ReadImport(database),
    )


def _sealer(settings: Settings) -> Sealer | None:
    """What seals candidates' names, where keys are configured."""
    if settings.key_ring_file is None:
        return None
    return Sealer.from_file(settings.name_cipher, settings.key_ring_file)


def _assignments(settings: Settings) -> Assignments | None:
    """The router's assignments, where its address is configured."""
    return Assignments(forwarding_client(settings.router_url)) if settings.router_url else None
