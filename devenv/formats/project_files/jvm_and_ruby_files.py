"""Gemfile, .ruby-version, pom.xml and build.gradle: read by pattern, never run."""

import re

from devenv.formats.project_files.text import meaningful_lines
from devenv.model.proposal import Findings, NameKind, Need

_RUBY = re.compile(r"^\s*ruby\s*\(?\s*(['\"])(?P<version>[^'\"]+)\1", re.MULTILINE)
_GEM = re.compile(r"^\s*gem\s*\(?\s*['\"]([A-Za-z0-9_.-]+)['\"]", re.MULTILINE)
_MAVEN_RELEASE = re.compile(
    r"<(maven\.compiler\.release|maven\.compiler\.source|java\.version|release)>"
    r"\s*(?:1\.)?(\d+)\s*</"
)
_GRADLE_RELEASE = re.compile(
    r"JavaLanguageVersion\.of\((\d+)\)|jvmToolchain\((\d+)\)"
    r"|(?:source|target)Compatibility\s*=?\s*(?:JavaVersion\.VERSION_)?['\"]?(?:1[._])?"
    r"(\d+)"
)


def read_gemfile(text: str) -> Findings:
    """Return the Ruby of a Gemfile, Bundler, and libraries of its gems."""
    match = _RUBY.search(text)
    version = match["version"] if match else ""
    line = text.count("\n", 0, match.start("version")) + 1 if match else 0
    needs = [
        Need(
            kind=NameKind.TOOL,
            name="ruby",
            why=f"ruby {version}" if version else "gems of Ruby",
            version=version,
            line=line,
        ),
        Need(kind=NameKind.TOOL, name="bundler", why="gems come with it"),
    ]
    for gem in dict.fromkeys(_GEM.findall(text)):
        why = f"needed to build the gem {gem}"
        needs.append(Need(kind=NameKind.GEM, name=gem, why=why, is_hint=True))
    return Findings(needs=tuple(needs))


def read_ruby_version(text: str) -> Findings:
    """Return the Ruby that rbenv's file names."""
    for line, word in meaningful_lines(text):
        version = word.removeprefix("ruby-")
        if re.match(r"\d", version):
            need = Need(
                kind=NameKind.TOOL, name="ruby", why=word, version=version, line=line
            )
            return Findings(needs=(need,))
        return Findings(unmapped=(f"{word!r} is not a Ruby of the archive",))
    return Findings()


def read_pom(text: str) -> Findings:
    """Return the Java that a pom.xml compiles for, and Maven."""
    match = _MAVEN_RELEASE.search(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    version = f">={match[2]}" if match else ""
    why = f"{match[1]} {match[2]}" if match else "a Java project"
    return Findings(
        needs=(
            Need(kind=NameKind.TOOL, name="java", why=why, version=version),
            Need(kind=NameKind.TOOL, name="maven", why="it builds with Maven"),
        )
    )


def read_gradle(text: str) -> Findings:
    """Return the Java that a build.gradle(.kts) compiles for.

    Gradle itself is left to the project's gradlew: the archive's is years older.
    """
    match = _GRADLE_RELEASE.search(text)
    number = next((group for group in match.groups() if group), "") if match else ""
    why = f"Java {number}" if number else "a Gradle project"
    version = f">={number}" if number else ""
    need = Need(kind=NameKind.TOOL, name="java", why=why, version=version)
    gradle = "Gradle: ./gradlew brings its own; the archive's is version 4"
    return Findings(needs=(need,), unmapped=(gradle,))
