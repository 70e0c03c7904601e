"""Directories at random: areas with any times and successors, gaps and circles."""

from datetime import date

from hypothesis import strategies as st

from metrics_api.core.areas.areas import AreaVersion
from metrics_api.core.areas.successions import Succession
from metrics_api.core.definitions.dimensions import AREA_LEVELS
from metrics_api.tables import OPEN_END

BY_LEVEL = {
    "city": ["440300"],
    "district": ["440306", "440309", "440311"],
    "street": ["440306001", "440306002", "440309001", "440309002"],
}
SUCCEEDING_CODES = [code for codes in BY_LEVEL.values() for code in codes]
YEARS = [date(year, 1, 1) for year in range(2010, 2016)]
_ABOVE: dict[str, list[str | None]] = {
    "city": [None],
    "district": [*BY_LEVEL["city"]],
    "street": [*BY_LEVEL["district"]],
}


@st.composite
def succeeding_areas(draw: st.DrawFn, orderly: bool = True) -> AreaVersion:
    """A version of an area; `orderly`: its parent is of the level above, its heirs of its own."""
    level = draw(st.sampled_from(sorted(BY_LEVEL)))
    code = draw(st.sampled_from(BY_LEVEL[level]))
    parents, heirs = _ABOVE[level], BY_LEVEL[level]
    if not orderly:
        level, heirs = draw(st.sampled_from(AREA_LEVELS)), SUCCEEDING_CODES
        parents = [None, *SUCCEEDING_CODES]
    start, until = draw(st.sampled_from(YEARS)), draw(st.sampled_from([*YEARS, OPEN_END]))
    successions = st.builds(Succession, st.sampled_from(heirs), st.sampled_from(YEARS))
    successors = tuple(draw(st.lists(successions, max_size=3)))
    parent = draw(st.sampled_from(parents))
    return AreaVersion(code, level, parent, code, min(start, until), until, successors)
