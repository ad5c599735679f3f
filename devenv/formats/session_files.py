"""What has a session start the daemon: a systemd user unit, a launchd agent."""

from collections.abc import Iterable

_UNIT_TEXT = """\
[Unit]
Description=devenv: keeps the environments of allowed projects up to date

[Service]
ExecStart={command}
Restart=always
RestartSec=1

[Install]
WantedBy=default.target
"""

_AGENT_TEXT = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"\
 "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>devenv.daemon</string>
  <key>ProgramArguments</key>
  <array>{command}</array>
  <key>KeepAlive</key><true/>
  <key>RunAtLoad</key><true/>
</dict>
</plist>
"""


def systemd_unit(command: Iterable[str]) -> str:
    """Return a user unit that runs a command line (systemd.service(5))."""
    return _UNIT_TEXT.format(command=" ".join(map(_unit_word, command)))


def launchd_agent(command: Iterable[str]) -> str:
    """Return an agent that runs a command line (launchd.plist(5))."""
    words = "".join(f"<string>{_xml(word)}</string>" for word in command)
    return _AGENT_TEXT.format(command=words)


def _unit_word(word: str) -> str:
    """Quote a word of ExecStart (systemd.service(5))."""
    for special, spelt in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(special, spelt)
    return f'"{word}"'


def _xml(word: str) -> str:
    return word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
