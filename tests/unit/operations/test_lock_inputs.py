"""Several inputs in one lock: versions, compilers, third parties and their base."""

from dataclasses import replace

import pytest

from devenv.errors import DevenvError, LockError, ResolutionError, UsageError
from devenv.model.apt import AptInput
from devenv.model.lock import Lock
from devenv.operations.lock_mode import LockMode
from devenv.operations.lock_project import ensure_lock, make_lock
from devenv.plan.lock_update import Update
from devenv.sources.apt import inputs
from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld, for_both

GCC = for_both("gcc", depends="libc6", Provides="c-compiler", Section="devel")
LIBC = for_both("libc6", Section="libs")
SSL = [
    *for_both("libssl3", depends="libc6", Section="libs"),
    *for_both("libssl-dev", depends="libssl3", Section="libdevel"),
]


@pytest.fixture(autouse=True)
def _only_own_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in inputs are not there: `name@V` is asked of the spec's own."""
    without = replace(inputs.built_in(), asked=())
    monkeypatch.setattr(inputs, "built_in", lambda: without)


def relock(project: ProjectWorld) -> Lock:
    with project.doors(refresh=True) as doors:
        return ensure_lock(doors, project.read(), LockMode.RELOCK)


def answers(lock: Lock) -> dict[str, list[str]]:
    requirements = lock.systems["x86_64-linux"].requirements
    return {text: [str(one) for one in many] for text, many in requirements.items()}


def refusal(project: ProjectWorld) -> DevenvError:
    with pytest.raises(DevenvError) as caught:
        relock(project)
    return caught.value


@pytest.fixture
def two(project: ProjectWorld) -> ProjectWorld:
    """Return a project with two releases that have the same packages."""
    project.publish(*GCC, *LIBC, *SSL, *for_both("tool", "2.0-1"))
    project.publish(*GCC, *LIBC, *SSL, *for_both("tool", "1.0-1"), suite="other")
    return project


def test_each_input_has_its_own_packages(two: ProjectWorld) -> None:
    two.write_spec("other:tool", "gcc")
    lock = relock(two)
    locked = lock.systems["x86_64-linux"]
    assert locked.inputs == ("other", "own")
    assert [row.name for row in locked.of_input("own")] == ["gcc", "libc6"]
    assert [row.name for row in locked.of_input("other")] == ["tool"]
    assert set(lock.inputs) == {"own", "other"}
    assert lock.inputs["own"].definition != lock.inputs["other"].definition


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("tool", "own:tool"),
        ("tool@2", "own:tool"),
        ("tool@1", "other:tool"),
        ("tool@1.0-1", "other:tool"),
        ("other:tool@1.0", "other:tool"),
    ],
)
def test_a_version_is_asked_of_the_inputs_in_order(
    two: ProjectWorld, text: str, answer: str
) -> None:
    two.write_spec(text)
    assert answers(relock(two)) == {text: [answer]}


def test_an_input_that_is_not_needed_is_not_opened(two: ProjectWorld) -> None:
    two.write_spec("tool@2")
    two.world.server.requests.clear()
    relock(two)
    assert not [path for path in two.world.server.paths() if "/other/" in path]


def test_a_version_that_nobody_has_is_explained_with_what_there_is(
    two: ProjectWorld,
) -> None:
    two.write_spec("tool@3", more='systems = ["x86_64-linux"]')
    error = refusal(two)
    assert isinstance(error, ResolutionError)
    assert error.what == "no input has tool@3: own has 2.0, other 1.0"
    assert error.where == f"{two.spec_path}:3, packages[0]"


def test_a_version_of_a_named_input_is_asked_of_it_alone(two: ProjectWorld) -> None:
    two.write_spec("other:tool@2", more='systems = ["x86_64-linux"]')
    error = refusal(two)
    assert "other:tool@2" in error.what
    assert "1.0-1" in error.what


def test_a_later_input_does_not_win_because_an_earlier_one_is_away(
    two: ProjectWorld,
) -> None:
    two.write_spec("tool@1")
    relock(two)
    two.lock_path.unlink()
    two.world.archive.put_in_release(two.world.suite, b"nonsense")
    two.write_spec("tool@1")
    kept = two.world.home / ".cache/devenv/releases"
    kept.rename(kept.with_name("gone"))
    assert "own" in refusal(two).what


def test_a_library_joins_the_compiler(two: ProjectWorld) -> None:
    two.write_spec("other:gcc", "libssl-dev", "tool")
    assert answers(relock(two)) == {
        "other:gcc": ["other:gcc"],
        "libssl-dev": ["other:libssl-dev"],
        "tool": ["own:tool"],
    }


def test_without_a_compiler_a_library_stays_in_the_default_input(
    two: ProjectWorld,
) -> None:
    two.write_spec("other:tool", "libssl-dev")
    assert answers(relock(two))["libssl-dev"] == ["own:libssl-dev"]


def test_a_library_moves_with_a_compiler_that_is_new(two: ProjectWorld) -> None:
    two.write_spec("other:tool", "libssl-dev")
    relock(two)
    two.write_spec("other:tool", "libssl-dev", "other:gcc")
    assert answers(relock(two))["libssl-dev"] == ["other:libssl-dev"]


def test_an_update_leaves_a_library_with_its_compiler(two: ProjectWorld) -> None:
    two.write_spec("other:gcc", "libssl-dev", "tool")
    before = relock(two)
    for what in (Update(names=frozenset({"other"})), Update(everything=True)):
        with two.doors() as doors:
            lock = make_lock(doors, two.read(), before, update=what)
        assert answers(lock) == answers(before)


def test_a_library_that_no_compiler_would_find_is_refused(two: ProjectWorld) -> None:
    two.write_spec("gcc", "other:libssl-dev", more='systems = ["x86_64-linux"]')
    error = refusal(two)
    assert error.what.startswith("other:libssl-dev is from other, but what would be")
    assert "the compiler of own" in error.what
    assert error.where == f"{two.spec_path}:4, packages[1]"
    assert error.hint == (
        "take both from one input: own:libssl-dev, or the compiler from other"
    )


def test_a_library_beside_one_of_two_compilers_is_fine(two: ProjectWorld) -> None:
    two.write_spec("gcc", "other:gcc", "other:libssl-dev", "libssl-dev")
    assert answers(relock(two))["libssl-dev"] == ["own:libssl-dev"]
    assert answers(relock(two))["other:libssl-dev"] == ["other:libssl-dev"]


def test_another_default_input_is_another_lock(two: ProjectWorld) -> None:
    two.write_spec("tool")
    relock(two)
    spec = two.spec_path.read_text()
    two.spec_path.write_text(spec.replace('"own"\n', '"other"\n', 1))
    assert answers(relock(two)) == {"tool": ["other:tool"]}


def test_a_third_party_builds_on_a_release(
    project: ProjectWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `base` names a built-in input: here one is made of the test's own archive.
    project.publish(*for_both("vendor-db", depends="libc6 (>= 1)"), suite="other")
    project.publish(*LIBC)
    project.write_spec("other:vendor-db")
    spec = project.spec_path.read_text()
    line = project.input_line("other", "other")
    project.spec_path.write_text(
        spec.replace(line, project.input_line("other", "other", more=', base = "sid"'))
    )
    release = replace(
        project.world.archive.pocket(project.world.suite),
        archive=project.world.server.url("/debian"),
    )
    known = inputs.built_in()
    sid = AptInput(name="sid", pockets=(release,))
    made = replace(known, inputs={**known.inputs, "sid": sid})
    monkeypatch.setattr(inputs, "built_in", lambda: made)
    lock = relock(project)
    rows = lock.systems["x86_64-linux"].of_input("other")
    assert [(row.name, row.pocket) for row in rows] == [
        ("libc6", "stable"),
        ("vendor-db", "other"),
    ]
    assert [pocket.name for pocket in lock.inputs["other"].pockets] == [
        "other",
        "stable",
    ]


def test_a_system_that_an_archive_has_not_is_named(project: ProjectWorld) -> None:
    suite = project.world.suite
    only = type(suite)(name="stable", architectures=("amd64",), date=suite.date)
    project.world.archive.publish(only, {"main": [Package(name="tool", version="1")]})
    project.write_spec("tool")
    error = refusal(project)
    assert error.what.startswith("on aarch64-linux: ")
    assert error.hint is not None
    assert 'systems = ["x86_64-linux"]' in error.hint


def test_an_input_that_is_not_there_is_a_mistake_of_the_spec(
    project: ProjectWorld,
) -> None:
    project.write_spec("othr:tool")
    assert "othr" in refusal(project).what


def test_systems_agree_on_what_an_input_is(project: ProjectWorld) -> None:
    table = project.input_line("own", "other")
    project.write_spec("tool", tables=f"[system.x86_64-linux.inputs]\n{table}")
    error = refusal(project)
    assert isinstance(error, LockError | UsageError)
    assert "not the same on every system" in error.what


def test_an_own_input_that_has_the_name_is_advised(two: ProjectWorld) -> None:
    two.publish(*for_both("vendor-db"), suite="other")
    two.write_spec("vendor-db")
    error = refusal(two)
    assert error.hint is not None
    assert error.hint.startswith("other has it: write other:vendor-db")


def test_the_names_that_people_use_are_locked_as_they_were_written(
    project: ProjectWorld,
) -> None:
    project.publish(*for_both("rustc", "1.63.0-1"), *for_both("cargo", "0.66-1"))
    project.publish(*for_both("nodejs", "18.20-1"), suite="other")
    project.write_spec("rust@1.63", "node@18")
    assert answers(relock(project)) == {
        "rust@1.63": ["own:rustc", "own:cargo"],
        "node@18": ["other:nodejs"],
    }


def test_a_warning_is_given_once_for_all_systems(project: ProjectWorld) -> None:
    relock(project)
    project.lock_path.unlink()
    with project.doors(offline=True) as doors:
        ensure_lock(doors, project.read(), LockMode.RELOCK)
        said = doors.display.said  # type: ignore[attr-defined]
    assert len([text for text in said if text.startswith("offline: using")]) == 1


PYTHON = for_both("python3", Section="python")
NUMPY = for_both("python3-numpy", depends="libc6, python3", Section="python")
HTTPIE = for_both("httpie", depends="python3", Section="web")
PYTHON_DEV = for_both("python3-dev", depends="python3", Section="python")


@pytest.fixture
def pythons(project: ProjectWorld) -> ProjectWorld:
    """Return a project with two releases, each with a Python of its own."""
    own = [*PYTHON, *LIBC, *NUMPY, *HTTPIE, *GCC, *PYTHON_DEV, *for_both("python3-new")]
    project.publish(*own, *for_both("python3-only", depends="python3"))
    older = [*LIBC, *NUMPY, *HTTPIE, *GCC, *PYTHON_DEV]
    project.publish(*for_both("python3", "0.9-1"), *older, suite="other")
    return project


def test_a_module_joins_its_interpreter(pythons: ProjectWorld) -> None:
    pythons.write_spec("python3@0.9", "python3-numpy", "httpie")
    assert answers(relock(pythons)) == {
        "python3@0.9": ["other:python3"],
        "python3-numpy": ["other:python3-numpy"],
        "httpie": ["own:httpie"],
    }


def test_a_module_stays_where_an_interpreter_was_asked_for(
    pythons: ProjectWorld,
) -> None:
    pythons.write_spec("other:python3", "python3", "python3-numpy")
    assert answers(relock(pythons))["python3-numpy"] == ["own:python3-numpy"]


def test_a_module_that_names_its_input_stays_there(pythons: ProjectWorld) -> None:
    pythons.write_spec("other:python3", "own:python3-numpy")
    assert answers(relock(pythons))["own:python3-numpy"] == ["own:python3-numpy"]


def test_a_module_that_its_interpreters_input_has_not_is_refused(
    pythons: ProjectWorld,
) -> None:
    one = 'systems = ["x86_64-linux"]'
    pythons.write_spec("other:python3", "python3-only", more=one)
    error = refusal(pythons)
    assert error.what.startswith("python3-only is not in other, where what would load")
    assert error.hint == (
        "own has it: take both from there, or write own:python3-only if it is for the"
        " interpreter of that one"
    )


def test_headers_of_an_interpreter_need_a_compiler_beside_them(
    pythons: ProjectWorld,
) -> None:
    one = 'systems = ["x86_64-linux"]'
    pythons.write_spec("other:python3", "python3-dev", "gcc", more=one)
    error = refusal(pythons)
    assert error.what.startswith("python3-dev is from other, but what would be built")
    pythons.write_spec("other:python3", "python3-dev", "other:gcc", more=one)
    assert answers(relock(pythons))["python3-dev"] == ["other:python3-dev"]


def test_what_fails_on_every_system_is_not_about_one(project: ProjectWorld) -> None:
    project.write_spec("hallo")
    error = refusal(project)
    assert error.what == "there is no package 'hallo'"
    assert error.hint == "did you mean hello?"
