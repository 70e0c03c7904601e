"""The load's progress: bars on a terminal, a few lines where output is kept in a file."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from local_runner.loading.load import Phase

LINE_EVERY = 25  # percent, without a terminal


class PhaseBars:
    """One bar per phase; call it with what `demo_load.OnProgress` says."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Elapsed(),
            console=console,
            disable=not console.is_terminal,
        )
        self._bars: dict[Phase, TaskID] = {}
        self._said: dict[Phase, int] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        for phase in Phase:
            self._bars[phase] = self._progress.add_task(phase.value, total=None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def __call__(self, phase: Phase, done: int, total: int | None) -> None:
        """Show how far a phase is."""
        self._progress.update(self._bars[phase], completed=done, total=total)
        if self._console.is_terminal or not total:
            return
        step = 100 * done // total // LINE_EVERY
        if step > self._said.get(phase, 0):
            self._said[phase] = step
            self._console.print(f"{phase.value}: {done:,} of {total:,}")
