"""Nodes and everything they need on this computer: nginx and PgBouncer configured as in deploy/."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.house.test_commands import free_port
from tests.installation import ROOT
from tests.postgres import NAME, Server

HOST = "registry.example.org"
DEPLOY = ROOT / "deploy"
_QUIET: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass
class Node:
    """A web server and a worker with their own directory."""

    var: Path
    port: int
    web: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]

    def hold(self) -> None:
        """Suspend the worker."""
        os.killpg(self.worker.pid, signal.SIGSTOP)

    def let_go(self) -> None:
        """Resume the worker."""
        os.killpg(self.worker.pid, signal.SIGCONT)

    def end(self, number: signal.Signals) -> None:
        """Send the signal to both with all their processes, and wait until they have ended."""
        for one in (self.web, self.worker):
            if one.poll() is None:
                os.killpg(one.pid, number)
                os.killpg(one.pid, signal.SIGCONT)
        for one in (self.web, self.worker):
            one.wait(timeout=30)


@dataclass
class Grid:
    """The nodes and the servers in front of and behind them; `end` stops all of them."""

    root: Path
    nodes: list[Node] = field(default_factory=list)
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def node(self, name: str, port: int, env: Mapping[str, str]) -> Node:
        """Start a node. It needs some time until it is ready, and its worker is suspended."""
        var = self.root / name
        var.mkdir()
        own = {**env, "TMPDIR": str(var), "REGISTRY_VAR": str(var), "BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
        web = [sys.executable, "-m", "gunicorn", "--config", "python:registry.gunicorn_conf", "registry.wsgi"]
        worker = [sys.executable, "manage.py", "worker", "--interval", "0.2"]
        started = [
            subprocess.Popen(command, cwd=ROOT, env=own, start_new_session=True, **_QUIET) for command in (web, worker)
        ]
        node = Node(var, port, *started)
        node.hold()
        self.nodes.append(node)
        return node

    def pgbouncer(self, server: Server) -> int:
        """Start PgBouncer in front of the server; return its port."""
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        assert Path(program).exists(), "apt-get install pgbouncer"
        port, root = free_port(), self.root / "pgbouncer"
        root.mkdir()
        changed = {
            "registry": f"host=127.0.0.1 port={server.port} dbname=postgres", "listen_port": str(port),
            "unix_socket_dir": "", "logfile": str(root / "log"), "pidfile": str(root / "pid"), "auth_type": "trust",
            "auth_file": str(root / "users"),
        }  # fmt: skip
        text = (DEPLOY / "pgbouncer.ini").read_text(encoding="utf-8")
        for name, value in changed.items():
            text, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
            assert found == 1, name
        (root / "pgbouncer.ini").write_text(text, encoding="utf-8")
        (root / "users").write_text(f'"{NAME}" ""\n', encoding="utf-8")
        who: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            for path in (self.root, root, *root.iterdir()):
                os.chown(path, user.pw_uid, user.pw_gid)
            who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        command = [program, str(root / "pgbouncer.ini")]
        self._start([*command], port, **who)
        return port

    def nginx(self, port: int, nodes: list[int]) -> None:
        """Start nginx with TLS on the port, in front of nodes with these ports."""
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        assert Path(program).exists(), "apt-get install nginx-light"
        root = self.root / "nginx"
        root.mkdir()
        text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        (line,) = re.findall(r"(?m)^    server 127\.0\.0\.1:8000.*;$", text)
        text = text.replace(line, "\n".join(line.replace(":8000", f":{one}") for one in nodes))
        text = re.sub(r"(?m)^ *listen \[::\].*\n", "", text)
        changed = {
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
            f"/etc/letsencrypt/live/{HOST}": str(root), "/var/log/nginx": str(root), "/var/www/html": str(root),
        }  # fmt: skip
        for old, new in changed.items():
            assert old in text, old
            text = text.replace(old, new)
        (root / "site.conf").write_text(text, encoding="utf-8")
        certificate(root)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {root / kind};" for kind in kinds)
        http = f"http {{ {paths} include {root / 'site.conf'}; }}"
        (root / "nginx.conf").write_text(f"daemon off; pid {root / 'pid'}; worker_processes 1; events {{}} {http}")
        self._start([program, "-p", str(root), "-c", str(root / "nginx.conf"), "-e", str(root / "error.log")], port)

    def _start(self, command: list[str], port: int, **who: Any) -> None:
        started = subprocess.Popen(command, cwd="/", start_new_session=True, **_QUIET, **who)
        self.servers.append(started)
        for _attempt in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            assert started.poll() is None, command
            time.sleep(0.1)
        raise TimeoutError(command[0])

    def end(self) -> None:
        """Stop everything; the nodes' files are below the root."""
        for node in self.nodes:
            node.end(signal.SIGKILL)
        for one in self.servers:
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
            one.wait(timeout=20)


def certificate(root: Path) -> None:
    """Write a self-signed certificate for the host, with certbot's file names."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (root / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (root / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
