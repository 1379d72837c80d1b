"""A server that speaks S3 on this computer, and a bucket of its own for each test."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from registry.environment import store_of
from registry.files import stores


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The host and port of the server, a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def client(server: str) -> Any:
    """What an administrator of the server sees."""
    return boto3.client(
        "s3", endpoint_url=f"http://{server}", aws_access_key_id="key", aws_secret_access_key="secret", region_name="ru"
    )


def made(server: str) -> str:
    """A new bucket; returns the FILES_URL for it."""
    name = f"files-{uuid.uuid4().hex}"
    client(server).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ru"})
    return f"s3://key:secret@{server}/{name}?region=ru&tls=off"


@pytest.fixture
def bucket(s3_server: str, settings: Any) -> Iterator[Bucket]:
    """The files of the test lie in a bucket."""
    url = made(s3_server)
    settings.STORAGES = settings.STORAGES | {"files": store_of(url, settings.FILES_ROOT)[1]}
    yield Bucket(s3_server, str(stores.own()).rpartition("/")[2], url)


class Bucket:
    """A bucket as its server has it."""

    def __init__(self, server: str, name: str, url: str) -> None:
        self.name, self.url, self.client = name, url, client(server)

    def names(self) -> list[str]:
        """The names of all files, the mark left out."""
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [one["Key"] for one in found if one["Key"] != stores.MARK]

    def bytes_of(self, name: str) -> bytes:
        """What the server has under the name."""
        data: bytes = self.client.get_object(Bucket=self.name, Key=name)["Body"].read()
        return data

    def versions(self) -> int:
        """The number of versions and of marks of deletion that the server has of anything."""
        found = self.client.list_object_versions(Bucket=self.name)
        return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))

    def keep_versions(self, status: str = "Enabled") -> None:
        """Let the server keep former versions."""
        self.client.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": status})
