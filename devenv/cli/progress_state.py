"""What is known of long work: bytes, and how far each package is. Draws nothing."""

from collections import Counter
from collections.abc import Iterable

from devenv.model.stage import AT_WORK, Stage
from devenv.values import dataclass, field


@dataclass(slots=True)
class ProgressState:
    """Long work, from its plan to its end.

    `depth` counts what was begun and has not ended: a download within the making of
    packages is one work.
    """

    label: str = ""
    total: int = 0
    done: int = 0
    depth: int = 0
    is_bytes: bool = True
    stages: dict[str, Stage] = field(default_factory=dict)

    def plan(self, labels: Iterable[str]) -> None:
        """Begin with things that will all be done; those known stay as they are."""
        self.depth += 1
        for label in labels:
            self.stages.setdefault(label, Stage.WAITING)

    def begin(self, label: str, total: int, *, is_bytes: bool) -> None:
        """Begin something that is counted; it adds to what is counted already."""
        if self.depth == 0:
            self.clear()
        self.depth += 1
        self.label = label
        self.is_bytes = is_bytes
        self.total += total

    def advance(self, amount: int) -> None:
        """Count so much more."""
        self.done = min(self.done + amount, self.total)

    def become(self, label: str, stage: Stage) -> None:
        """Note where something is now; what is at work longest stays first."""
        if stage in AT_WORK and self.stages.get(label) not in AT_WORK:
            self.stages.pop(label, None)
        self.stages[label] = stage

    def end(self) -> bool:
        """End what was begun last; tell whether this was all."""
        self.depth = max(self.depth - 1, 0)
        return self.depth == 0

    def clear(self) -> None:
        """Forget everything."""
        self.label, self.total, self.done, self.depth = "", 0, 0, 0
        self.stages.clear()

    def shown(self, most: int) -> list[tuple[str, str]]:
        """Return label and stage of what is at work, `most` of them; count the rest.

        The count's label is empty.
        """
        active = [(name, at) for name, at in self.stages.items() if at in AT_WORK]
        shown = [(name, at.value) for name, at in active[:most]]
        rest = Counter(at for name, at in active[most:])
        rest.update(at for at in self.stages.values() if at not in AT_WORK)
        told = [f"{rest[at]} {at.value}" for at in Stage if rest[at]]
        return [*shown, ("", ", ".join(told))] if told else shown
