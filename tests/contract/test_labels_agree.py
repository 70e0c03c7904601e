"""One code has one wording, wherever it is shown."""

from importlib.resources import files
from typing import Any

import pytest
import yaml

from metrics_api.definitions.labels import load_labels

DIMENSION_OF = {
    "organization_kind": "kind",
    "institution_type": "institution_type",
    "category": "category",
    "registration_mode": "mode",
    "registration_level": "level",
    "system": "supervisor_system",
    "body_kind": "body_kind",
    "organization_status": "status",
    "grade": "grade",
    "charter_state": "charter_state",
    "charter_wording": "charter_wording",
    "party_organization_form": "party_form",
    "party_organization_mode": "party_mode",
}


def test_metrics_and_the_router_know_the_same_lines_of_supervision() -> None:
    told = [
        yaml.safe_load((files(package) / folder / "lines.yaml").read_text("utf-8"))
        for package, folder in (
            ("metrics_api", "definitions/labels"),
            ("jurisdiction_router", "policy"),
        )
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize("code_list", DIMENSION_OF)
def test_metrics_says_a_code_in_the_words_of_the_register(code_list: str) -> None:
    text = (files("registry_api") / "data" / "code_lists.yaml").read_text("utf-8")
    lists: dict[str, Any] = yaml.safe_load(text)
    register = {
        code: (words["zh"], words["en"]) for code, words in lists[code_list]["values"].items()
    }
    metrics = load_labels().codes[DIMENSION_OF[code_list]]
    assert {code: (words.zh, words.en) for code, words in metrics.items()} == register
