"""Our data classes do what the standard library's do."""

import copy
import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from devenv import values
from tests.fixtures.ad_hoc import CHECKOUT

SHOW_WHAT_IS_IMPORTED = """
import sys, devenv.model.lock, devenv.model.spec
print({"dataclasses", "inspect"} & {*sys.modules})
"""

Made = tuple[type, type]


@values.dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A value that can be found by its name, as pickle wants."""

    name: str
    size_bytes: int = 3


def both(make: Callable[[ModuleType], type]) -> Made:
    """The same class made by the standard library, and by us."""
    return make(dataclasses), make(values)


def small(module: ModuleType) -> type:
    @module.dataclass(frozen=True, slots=True, kw_only=True, order=True)
    class Small:
        a: int
        b: str = "x"
        c: tuple[int, ...] = module.field(default_factory=tuple, repr=False)
        d: int = module.field(default=0, compare=False)

        @property
        def twice(self) -> int:
            return self.a * 2

    return Small


def positional(module: ModuleType) -> type:
    @module.dataclass(slots=True)
    class Positional:
        a: int
        b: list[int] = module.field(default_factory=list)

    return Positional


def without_slots(module: ModuleType) -> type:
    @module.dataclass(frozen=True, kw_only=True)
    class WithoutSlots:
        a: int
        b: int = 2

    return WithoutSlots


def without_equality(module: ModuleType) -> type:
    @module.dataclass(eq=False, slots=True)
    class WithoutEquality:
        a: int

    return WithoutEquality


def empty(module: ModuleType) -> type:
    @module.dataclass(frozen=True, slots=True)
    class Empty:
        pass

    return Empty


SHAPES = [small, positional, without_slots, without_equality, empty]


def outcome(act: Callable[[], object]) -> object:
    """What came of it: what was returned, or the kind of error."""
    try:
        return act()
    except Exception as error:  # noqa: BLE001 (the kinds are what is compared)
        return next(
            kind for kind in (TypeError, AttributeError) if isinstance(error, kind)
        )


QUESTIONS: list[tuple[str, Callable[[type], object]]] = [
    ("printed", lambda c: repr(c(a=1))),
    ("printed in full", lambda c: repr(c(a=1, b="y"))),
    ("by position", lambda c: repr(c(1))),
    ("nothing given", lambda c: repr(c())),
    ("an unknown field", lambda c: repr(c(a=1, z=2))),
    ("a field twice", lambda c: repr(c(1, a=2))),
    ("too many by position", lambda c: repr(c(1, 2, 3, 4, 5))),
    ("a default", lambda c: c(a=1).b),
    ("a default of its own", lambda c: c(a=1).b is c(a=1).b),
    ("equal", lambda c: c(a=1) == c(a=1)),
    ("another value", lambda c: c(a=1) == c(a=2)),
    ("another class", lambda c: c(a=1) == (1, "x", ())),
    ("a field that does not count", lambda c: c(a=1, d=1) == c(a=1, d=2)),
    ("hashed", lambda c: len({hash(one) for one in (c(a=1), c(a=1))})),
    ("in a set", lambda c: len({c(a=1), c(a=1), c(a=2)})),
    ("ordered", lambda c: [c(a=1) < c(a=2), c(a=1) >= c(a=2), c(a=1) <= c(a=1)]),
    ("ordered with another class", lambda c: c(a=1) < 1),
    ("set", lambda c: setattr(c(a=1), "a", 2)),
    ("deleted", lambda c: delattr(c(a=1), "a")),
    ("slots", lambda c: getattr(c, "__slots__", None)),
    ("a dictionary", lambda c: hasattr(c(a=1), "__dict__")),
    ("matched by position", lambda c: vars(c)["__match_args__"]),
    ("names of the fields", lambda c: [f.name for f in dataclasses.fields(c)]),
    ("replaced by the standard", lambda c: dataclasses.replace(c(a=1), a=5).a),
    ("as a dictionary", lambda c: dataclasses.asdict(c(a=1))),
    ("copied", lambda c: copy.copy(c(a=1)).a),
    ("copied deeply", lambda c: copy.deepcopy(c(a=1)).a),
    ("a property", lambda c: c(a=4).twice),
    ("its name", lambda c: (c.__name__, c.__qualname__, c.__module__)),
]


@pytest.mark.parametrize(
    "ask", [q for _, q in QUESTIONS], ids=[n for n, _ in QUESTIONS]
)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("is_compiled", [False, True], ids=["first", "compiled"])
def test_a_value_answers_as_the_standard_librarys_does(
    shape: Callable[[ModuleType], type],
    ask: Callable[[type], object],
    *,
    is_compiled: bool,
) -> None:
    standard, ours = both(shape)
    if is_compiled:
        values.compile_now()
    assert outcome(lambda: ask(ours)) == outcome(lambda: ask(standard))


def test_a_value_can_be_replaced_and_pickled() -> None:
    kept = Kept(name="a")
    assert values.replace(kept, size_bytes=5) == Kept(name="a", size_bytes=5)
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301 (made here)
    assert values.asdict(kept) == {"name": "a", "size_bytes": 3}


def test_a_frozen_value_takes_no_name_that_is_no_field() -> None:
    with pytest.raises(AttributeError, match="frozen: other"):
        Kept(name="a").other = 1  # type: ignore[attr-defined]


def test_asdict_refuses_what_it_would_have_to_look_into() -> None:
    with pytest.raises(TypeError, match="plain"):
        values.asdict(values.replace(Kept(name="a"), name=["b"]))  # type: ignore[arg-type]


def test_what_waits_for_a_first_value_can_be_compiled_before() -> None:
    @values.dataclass(frozen=True, slots=True, kw_only=True)
    class Late:
        name: str
        size: int = 3

    waiting = Late.__init__
    values.compile_now()

    assert Late.__init__ is not waiting
    assert Late(name="a") == Late(name="a", size=3)
    with pytest.raises(TypeError):
        Late()  # type: ignore[call-arg]


def test_many_values_are_made_by_a_compiled_init() -> None:
    @values.dataclass(frozen=True, slots=True, kw_only=True)
    class Many:
        number: int
        parts: tuple[int, ...] = values.field(default_factory=tuple)

    first = Many.__init__
    made = [Many(number=number) for number in range(100)]

    assert Many.__init__ is not first
    assert [one.number for one in made] == [*range(100)]
    assert made[0] == Many(number=0, parts=())


def test_no_command_imports_the_standard_librarys_classes() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            SHOW_WHAT_IS_IMPORTED,
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"
