"""Ask the local web server whether it is ready: `python -m registry.ready`, or `registry-ready`.

For containers and scripts, which know neither its port nor its host name.
"""

from __future__ import annotations

import http.client
import os
import sys

from registry.environment import EnvironmentFileError, load_environment

#: Timeout of the response in seconds.
PATIENCE = 10
#: Addresses that mean all addresses of a server.
_EVERYWHERE = {"", "0.0.0.0", "[::]"}  # noqa: S104 - compared, not listened to


def main() -> int:
    """Print the response of `/readyz`; return 0 if the server is ready."""
    try:
        load_environment()
    except EnvironmentFileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    address, _, port = os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")
    # An entry that begins with a dot means a domain and its subdomains.
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
