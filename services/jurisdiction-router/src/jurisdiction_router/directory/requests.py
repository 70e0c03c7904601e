"""Areas and bodies from the shapes of requests, and the answer to a change of the directory."""

from jurisdiction_router.core.directory import areas_and_bodies as domain
from jurisdiction_router.core.directory.change import GivenArea
from jurisdiction_router.directory.schemas import AreaIn, BodyIn, FormerNameIn


def given_area(given: AreaIn) -> GivenArea:
    """The area that a request describes."""
    code, start, end = given.code, given.valid_from, given.valid_until
    edges = tuple(
        domain.ParentEdge(code, edge.parent, edge.valid_from, edge.valid_until)
        for edge in given.parents or ()
    )
    if given.parents is None and given.parent is not None:
        edges = (domain.ParentEdge(code, given.parent, start, end),)
    codes = tuple(domain.OtherCode(**other.model_dump()) for other in given.codes)
    area = domain.Area(code, given.name, given.level, start, end, _names(given.former_names), codes)
    successions = tuple(
        domain.Succession(code, heir.code, heir.valid_from or end or start)
        for heir in given.successors
    )
    return GivenArea(area, edges, successions)


def given_body(given: BodyIn) -> domain.Body:
    """The body that a request describes."""
    return domain.Body(**{**given.model_dump(), "former_names": _names(given.former_names)})


def _names(given: list[FormerNameIn]) -> tuple[domain.FormerName, ...]:
    return tuple(domain.FormerName(former.name, former.until) for former in given)
