"""The composition root: settings become use cases. HTTP and jobs share it."""

from dataclasses import dataclass

from registry_api.clients.assignments import Assignments
from registry_api.domain.divisions import Divisions
from registry_api.settings import Settings
from registry_api.usecases.advise_organization import AdviseOrganization
from registry_api.usecases.change_organization import ChangeOrganization
from registry_api.usecases.derive_obligations import DeriveObligations
from registry_api.usecases.establish_organization import EstablishOrganization
from registry_api.usecases.export_obligations import ExportObligations
from registry_api.usecases.export_organizations import ExportOrganizations
from registry_api.usecases.find_notices import FindNotices
from registry_api.usecases.find_obligations import FindObligations
from registry_api.usecases.find_organizations import FindOrganizations
from registry_api.usecases.find_supervised import FindSupervised
from registry_api.usecases.hold_election import HoldElection
from registry_api.usecases.import_organizations import ImportOrganizations
from registry_api.usecases.list_information_base import ListInformationBase
from registry_api.usecases.look_up_organizations import LookUpOrganizations
from registry_api.usecases.prove_integrity import ProveIntegrity
from registry_api.usecases.rank_candidates import RankCandidates
from registry_api.usecases.read_import import ReadImport
from registry_api.usecases.read_obligations import ReadObligations
from registry_api.usecases.read_organization import ReadOrganization
from registry_api.usecases.read_story import ReadStory
from registry_api.usecases.record_event import RecordEvent
from registry_api.usecases.register_organization import RegisterOrganization
from registry_api.usecases.reorganize import Reorganize
from registry_api.usecases.start_import import JOB_KIND, StartImport
from registry_api.usecases.verify_rows import VerifyRows
from registry_api.usecases.void_organization import VoidOrganization
from servicekit.database import Bell, Database, Migrations, Retention
from servicekit.http import forwarding_client
from servicekit.jobs import CHANNEL as JOB_CHANNEL
from servicekit.jobs import Worker
from servicekit.ledger import CHANNEL as LEDGER_CHANNEL
from servicekit.ledger import Ledger
from servicekit.sealing import Sealer
from servicekit.time import Clock, SystemClock

SOURCE = "registry-api"
"""The registry's name in events, logs and commands."""


@dataclass(frozen=True)
class Factory:
    """Everything a process of the registry is made of; nothing connects before it is used."""

    settings: Settings
    clock: Clock
    database: Database
    ledger: Ledger
    bell: Bell
    worker: Worker
    retention: Retention
    register_organization: RegisterOrganization
    record_event: RecordEvent
    hold_election: HoldElection
    reorganize: Reorganize
    void_organization: VoidOrganization
    read_organization: ReadOrganization
    read_story: ReadStory
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


def make_factory(settings: Settings, clock: Clock | None = None) -> Factory:
    """Put the registry together; tests hand in a clock of their own."""
    clock = clock or SystemClock()
    database = Database(settings)
    ledger = Ledger(SOURCE, settings.digest_algorithm)
    bell = Bell(database, LEDGER_CHANNEL, JOB_CHANNEL)
    divisions = Divisions.load(settings.divisions_file)
    read_organization = ReadOrganization(database, clock)
    change = ChangeOrganization(clock, divisions)
    establish = EstablishOrganization(clock, divisions)
    record_event = RecordEvent(database, ledger, change)
    sealer = (
        Sealer.from_file(settings.name_cipher, settings.key_ring_file)
        if settings.key_ring_file
        else None
    )
    router = forwarding_client(settings.router_url) if settings.router_url else None
    find_supervised = FindSupervised(Assignments(router) if router else None)
    find_obligations = FindObligations(database, clock, find_supervised)
    imports = ImportOrganizations(database, ledger, clock, divisions)
    return Factory(
        settings=settings,
        clock=clock,
        database=database,
        ledger=ledger,
        bell=bell,
        worker=Worker(database, bell, {JOB_KIND: imports}, settings.job_crash_limit),
        retention=Retention(database, settings, "job", "idempotency_key"),
        register_organization=RegisterOrganization(database, ledger, clock, establish),
        record_event=record_event,
        hold_election=HoldElection(database, record_event, sealer),
        reorganize=Reorganize(database, ledger, change, establish),
        void_organization=VoidOrganization(database, ledger),
        read_organization=read_organization,
        read_story=ReadStory(database, clock),
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
            database, clock, settings.upload_limit_bytes, settings.jobs_per_client
        ),
        read_import=ReadImport(database),
    )
