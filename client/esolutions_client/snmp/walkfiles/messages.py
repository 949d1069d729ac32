"""What the tools themselves say in the middle of a walk: it is no value, and it ends the value before it."""

from __future__ import annotations

import re

__all__ = ["TOOL_MESSAGE", "is_message", "is_prompt", "without_messages", "without_terminal_codes"]

TOOL_MESSAGE = (
    r"(?:Timeout: No Response from |Error in packet|Error: OID not increasing|End of MIB\b|Reason: \(|Failed object: |"
    r"No more variables left|No Such (?:Object|Instance) |Cannot find module \(|MIB search path: |Bad operator \(|"
    r"Did not find '|Unlinked OID in |Undefined identifier: |Cannot adopt OID in |No log handling enabled|"
    r"Variables found: |Total traversal time|Created directory: |\^C|"
    r"(?:snmp(?:bulk)?(?:walk|get(?:next)?)): |Unknown Object Identifier|Expected \"|"
    r"add_mibdir: |init_mib|[Ww]arning: )"
)
_MESSAGE = re.compile(r"[ \t]*(?:>= |" + TOOL_MESSAGE + ")")
# A message that was written in the middle of a text, with the end of its line.
_WITHIN = re.compile(TOOL_MESSAGE + r"[^\n]*\n?")
# "user@host:~$ snmpwalk ...", "PS C:\> ", "root@host#", "C:\tools>snmpwalk ...".
_PROMPT = re.compile(
    r"\s*(?:\S+@\S+[^$#>%]*[$#>%]|PS [^>]*>|[A-Za-z]:\\[^>]*>|[$#%>])(?:\s.*|snmp.*)?|"
    r".*\bsnmp(?:bulk)?walk(?:\.exe)? -.*",
    re.DOTALL,
)
_LONGEST_PROMPT = 400
# ECMA-48: what colours, clears or titles a terminal.
_TERMINAL_CODE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9])")


def is_message(line: str) -> bool:
    """Tell whether a line is a message of the tool."""
    return _MESSAGE.match(line) is not None


def is_prompt(line: str) -> bool:
    """Tell whether a line is a shell's prompt, with or without the command."""
    return len(line) <= _LONGEST_PROMPT and _PROMPT.fullmatch(line) is not None


def without_messages(text: str) -> str:
    """Return a text that goes on after the messages written in the middle of it."""
    return _WITHIN.sub("", text)


def without_terminal_codes(line: str) -> str:
    """Return a line as a terminal shows it."""
    return _TERMINAL_CODE.sub("", line) if "\x1b" in line else line
