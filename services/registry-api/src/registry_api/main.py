"""The registry's ASGI app."""

from contextlib import aclosing
from importlib.metadata import version
from importlib.resources import files

from fastapi import FastAPI

from registry_api.advice import routes as advice
from registry_api.code_lists import routes as code_lists
from registry_api.elections import routes as elections
from registry_api.exports import routes as exports
from registry_api.factory import SOURCE, make_services, migrations
from registry_api.imports import routes as imports
from registry_api.integrity import routes as integrity
from registry_api.life_events import routes as life_events
from registry_api.notices import routes as notices
from registry_api.organizations import routes as organizations
from registry_api.reorganizations import routes as reorganizations
from registry_api.settings import Settings
from registry_api.work_lists import routes as work_lists
from servicekit.errors import read_rules
from servicekit.http import Parts, build_app
from servicekit.ledger import feed_router
from servicekit.time import Clock

DESCRIPTION = """\
The register of social organizations (社会组织登记): what is true of each, and everything that
happened to it.

Valid time is counted in civil dates (Asia/Shanghai), half-open; nothing is overwritten, a
correction is a new event about an earlier date. Errors are RFC 9457 problems in zh or en
(`Accept-Language`). Follow `/v1/changes` to stay in step.
"""

TAGS = [
    {"name": "organizations", "description": "社会组织 Social organizations"},
    {"name": "life events", "description": "全生命周期 What happens to an organization"},
    {"name": "notices", "description": "一致性提示 What does not fit together"},
    {"name": "obligations", "description": "待办义务 What is owed, by when, under which clause"},
    {"name": "advice", "description": "分类指导与评先 Guidance, grades, who goes first"},
    {"name": "integrity", "description": "完整性证明 Proof that nothing was altered or lost"},
    {"name": "imports", "description": "批量导入 Bulk import"},
    {"name": "code lists", "description": "代码表 Coded values and their labels"},
    {"name": "changes", "description": "变更订阅 The feed of changes"},
    {"name": "operation", "description": "运行 Health, version, metrics"},
]


def build(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """The app; connects to nothing before it starts to serve."""
    services = make_services(settings, clock)

    return build_app(
        Parts(
            name=SOURCE,
            title="Registry API 社会组织登记",
            description=DESCRIPTION,
            version=version("registry-api"),
            settings=settings,
            database=services.database,
            notifications=services.notifications,
            migrations=migrations(settings),
            routers=[
                exports.router,  # before /v1/organizations/{organization_id}, which it would match
                organizations.router,  # early: routes are tried in this order
                notices.router,
                work_lists.router,
                advice.router,
                integrity.router,
                life_events.router,
                reorganizations.router,
                elections.router,
                imports.router,
                code_lists.router,
                feed_router("registry:read"),
            ],
            rules=read_rules("registry_api"),
            services=services,
            background=[
                lambda: services.ledger.settled(services.database),
                services.worker.running,
                services.retention.running,
                lambda: aclosing(services.find_supervised),
            ],
            streamed_paths=[imports.PATH],
            tags=TAGS,
            examples=files("registry_api") / "examples.json",
        )
    )
