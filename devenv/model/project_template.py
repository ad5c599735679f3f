"""What a new project can be made from: files, and questions about them."""

from collections.abc import Mapping

from devenv.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that is asked before a project is made.

    `{{key}}` in a file stands for the answer, or for what `choices` has for it;
    without choices any answer of one line does. `default` is an answer.
    """

    key: str
    text: str
    default: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """A file of a template: its path below the folder, and what is in it."""

    path: str
    content: bytes
    is_executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFacts:
    """What `template.toml` says.

    `build` and `run` are lines for a shell in the project's environment, or "".
    """

    title: str
    description: str = ""
    welcome: str = ""
    build: str = ""
    run: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTemplate:
    """A template: its name, where it is from, what it says and its files.

    The files are sorted by path; `template.toml` is not among them.
    """

    name: str
    origin: str
    facts: TemplateFacts
    files: tuple[TemplateFile, ...]
