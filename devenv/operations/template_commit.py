"""A template from a commit of a git repository: read as data, never checked out."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.errors import FormatError, TemplateError
from devenv.formats.git_tree import (
    REGULAR_MODES,
    TreeEntry,
    parse_objects,
    parse_tree,
)
from devenv.host.process import Completed, run
from devenv.host.scratch import scratch_directory
from devenv.model.project_template import ProjectTemplate, TemplateFile
from devenv.operations.read_template import (
    MAX_FILE_BYTES,
    MAX_FILES,
    template_of,
    too_large,
)
from devenv.values import dataclass

_ADDRESS = re.compile(
    r"(?P<url>(?:https|ssh|file)://[^\s#]+|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^\s#]+)"
    r"(?:#(?P<commit>[^\s:]*)(?::(?P<folder>[^\s]*))?)?"
)
_SCHEME = re.compile(r"[a-z+]+://|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
FETCH_SECONDS = 300

_SETTINGS = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "fetch.fsckObjects=true"),
    *("-c", "protocol.allow=never"),
    *("-c", "protocol.https.allow=always"),
    *("-c", "protocol.ssh.allow=always"),
    *("-c", "protocol.file.allow=always"),
)
"""No hook runs, no transport that is a command, no object that is malformed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pinned:
    url: str
    commit: str
    folder: str


def is_git_address(text: str) -> bool:
    """Tell whether a word means a git repository, be it a wrong one."""
    return _SCHEME.match(text) is not None


def read_commit(text: str, env: Mapping[str, str]) -> ProjectTemplate:
    """Return the template that a commit (or a folder of it) is.

    Git fetches into a folder that is gone afterwards; nothing is checked out,
    no hook, filter or submodule of the repository takes effect.

    Args:
        text: `URL#COMMIT` or `URL#COMMIT:FOLDER`; https, ssh or file.
        env: for git: PATH, HOME and what it needs to reach its servers.

    Raises:
        TemplateError: no commit is named, it is not there, or no template.
        ProgramError: git is missing, or took too long.
    """
    pinned = _pinned(text)
    with scratch_directory("devenv-template-") as folder:
        git = _Git(folder=folder, env=_environment(env))
        git.fetch(pinned)
        files = git.files(pinned)
    name = (pinned.folder or pinned.url.removesuffix(".git")).rstrip("/")
    return template_of(files, name=name.rpartition("/")[2], origin=text)


def _pinned(text: str) -> _Pinned:
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise TemplateError(
            "this is no address of a git repository",
            where=text,
            hint="write https://HOST/PATH#COMMIT, or an ssh or file address",
        )
    commit = (match["commit"] or "").lower()
    if not _COMMIT.fullmatch(commit):
        url = match["url"]
        raise TemplateError(
            "a template from git is named with its whole commit",
            where=text,
            hint=f"git ls-remote {url} HEAD tells the newest: then {url}#COMMIT",
        )
    folder = (match["folder"] or "").strip("/")
    if folder.startswith("-") or {".", ".."} & set(folder.split("/")):
        raise TemplateError("this is no folder of a repository", where=text)
    return _Pinned(url=match["url"], commit=commit, folder=folder)


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    # GIT_DIR and others of a git hook that we may run in would be another repository.
    kept = {key: value for key, value in env.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Git:
    folder: Path
    env: Mapping[str, str]

    def fetch(self, pinned: _Pinned) -> None:
        self._run("init", "--quiet", "--bare", "--template=")
        quiet = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules")
        done = self._try(*quiet, "--depth=1", "--", pinned.url, pinned.commit)
        if done.status == 0:
            return
        # Not every server gives out a commit by its name: then all branches.
        done = self._try(*quiet, "--", pinned.url, "+refs/heads/*:refs/heads/*")
        if done.status != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise TemplateError(
                f"git cannot fetch it: {said[-1] if said else 'it does not say why'}",
                where=pinned.url,
                hint="look at the address, and whether git may read it",
            )

    def files(self, pinned: _Pinned) -> tuple[TemplateFile, ...]:
        tree = f"{pinned.commit}:{pinned.folder}"
        listed = self._try("ls-tree", "-r", "-z", "-l", "--full-tree", tree)
        if listed.status != 0:
            missing = (
                f"has no folder {pinned.folder!r}" if pinned.folder else "is not there"
            )
            raise TemplateError(
                f"the commit {pinned.commit[:12]} {missing}", where=pinned.url
            )
        try:
            entries = parse_tree(listed.stdout)
            _check(entries, pinned.url)
            names = [entry.object_name for entry in entries]
            asked = "".join(f"{name}\n" for name in names).encode()
            contents = parse_objects(
                self._run("cat-file", "--batch", stdin=asked).stdout, names
            )
        except FormatError as error:
            raise TemplateError(error.what, where=pinned.url) from error
        return tuple(
            TemplateFile(
                path=entry.path,
                content=content,
                is_executable=entry.mode == "100755",
            )
            for entry, content in zip(entries, contents, strict=True)
        )

    def _run(self, *words: str, stdin: bytes = b"") -> Completed:
        done = self._try(*words, stdin=stdin)
        if done.status != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise TemplateError(f"git {words[0]}: {said}", where=str(self.folder))
        return done

    def _try(self, *words: str, stdin: bytes = b"") -> Completed:
        return run(
            ("git", f"--git-dir={self.folder}", *_SETTINGS, *words),
            env=self.env,
            stdin=stdin,
            timeout_seconds=FETCH_SECONDS,
            cwd=self.folder,
        )


def _check(entries: Sequence[TreeEntry], url: str) -> None:
    if len(entries) > MAX_FILES or any(e.size > MAX_FILE_BYTES for e in entries):
        raise too_large(url)
    for entry in entries:
        if entry.mode not in REGULAR_MODES:
            raise TemplateError(
                f"a template holds files only; {entry.path} is a link or a submodule",
                where=url,
            )
