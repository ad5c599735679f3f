"""Whether a change of an allowed project needs a nod, by what it does.

Of two effects, what was approved and what is asked for now: whatever only goes
away, or is another package of an approved signed archive, is told; all else is
named and asked for. Nothing here looks at files: whether any byte has changed is
another question, which comes first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from devenv.model.trust import (
    Effects,
    New,
    NewKind,
    PackageEffect,
    TrustDecision,
    ValueEffect,
)
from devenv.model.user_configuration import TrustPolicy
from devenv.plan.shown_values import shown_text, shown_variable
from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFacts:
    """What was looked up for a decision.

    `known_rows` are those rows of the lock that stand in an index verified under
    the approved key; `is_older` compares two versions.
    """

    known_rows: frozenset[PackageEffect] = frozenset()
    is_older: Callable[[str, str], bool]


@dataclass(slots=True)
class _Findings:
    needed: list[New] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def ask(self, kind: NewKind, text: str) -> None:
        self.needed.append(New(kind=kind, text=text))


def decide(
    approved: Effects, new: Effects, facts: TrustFacts, policy: TrustPolicy
) -> TrustDecision:
    """Return what of `new` needs a nod, and what is only told.

    With an exact policy everything needs one, a change that does nothing, too.
    Call it where the bytes differ.
    """
    found = _Findings()
    _inputs(approved, new, found)
    _packages(approved, new, facts, found)
    _libraries(approved, new, facts, found)
    _variables(approved, new, policy, found)
    _texts(approved, new, found)
    _programs(approved, new, found)
    return _decision(found, policy)


def _decision(found: _Findings, policy: TrustPolicy) -> TrustDecision:
    needed = found.needed
    if policy.is_exact:
        said = found.told or ["a file was changed, without an effect"]
        needed = [*needed, *(New(kind=NewKind.BYTES, text=text) for text in said)]
        return TrustDecision(needed=tuple(needed))
    return TrustDecision(needed=tuple(needed), told=tuple(found.told))


def decide_value(
    name: str, approved: ValueEffect, new: ValueEffect, policy: TrustPolicy
) -> TrustDecision:
    """Return what `decide` does where one variable has another value, and no more."""
    found = _Findings()
    _value(name, approved, new, policy, found)
    return _decision(found, policy)


def with_history(decision: TrustDecision) -> TrustDecision:
    """Return what is left to ask where the very same bytes were allowed before.

    So it is when somebody goes back to another branch, or an editor is seen in the
    middle of its work. Older packages are asked for nevertheless: they may have
    been left for a reason.
    """
    kept = {NewKind.DOWNGRADE, NewKind.UNKNOWN_PACKAGE, NewKind.BYTES}
    needed = tuple(new for new in decision.needed if new.kind in kept)
    if len(needed) == len(decision.needed):
        return decision
    told = (*decision.told, "the rest is as it was allowed before")
    return TrustDecision(needed=needed, told=told)


def new_rows(approved: Effects, new: Effects) -> tuple[PackageEffect, ...]:
    """Return the rows that have to be looked up in an index: those not approved."""
    known = {*approved.packages, *approved.library_packages}
    rows = {*new.packages, *new.library_packages}
    return tuple(sorted(rows - known))


def vouched_rows(
    approved: Effects, new: Effects, known_rows: frozenset[PackageEffect]
) -> frozenset[PackageEffect]:
    """Return the rows that are the approved archives', whatever else needs a nod.

    Their inputs are as they were approved, and they themselves were approved or are
    among `known_rows` (`TrustFacts`).
    """
    same = {
        name
        for name, effect in new.inputs.items()
        if approved.inputs.get(name) == effect
    }
    vouched = known_rows | {*approved.packages}
    return frozenset(
        row for row in new.packages if row.input in same and row in vouched
    )


def _inputs(approved: Effects, new: Effects, found: _Findings) -> None:
    for name, effect in new.inputs.items():
        before = approved.inputs.get(name)
        at = f" at {effect.address}" if effect.address else ""
        if before is None:
            found.ask(NewKind.INPUT, f"packages from {name}{at}")
        elif before.keys != effect.keys:
            keys = ", ".join(effect.keys) or "none"
            found.ask(NewKind.KEY, f"the key of {name}: {keys}")
        elif before.definition != effect.definition:
            found.ask(NewKind.INPUT, f"{name} is defined in another way{at}")
    found.told += _gone("the input", approved.inputs, new.inputs)
    kept = [name for name in approved.trees if name in new.trees]
    # What is new on PATH may only come behind what was there.
    if kept != list(new.trees[: len(kept)]):
        found.ask(NewKind.ORDER, f"the order on PATH: {', '.join(new.trees)}")


def _packages(
    approved: Effects, new: Effects, facts: TrustFacts, found: _Findings
) -> None:
    before = _by_name(approved.packages)
    for row in sorted(set(new.packages) - set(approved.packages)):
        _package(row, before.get((row.input, row.name)), facts, found)
    found.told += _gone_rows(before, new.packages)


def _libraries(
    approved: Effects, new: Effects, facts: TrustFacts, found: _Findings
) -> None:
    for text in new.libraries:
        if text not in approved.libraries:
            found.ask(NewKind.LIBRARY, text)
    if new.libraries and approved.libraries and new.c_library != approved.c_library:
        found.ask(NewKind.LIBRARY, f"libraries for the C library {new.c_library}")
    before = _by_name(approved.library_packages)
    for row in sorted(set(new.library_packages) - set(approved.library_packages)):
        known = before.get((row.input, row.name))
        # Host programs see it: another version is told, another library is not.
        if known is None:
            found.ask(NewKind.LIBRARY, f"{_row(row)} (needed by libraries)")
        else:
            _package(row, known, facts, found)
    found.told += _gone("the library", approved.libraries, new.libraries)


def _package(
    row: PackageEffect,
    before: PackageEffect | None,
    facts: TrustFacts,
    found: _Findings,
) -> None:
    if row not in facts.known_rows:
        text = f"{_row(row)} stands in no index of this archive"
        found.ask(NewKind.UNKNOWN_PACKAGE, text)
    elif before is None:
        found.told.append(f"{_row(row)} is new")
    elif facts.is_older(row.version, before.version):
        text = f"{_row(row)}, which was {before.version}"
        found.ask(NewKind.DOWNGRADE, text)
    else:
        found.told.append(f"{_row(row)}, which was {before.version}")


def _variables(
    approved: Effects, new: Effects, policy: TrustPolicy, found: _Findings
) -> None:
    for name, effect in new.values.items():
        before = approved.values.get(name)
        if before is None:
            found.ask(NewKind.VARIABLE, shown_variable(name, effect.value))
        else:
            _value(name, before, effect, policy, found)
    found.told += _gone("the variable", approved.values, new.values)
    _lists("in front of", approved.prepend, new.prepend, found)
    _lists("behind", approved.append, new.append, found)
    for name in new.unset:
        if name not in approved.unset:
            found.ask(NewKind.UNSET, f"{name} is taken away")
    back = (name for name in approved.unset if name not in new.unset)
    found.told += [f"{name} is no longer taken away" for name in back]


def _value(
    name: str,
    before: ValueEffect,
    after: ValueEffect,
    policy: TrustPolicy,
    found: _Findings,
) -> None:
    if before.value == after.value:
        return
    shown = shown_variable(name, after.value)
    if name in policy.free_values:
        found.told.append(f"{shown}, which is free")
    else:
        found.ask(NewKind.VALUE, shown)


def _lists(
    side: str,
    approved: Mapping[str, Sequence[str]],
    new: Mapping[str, Sequence[str]],
    found: _Findings,
) -> None:
    for name, entries in new.items():
        before = approved.get(name, ())
        for entry in entries:
            if entry not in before:
                found.ask(NewKind.PATH_ENTRY, f"{shown_text(entry)} {side} {name}")
        kept = [entry for entry in before if entry in entries]
        if kept != [entry for entry in entries if entry in before]:
            order = ":".join(entries)
            found.ask(NewKind.ORDER, f"{side} {name}: {shown_text(order)}")
    for name, entries in approved.items():
        for entry in entries:
            if entry not in new.get(name, ()):
                found.told.append(f"{shown_text(entry)} is no longer {side} {name}")


def _texts(approved: Effects, new: Effects, found: _Findings) -> None:
    before = dict(_moments(approved))
    after = dict(_moments(new))
    for place, text in after.items():
        if text != before.get(place):
            found.ask(NewKind.HOOK_TEXT, f"{place}: {shown_text(text)}")
    found.told += _gone("the text", before, after)
    for name, text in new.aliases.items():
        if text != approved.aliases.get(name):
            found.ask(NewKind.ALIAS, f"{name}={shown_text(text)}")
    found.told += _gone("the alias", approved.aliases, new.aliases)


def _moments(effects: Effects) -> Iterator[tuple[str, str]]:
    for shell, text in effects.texts.items():
        table = f"shell.{shell}" if shell else "shell"
        for moment, content in (("enter", text.enter), ("leave", text.leave)):
            if content:
                yield f"[{table}] {moment}", content


def _programs(approved: Effects, new: Effects, found: _Findings) -> None:
    for command, provider in new.programs.items():
        if approved.programs.get(command) != provider:
            text = f"{command} of {provider} would stand in for the one of this machine"
            found.ask(NewKind.PROGRAM, text)
    found.told += _gone("the program", approved.programs, new.programs)


def _gone(kind: str, before: Iterable[str], after: Iterable[str]) -> list[str]:
    kept = frozenset(after)
    return [f"{kind} {name} is gone" for name in before if name not in kept]


def _gone_rows(
    before: Mapping[tuple[str, str], PackageEffect], after: Iterable[PackageEffect]
) -> list[str]:
    kept = {(row.input, row.name) for row in after}
    return [f"{_row(row)} is gone" for key, row in before.items() if key not in kept]


def _by_name(
    rows: Iterable[PackageEffect],
) -> dict[tuple[str, str], PackageEffect]:
    return {(row.input, row.name): row for row in rows}


def _row(row: PackageEffect) -> str:
    return f"{row.name} {row.version} of {row.input}"
