"""Render the chart with its defaults and with each example, a folder each, for other checkers."""

import shutil
import sys
from pathlib import Path

import helm_python
import yaml

CHART = Path(__file__).resolve().parents[1] / "helm/social-organizations"


def main(target: Path) -> None:
    """Write `target/<example>/<template>`; what was there before goes."""
    shutil.rmtree(target, ignore_errors=True)
    for example in [None, *sorted((CHART / "examples").glob("*.yaml"))]:
        values = yaml.safe_load(example.read_text("utf-8")) if example else {}
        folder = target / (example.stem if example else "defaults")
        folder.mkdir(parents=True)
        with helm_python.Chart.load(str(CHART)) as chart:
            for name, text in chart.render(values, name="it", namespace="platform").items():
                (folder / Path(name).name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
