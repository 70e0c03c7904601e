"""The table of facets covers the model, and its two readings of a state agree."""

import demo_city
from registry_api.core.organization.columns import columns
from registry_api.core.organization.facets import facet_values, facets, filters
from registry_api.core.organization.state import complete

NOT_TO_FIND_BY = {
    "annual_inspection.made_up.result",  # the newest year is what counts
}


def test_every_coded_field_of_the_model_can_be_found_by() -> None:
    coded = {c.dotted for c in columns() if c.code_list} - NOT_TO_FIND_BY
    assert coded <= {".".join(facet.path) for facet in facets().values()}


def test_a_facet_of_an_unknown_object_is_unknown_and_a_presence_is_known() -> None:
    state = complete({"name": "晨曦医院", "kind": "foundation"})
    values = dict(zip(facets(), facet_values(state), strict=True))
    assert values["grade"] is None
    assert values["secretary_cross_posted"] is None
    assert values["has_instructor"] is False
    assert (values["charter_state"], values["status"]) == ("none", "active")


def test_every_facet_is_readable_from_every_organization_of_the_demo_city() -> None:
    for state, _ in zip(demo_city.organizations(), range(500), strict=False):
        assert len(facet_values(complete(state))) == len(facets())


def test_ranges_are_named_by_their_bounds() -> None:
    named = filters()
    assert {"full_members_min", "full_members_max", "registered_on_from"} <= named.keys()
    assert named["registered_on_before"].operator == "before"
    assert "full_members" not in named
