"""Two nodes with separate directories, one database, bucket and cache, behind a balancer on another port."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography.fernet import Fernet

from tests.installation import ROOT, Installation
from tests.registry.files.bucket import made, s3_server
from tests.registry.redis import redis_server

from .nodes import PEOPLE

__all__ = ["redis_server", "s3_server"]

HOST = "registry.example.org"
#: Address of the balancer. It appends the visitor's address; the node's nginx appends the balancer's.
BALANCER = "10.0.0.1"


@dataclass
class Node:
    """A web server with its own directory."""

    port: int
    var: Path
    process: subprocess.Popen[bytes]

    def ask(
        self, path: str, values: dict[str, str] | None = None, *, visitor: str = "192.0.2.1", **headers: str
    ) -> http.client.HTTPResponse:
        """Return the node's response to a request that comes through the balancer."""
        sent = {
            "Host": HOST, "X-Forwarded-For": f"{visitor}, {BALANCER}", "X-Forwarded-Proto": "https",
            "X-Forwarded-Port": "8443",
        } | {name.replace("_", "-"): value for name, value in headers.items()}  # fmt: skip
        body = None
        if values is not None:
            body, sent["Content-Type"] = urlencode(values), "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET" if values is None else "POST", path, body, sent)
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        return answer


@dataclass
class Nodes:
    """The nodes and their common environment."""

    env: dict[str, str]
    tmp: Path
    nodes: list[Node] = field(default_factory=list)

    def start(self, name: str, **env: str) -> Node:
        """Start another node."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        var = self.tmp / name
        var.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "gunicorn", "--config", "python:registry.gunicorn_conf", "registry.wsgi"]
        env = self.env | {"REGISTRY_VAR": str(var), "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"} | env
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=quiet, stderr=quiet, start_new_session=True)
        node = Node(port, var, process)
        self.nodes.append(node)
        for _attempt in range(600):
            try:
                node.ask("/readyz")
                return node
            except OSError:
                time.sleep(0.1)
        raise TimeoutError

    def end(self) -> None:
        """Stop all nodes."""
        for node in self.nodes:
            node.process.send_signal(signal.SIGTERM)
        for node in self.nodes:
            node.process.wait(timeout=30)


@pytest.fixture(scope="module")
def nodes(
    installation: Installation, s3_server: str, redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nodes]:
    """Yield two nodes with production settings."""
    tmp = tmp_path_factory.mktemp("nodes")
    database = installation.env.get("DATABASE_URL") or f"sqlite:///{installation.var / 'registry.sqlite3'}"
    env = installation.env | {
        "DJANGO_SETTINGS_MODULE": "tests.house.node_settings", "DATABASE_URL": database, "PROXY_COUNT": "2",
        "SECRET_KEY": secrets.token_urlsafe(60), "FIELD_KEYS": Fernet.generate_key().decode(),
        "EVIDENCE_KEYS": Fernet.generate_key().decode(), "ALLOWED_HOSTS": HOST, "SECOND_FACTOR_REQUIRED": "",
        "SITE_ADDRESS": f"https://{HOST}:8443", "FILES_URL": made(s3_server), "CACHE_URL": redis_server,
        "PRINT_PROCESSES": "1",
    }  # fmt: skip
    both = Nodes(env, tmp)
    try:
        both.start("first")
        both.start("second")
        yield both
    finally:
        both.end()


@pytest.fixture(scope="module")
def printed(nodes: Nodes) -> dict[str, str]:
    """Run a print that the first node's worker begins and the second node's worker finishes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.house.nodes", *(str(node.var) for node in nodes.nodes[:2])],
        cwd=ROOT, env=nodes.env | {"REGISTRY_VAR": str(nodes.tmp / "third")}, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return told


def cookies(answer: http.client.HTTPResponse) -> dict[str, str]:
    found = [line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie") or []]
    return dict(one.split("=", 1) for one in found)  # type: ignore[misc]


def sign_in(
    node: Node, login: str, password: str = "correct horse battery", origin: str = f"https://{HOST}:8443", **values: str
) -> http.client.HTTPResponse:
    """Open the sign-in form on the node, send it, and return the response."""
    page = node.ask("/sign-in/")
    token = cookies(page)["__Host-csrftoken"]
    form = {"username": login, "password": password, "csrfmiddlewaretoken": token}
    return node.ask("/sign-in/", form, Cookie=f"__Host-csrftoken={token}", Origin=origin, **values)


def test_nodes_are_ready_with_one_bucket_and_one_with_a_private_directory_is_not(
    nodes: Nodes, printed: dict[str, str]
) -> None:
    for node in nodes.nodes[:2]:
        answer = node.ask("/readyz", X_Forwarded_Proto="http")
        assert (answer.status, json.loads(answer.body)["store"]) == (200, True)
    private = nodes.start("private", FILES_URL="")
    answer = private.ask("/readyz", X_Forwarded_Proto="http")
    assert (answer.status, json.loads(answer.body)["store"], json.loads(answer.body)["files"]) == (503, False, True)
    private.process.terminate()


def test_a_job_whose_node_died_is_ended_by_the_other_node_from_the_parts_in_the_store(
    nodes: Nodes, printed: dict[str, str]
) -> None:
    assert {name: printed[name] for name in ("state", "attempts", "people")} == {
        "state": "done", "attempts": 2, "people": PEOPLE,
    }  # fmt: skip
    assert int(printed["parts_of_the_first"]) >= 1
    # No file is stored on either node.
    assert [path for node in nodes.nodes[:2] for path in node.var.rglob("*") if path.is_file()] == []


def test_a_session_and_a_result_are_found_on_any_node(nodes: Nodes, printed: dict[str, str]) -> None:
    first, second = nodes.nodes[:2]
    entered = sign_in(first, printed["login"])
    assert entered.status == 302
    session = cookies(entered)["__Host-sessionid"]
    for node in (first, second):
        answer = node.ask(f"/jobs/{printed['job']}/result/", Cookie=f"__Host-sessionid={session}")
        assert (answer.status, answer.body[:5], len(answer.body)) == (200, b"%PDF-", int(printed["size"]))


def test_redirects_and_forms_go_by_the_port_of_the_balancer(nodes: Nodes, printed: dict[str, str]) -> None:
    node = nodes.nodes[0]
    to_tls = node.ask("/sign-in/", X_Forwarded_Proto="http", X_Forwarded_Port="8080")
    assert (to_tls.status, to_tls.headers["Location"]) == (301, f"https://{HOST}:8443/sign-in/")
    assert node.ask("/sign-in/").status == 200
    # If proxies append values, the first value written by a trusted proxy is used.
    assert node.ask("/sign-in/", X_Forwarded_Proto="https, http", X_Forwarded_Port="8443, 80").status == 200
    assert node.ask("/sign-in/", X_Forwarded_Proto="https, http, http").status == 301
    assert sign_in(node, printed["login"], origin=f"https://{HOST}:8443").status == 302
    assert sign_in(node, printed["login"], origin=f"https://{HOST}").status == 403
    other = {"X_Forwarded_Port": "443"}
    assert sign_in(node, printed["login"], origin=f"https://{HOST}", **other).status == 302


def test_u2_attempts_on_both_nodes_are_counted_together_by_the_visitors_address(
    nodes: Nodes, printed: dict[str, str]
) -> None:
    first, second = nodes.nodes[:2]
    tried = [
        sign_in(node, printed["login"], "wrong", visitor="198.51.100.4").status
        for node in (first, second, first, second, first, second)
    ]
    assert tried == [200] * 4 + [429] * 2
    # Visitors cannot choose their address, and somebody at another address is not locked out.
    assert sign_in(second, printed["login"], "wrong", visitor="192.0.2.9, 198.51.100.4").status == 429
    assert sign_in(first, printed["login"], visitor="198.51.100.5").status == 302
    page = first.ask("/sign-in/").body.decode()
    assert re.search(r'<form[^>]+method="post"', page)
