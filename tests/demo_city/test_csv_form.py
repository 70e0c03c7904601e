"""The CSV form: there and back."""

import io
from typing import Any

import demo_city
from demo_city import csv_form


def leaves(document: Any, path: str = "") -> set[str]:
    if not isinstance(document, dict):
        return {path}
    return {
        leaf
        for key, value in document.items()
        for leaf in leaves(value, f"{path}.{key}" if path else key)
    }


def test_documents_survive_the_way_there_and_back() -> None:
    documents = list(demo_city.organizations())
    text = io.StringIO(newline="")
    assert csv_form.write(documents, text) == len(documents)
    assert list(csv_form.read(io.StringIO(text.getvalue(), newline=""))) == documents


def test_columns_are_the_leaves_of_the_documents() -> None:
    found: set[str] = set()
    for document in demo_city.organizations():
        found |= leaves(document)
    assert set(csv_form.COLUMNS) - found == set()
    assert found - set(csv_form.COLUMNS) <= set(csv_form.NULLABLE_OBJECTS)


def test_cells_of_a_joint_branch() -> None:
    joint = next(
        doc
        for doc in demo_city.organizations()
        if doc["party"]["organization"]
        and len(doc["party"]["organization"]["with"]) == 2
        and doc["party"]["organization"]["secretary"]
    )
    row = dict(zip(csv_form.COLUMNS, csv_form.to_row(joint), strict=True))
    assert row["party.organization.with"] == "；".join(joint["party"]["organization"]["with"])
    assert row["party.organization.secretary.cross_posted"] in ("true", "false")
    assert row["party.instructor.assigned_on"] == ""
