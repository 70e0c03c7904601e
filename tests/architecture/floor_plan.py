"""The rules of the floor plan that import-linter can't say; `make lint` runs this.

    python -m tests.architecture.floor_plan [ROOT]

prints one line for each breach, `path:line: rule: what`, and ends with status 1 if there is one.
docs/architecture.md tells what the rules are for.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("registry_api", "jurisdiction_router", "metrics_api")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_FOLDER_MODULES = 12

_NOT_SQL = {"AsyncConnection", "AsyncEngine", "Row", "RowMapping", "MetaData", "make_url"}
"""What may be imported from SQLAlchemy anywhere: types to pass around, and its exceptions."""

_SQL_START = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|COPY|CREATE|ALTER|DROP)\s")


@dataclass(frozen=True, slots=True)
class Breach:
    """One place that breaks a rule."""

    path: Path
    line: int
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed module: where it lies, its dotted name, its tree."""

    path: Path
    name: str
    tree: ast.Module
    lines: int

    @property
    def package(self) -> str:
        """The top package: `registry_api`."""
        return self.name.split(".", 1)[0]

    @property
    def room(self) -> str:
        """The folder: `registry_api.elections`."""
        return self.name.rpartition(".")[0]

    @property
    def holds_sql(self) -> bool:
        """Whether this is a place for SQL: rows, tables, and servicekit's work on databases."""
        parts = self.name.split(".")
        return "rows" in parts or parts[-1] in {"tables", "schema"} or parts[:2] == _DATABASE


_TABLE_WRITERS = {"csv.writer", "csv.DictWriter", "xlsxwriter.Workbook"}
"""What writes tables; `servicekit.tables` guards them against formulas."""

_DATABASE = ["servicekit", "database"]


def read_modules(root: Path) -> list[Module]:
    """Every module of the services and the runner, but migrations."""
    modules = []
    for source in sorted([*root.glob("services/*/src"), *root.glob("deploy/*/src")]):
        for path in sorted(source.rglob("*.py")):
            if "migrations" in path.parts:
                continue
            text = path.read_text()
            name = ".".join(path.relative_to(source).with_suffix("").parts)
            modules.append(
                Module(path.relative_to(root), name.removesuffix(".__init__"), ast.parse(text),
                       text.count("\n"))
            )  # fmt: skip
    return modules


def breaches(modules: list[Module]) -> Iterator[Breach]:
    """Every breach of every rule."""
    for module in modules:
        yield from _misplaced_sql(module)
        yield from _composed_text(module)
        yield from _foreign_rows(module)
        yield from _behind_the_face(module)
        yield from _unguarded_tables(module)
        yield from _too_long(module)
    yield from _upside_down(modules)
    yield from _crowded(modules)


def _imports(module: Module) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.lineno, node.module, alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ""


def _misplaced_sql(module: Module) -> Iterator[Breach]:
    if module.holds_sql:
        return
    for line, source, name in _imports(module):
        if source.split(".")[0] != "sqlalchemy" or source == "sqlalchemy.exc":
            continue
        if name not in _NOT_SQL:
            yield Breach(module.path, line, "sql", f"{source}.{name} outside of rows")


def _composed_text(module: Module) -> Iterator[Breach]:
    if module.room == "servicekit.testing":  # names of databases can't be parameters
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.JoinedStr) and node.values:
            first = node.values[0]
            if isinstance(first, ast.Constant) and _SQL_START.match(str(first.value)):
                yield Breach(module.path, node.lineno, "f-string", "a statement put together")


def _foreign_rows(module: Module) -> Iterator[Breach]:
    for line, source, name in _imports(module):
        target = f"{source}.{name}" if name == "rows" else source
        room, found, _ = f"{target}.".partition(".rows.")
        if found and not f"{module.name}.".startswith(f"{room}."):
            yield Breach(module.path, line, "rows", f"{target} is another room's")


def _upside_down(modules: list[Module]) -> Iterator[Breach]:
    """In a room, routes call verbs and verbs call rows: nobody imports routes, rows no verb."""
    stands_on_rows = {
        module.name
        for module in modules
        if any(f"{source}.{name}" == f"{module.room}.rows" or source == f"{module.room}.rows"
               for _, source, name in _imports(module))
    }  # fmt: skip
    for module in modules:
        for line, source, name in _imports(module):
            if (source == module.room and name == "routes") or source == f"{module.room}.routes":
                yield Breach(module.path, line, "layer", f"{module.name} calls routes")
            verb = f"{source}.{name}" if source == module.room else source
            same_room = verb.rpartition(".")[0] == module.room
            if same_room and module.name == f"{module.room}.rows" and verb in stands_on_rows:
                yield Breach(module.path, line, "layer", f"rows call {verb}")


def _behind_the_face(module: Module) -> Iterator[Breach]:
    if module.package == "servicekit":
        return
    for line, source, _ in _imports(module):
        if source.startswith("servicekit.") and source.count(".") > 1:
            yield Breach(module.path, line, "face", f"{source} instead of its package")


def _unguarded_tables(module: Module) -> Iterator[Breach]:
    if module.name.startswith("servicekit.tables") or module.path.parts[0] == "deploy":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in _TABLE_WRITERS:
            yield Breach(module.path, node.lineno, "table", f"{name} outside of servicekit.tables")


def _too_long(module: Module) -> Iterator[Breach]:
    if module.lines > MAX_FILE_LINES:
        yield Breach(module.path, 1, "file", f"{module.lines} lines")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield Breach(module.path, node.lineno, "function", f"{node.name}: {lines} lines")


def _crowded(modules: list[Module]) -> Iterator[Breach]:
    folders = Counter(m.path.parent for m in modules if m.path.name != "__init__.py")
    for folder, number in folders.items():
        if number > MAX_FOLDER_MODULES:
            yield Breach(folder, 0, "folder", f"{number} modules")


def main() -> None:
    """Print the breaches of the tree at ROOT (default: here)."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd()
    listed = list(breaches(read_modules(root)))
    for breach in listed:
        sys.stdout.write(f"{breach}\n")
    sys.exit(1 if listed else 0)


if __name__ == "__main__":
    main()
