"""Kills a node while it serves people and runs a job; the other node continues."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from dataclasses import dataclass, field

from tests.drill import steps
from tests.drill.place import HOST, DrillError, Place, Step

#: Seconds: maximum time until a server is ready; pause between two requests; maximum time of a page.
STARTS, PAUSE, PATIENCE = 120, 0.1, 5


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass
class Balancer:
    """Sends requests to the nodes in turn, and to the other node if one does not answer, as nginx does."""

    ports: list[int]
    answered: int = 0
    helped: int = 0
    longest: float = 0
    failed: list[str] = field(default_factory=list)

    def visit(self) -> None:
        """Request the sign-in page once."""
        began = time.monotonic()
        self.ports.append(self.ports.pop(0))
        for number, port in enumerate(self.ports):
            said = status(port, "/sign-in/", PATIENCE)
            if said == http.client.OK:
                self.answered += 1
                self.helped += number
                break
        else:
            self.failed.append(str(said))
        self.longest = max(self.longest, time.monotonic() - began)


def status(port: int, path: str, seconds: float) -> int | str:
    """Return the status of the response, or the name of the error if there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    headers = {"Host": HOST, "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
    return answer.status


def kill(place: Place, step: Step) -> None:
    """Kill the web server and the worker of the first of two nodes while it prints."""
    ports = [free_port(), free_port()]
    servers = [steps.server(place, name, port) for name, port in zip(("first", "second"), ports, strict=True)]
    try:
        until = time.monotonic() + STARTS
        while [status(port, "/readyz", PATIENCE) for port in ports] != [200, 200]:
            if time.monotonic() > until:
                raise DrillError("The nodes are not ready.")
            time.sleep(PAUSE)
        balancer, began = Balancer([*ports]), time.monotonic()
        with steps.print_with_a_killed_worker(place) as printing:
            while printing.poll() is None:
                balancer.visit()
                time.sleep(PAUSE)
                if servers[0].poll() is None and time.monotonic() > began + 3:
                    os.killpg(servers[0].pid, signal.SIGKILL)
                    servers[0].wait()
            said, wrong = printing.communicate()
        if printing.returncode:
            raise DrillError(wrong)
    finally:
        for one in servers:
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
            one.wait(60)
    told = json.loads(said.splitlines()[-1])
    steps.equal((told["state"], told["attempts"]), ("done", 2), "the print")
    steps.equal(balancer.failed, [], "visits that nobody answered")
    if balancer.longest > PATIENCE or not balancer.helped:
        raise DrillError(f"{balancer}")
    step.tell(
        f"print for {told['people']} people: {told['parts_of_the_first']} parts by the killed worker, then the other's",
        f"{balancer.answered} visits, {balancer.helped} turned to the other node, {balancer.longest:.2f} s at most",
        steps.checked(place),
    )
