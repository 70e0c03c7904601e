"""The registry's ASGI app."""

from contextlib import aclosing
from importlib.metadata import version
from importlib.resources import files

from fastapi import FastAPI

from registry_api.api import (
    advice,
    code_lists,
    elections,
    exports,
    finding,
    imports,
    information_base,
    integrity,
    life_events,
    notices,
    obligations,
    organizations,
    rankings,
    reorganizations,
    stories,
)
from registry_api.api.errors import ERRORS
from registry_api.factory import SOURCE, make_factory, migrations
from registry_api.settings import Settings
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
    factory = make_factory(settings, clock)

    return build_app(
        Parts(
            name=SOURCE,
            title="Registry API 社会组织登记",
            description=DESCRIPTION,
            version=version("registry-api"),
            settings=settings,
            database=factory.database,
            bell=factory.bell,
            migrations=migrations(settings),
            routers=[
                exports.router,  # before /v1/organizations/{organization_id}, which it would match
                organizations.router,  # early: routes are tried in this order
                finding.router,
                stories.router,
                notices.router,
                obligations.router,
                information_base.router,
                advice.router,
                rankings.router,
                integrity.router,
                life_events.router,
                reorganizations.router,
                elections.router,
                imports.router,
                code_lists.router,
                feed_router("registry:read"),
            ],
            errors=ERRORS,
            state={"factory": factory},
            background=[
                lambda: factory.ledger.settled(factory.database),
                factory.worker.running,
                factory.retention.running,
                lambda: aclosing(factory.find_supervised),
            ],
            streamed_paths=[imports.PATH],
            tags=TAGS,
            examples=files("registry_api") / "api" / "examples.json",
        )
    )
