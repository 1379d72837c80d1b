"""An S3 server on this computer, with a separate bucket for each test."""

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
    """Start the server in its own process; yield its host and port."""
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
    """Return an administrator's S3 client for the server."""
    return boto3.client(
        "s3", endpoint_url=f"http://{server}", aws_access_key_id="key", aws_secret_access_key="secret", region_name="ru"
    )


def made(server: str) -> str:
    """Create a bucket and return its FILES_URL."""
    name = f"files-{uuid.uuid4().hex}"
    client(server).create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ru"})
    return f"s3://key:secret@{server}/{name}?region=ru&tls=off"


@pytest.fixture
def bucket(s3_server: str, settings: Any) -> Iterator[Bucket]:
    """Store the files of the test in a bucket."""
    url = made(s3_server)
    settings.STORAGES = settings.STORAGES | {"files": store_of(url, settings.FILES_ROOT)[1]}
    yield Bucket(s3_server, str(stores.own()).rpartition("/")[2], url)


class Bucket:
    """The contents of a bucket on its server."""

    def __init__(self, server: str, name: str, url: str) -> None:
        self.name, self.url, self.client = name, url, client(server)

    def names(self) -> list[str]:
        """Return the names of all files except the mark of the store."""
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [one["Key"] for one in found if one["Key"] != stores.MARK]

    def bytes_of(self, name: str) -> bytes:
        """Return the stored bytes of the file with this name."""
        data: bytes = self.client.get_object(Bucket=self.name, Key=name)["Body"].read()
        return data

    def versions(self) -> int:
        """Return the number of stored versions and delete markers."""
        found = self.client.list_object_versions(Bucket=self.name)
        return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))

    def keep_versions(self, status: str = "Enabled") -> None:
        """Configure whether the server keeps former versions."""
        self.client.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": status})
