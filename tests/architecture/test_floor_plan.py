"""Each rule of the floor plan is broken once, and told with its place."""

import re
from pathlib import Path

import pytest

from tests.architecture.floor_plan import breaches, read_modules

ROOT = Path(__file__).resolve().parents[2]
LONG_FUNCTION = "def long() -> None:\n" + "    print()\n" * 50


def house(root: Path, files: dict[str, str]) -> list[str]:
    """The breaches in a tree of these files, as `rule: what`."""
    for path, text in files.items():
        target = root / "services" / "kit" / "src" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return [f"{b.rule}: {b.what}" for b in breaches(read_modules(root))]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("shop/orders/place.py", "from sqlalchemy import text\n",
         "sql: sqlalchemy.text outside of rows"),
        ("shop/orders/rows.py", 'def q(t: str) -> str:\n    return f"SELECT 1 FROM {t}"\n',
         "f-string: a statement put together"),
        ("shop/orders/place.py", "from shop.customers import rows\n",
         "rows: shop.customers.rows is another room's"),
        ("shop/orders/place.py", "from shop.customers.rows import find\n",
         "rows: shop.customers.rows is another room's"),
        ("shop/orders/place.py", "from servicekit.ledger.append import Ledger\n",
         "face: servicekit.ledger.append instead of its package"),
        ("shop/orders/export.py", "import csv\ncsv.writer(open('x')).writerow(['=1'])\n",
         "table: csv.writer outside of servicekit.tables"),
        ("shop/orders/place.py", "x = 1\n" * 401, "file: 401 lines"),
        ("shop/orders/place.py", LONG_FUNCTION, "function: long: 51 lines"),
    ],
)  # fmt: skip
def test_a_breach_is_told(tmp_path: Path, path: str, text: str, expected: str) -> None:
    assert house(tmp_path, {path: text}) == [expected]


def test_a_room_upside_down_is_told(tmp_path: Path) -> None:
    files = {
        "shop/orders/rows.py": "from shop.orders.place import place\n",
        "shop/orders/place.py": "from shop.orders import routes, rows\n",
    }
    assert sorted(house(tmp_path, files)) == [
        "layer: rows call shop.orders.place",
        "layer: shop.orders.place calls routes",
    ]


def test_a_crowded_folder_is_told(tmp_path: Path) -> None:
    files = {f"shop/orders/verb_{i}.py": "x = 1\n" for i in range(13)}
    assert house(tmp_path, files) == ["folder: 13 modules"]


def test_what_keeps_the_rules_is_not_told(tmp_path: Path) -> None:
    files = {
        "shop/orders/rows.py": "from sqlalchemy import select, text\n",
        "shop/orders/place.py": "from shop.orders import rows\n"
        "from servicekit.ledger import Ledger\n"
        "from sqlalchemy.ext.asyncio import AsyncConnection\n",
        "shop/migrations/versions/0001.py": 'f"SELECT {1}"\n',
    }
    assert house(tmp_path, files) == []


NO_ROOMS = {"migrations", "messages", "data", "policy", "__pycache__"}
"""Folders of a package that hold no code of a feature."""


@pytest.mark.parametrize("service", ["registry-api", "jurisdiction-router", "metrics"])
def test_the_page_of_the_house_names_every_room(service: str) -> None:
    plan = (ROOT / "docs/architecture.md").read_text("utf-8")
    _, _, section = plan.partition(f"### {service}:")
    named = set(re.findall(r"`(\w+)/?`", section.partition("\n### ")[0]))
    (package,) = (ROOT / "services" / service / "src").iterdir()
    rooms = {folder.name for folder in package.iterdir() if folder.is_dir()} - NO_ROOMS
    assert rooms - named == set()
