"""Asks the web server of this computer whether it can serve people: `python -m registry.ready`, or `registry-ready`.

For containers and scripts, which know neither its port nor the host name that it answers to.
"""

from __future__ import annotations

import http.client
import os
import sys

from registry.environment import EnvironmentFileError, load_environment

#: Seconds that the answer may take.
PATIENCE = 10
#: Addresses at which a server listens on all of them.
_EVERYWHERE = {"", "0.0.0.0", "[::]"}  # noqa: S104 - compared, not listened to


def main() -> int:
    """Write what `/readyz` said; answers 0 if people can be served."""
    try:
        load_environment()
    except EnvironmentFileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    address, _, port = os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")
    # An entry that begins with a dot is for a domain and all below it.
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1" if address in _EVERYWHERE else address, int(port), PATIENCE)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        answer = connection.getresponse()
        said = answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"The web server does not answer ({type(error).__name__}).\n")
        return 1
    finally:
        connection.close()
    sys.stdout.write(f"{answer.status} {said}\n")
    return int(answer.status != http.client.OK)


if __name__ == "__main__":
    sys.exit(main())
