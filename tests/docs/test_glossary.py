"""The glossary names every coded value, and no identifier that the platform does not have."""

import re
import subprocess
import sys

from tests.docs.pages import ROOT

GLOSSARY = ROOT / "docs/glossary.md"


def test_its_code_lists_are_those_of_the_register() -> None:
    printed = subprocess.run(
        [sys.executable, "deploy/release/glossary_table.py", "--print"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert printed == GLOSSARY.read_text("utf-8"), "make glossary-table"


def test_every_identifier_is_one_that_callers_meet() -> None:
    concepts = GLOSSARY.read_text("utf-8").partition("## Coded values")[0]
    identifiers = re.findall(r"\| `(\w+)` \|$", concepts, re.MULTILINE)
    served = "\n".join(path.read_text("utf-8") for path in (ROOT / "openapi").glob("*.yaml"))
    words = set(re.findall(r"\w+", served.replace("-", "_")))
    assert len(identifiers) > 40
    missing = [name for name in identifiers if name not in words]
    assert missing == [], "not in openapi/: misspelt, or `make openapi-examples` has to run"
