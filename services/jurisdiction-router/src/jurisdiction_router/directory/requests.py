"""Areas and bodies from the shapes of requests, and the answer to a change of the directory."""

from jurisdiction_router.core.directory import areas_and_bodies as domain
from jurisdiction_router.core.directory.change import AreaEntry
from jurisdiction_router.directory.schemas import AreaIn, BodyIn, FormerNameIn


def area_entry(request: AreaIn) -> AreaEntry:
    """The area that a request describes."""
    code, start, end = request.code, request.valid_from, request.valid_until
    edges = tuple(
        domain.ParentEdge(code, edge.parent, edge.valid_from, edge.valid_until)
        for edge in request.parents or ()
    )
    if request.parents is None and request.parent is not None:
        edges = (domain.ParentEdge(code, request.parent, start, end),)
    codes = tuple(domain.OtherCode(**other.model_dump()) for other in request.codes)
    area = domain.Area(
        code, request.name, request.level, start, end, _names(request.former_names), codes
    )
    successions = tuple(
        domain.Succession(code, heir.code, heir.valid_from or end or start)
        for heir in request.successors
    )
    return AreaEntry(area, edges, successions)


def body_entry(request: BodyIn) -> domain.Body:
    """The body that a request describes."""
    return domain.Body(**{**request.model_dump(), "former_names": _names(request.former_names)})


def _names(names: list[FormerNameIn]) -> tuple[domain.FormerName, ...]:
    return tuple(domain.FormerName(former.name, former.until) for former in names)
