"""`devenv trust list`: every decision, and whether it still holds."""

from collections.abc import Mapping
from pathlib import Path

from devenv.model.trust import TrustRecord, TrustState
from devenv.operations.doors import Doors
from devenv.operations.trust_records import TrustRecords
from devenv.operations.trust_standing import standing_of
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDecision:
    """A decision about a folder; `word` is allowed, denied, foreign or gone."""

    record: TrustRecord
    word: str

    def as_json(self) -> Mapping[str, object]:
        """Return it as `--json` prints it."""
        return {
            "path": self.record.path,
            "state": self.word,
            "decided_at": self.record.decided_at.isoformat(),
            "digest": self.record.digest,
        }


def list_trust(doors: Doors) -> tuple[ListedDecision, ...]:
    """Return what the user has decided, sorted by path; no project is read."""
    return tuple(
        ListedDecision(record=record, word=_word(doors, record))
        for record in TrustRecords.of(doors.env).all()
    )


def programs_of(doors: Doors, folder: Path) -> Mapping[str, str]:
    """Return the host commands that an allowed project stands in front of."""
    record = TrustRecords.of(doors.env).read(str(folder.resolve()))
    return record.effects.programs if record else {}


def _word(doors: Doors, record: TrustRecord) -> str:
    state = standing_of(doors, Path(record.path)).state
    # Another folder is there now, or none.
    return "gone" if state is TrustState.UNKNOWN else state.value
