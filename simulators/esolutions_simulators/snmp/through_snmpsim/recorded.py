"""Run snmpsim's responder for recordings, each at an address of its own and to the community ``public``.

    python -m esolutions_simulators.snmp.through_snmpsim.recorded FOLDER ENDPOINT...

FOLDER holds a folder for each endpoint, numbered from 0, with the recording in
it. The word ``ready`` on standard output says that every endpoint is bound;
the process ends when its standard input does.
"""

import os
import sys
from pathlib import Path

from esolutions_simulators.snmp.ready import end_with_parent
from esolutions_simulators.snmp.through_snmpsim.hosting import host

__all__ = ["main"]


def main(folder: str, *served: str) -> int:
    """Serve the recordings in a folder at these endpoints."""
    end_with_parent()
    # snmpsim takes its options apart at "=": a folder's name may have one, a number has none.
    os.chdir(folder)
    arguments = [
        option
        for number, endpoint in enumerate(served)
        for option in ("--v3-engine-id=auto", f"--data-dir={number}", f"--agent-udpv4-endpoint={endpoint}")
    ]
    return host(arguments, Path())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
