"""Files in a bucket are in the archive and are restored into the bucket of FILES_URL (real processes)."""

from pathlib import Path

from tests.installation import Installation
from tests.registry.files.bucket import Bucket, made, s3_server

from .test_backup import AFTER, BEFORE, LATER, THEN, Archive, new_identity

__all__ = ["s3_server"]


def test_a_bucket_is_archived_and_restored_into_the_same_and_into_an_empty_one(
    installation: Installation, s3_server: str, tmp_path: Path
) -> None:
    url, other = made(s3_server), made(s3_server)
    identity, path = tmp_path / "identity", tmp_path / "registry.tar.age"
    public = new_identity(identity)
    node = Installation(installation.var, installation.env | {"FILES_URL": url})
    archive = Archive(node, path, identity, public)
    bucket = Bucket(s3_server, url.partition("?")[0].rpartition("/")[2], url)

    assert archive.states(BEFORE.format(archive=str(path), public=public)) == [THEN, LATER]
    assert (len(bucket.names()), (installation.var / "files").exists()) == (2, False)
    refused = node.run("restore", path, "--identity", identity)
    assert (refused.returncode, "There is a registry here already" in refused.stderr) == (1, True)

    node.do("restore", path, "--identity", identity, "--replace")
    # The files of the replaced registry stay beside the others while it is kept, and that is no error.
    assert archive.states(AFTER) == [THEN]
    assert len(bucket.names()) == 2
    node.do("former_registry", "--drop", node.do("former_registry").strip())
    assert "has no row" in node.run("check_integrity").stdout

    # Into its own bucket; the former one no longer belongs to this registry.
    moved = Installation(installation.var, installation.env | {"FILES_URL": other})
    moved.do("restore", path, "--identity", identity, "--replace")
    assert Archive(moved, path, identity, public).states(AFTER) == [THEN]
    assert "belongs to another registry" in node.run("doctor").stdout
    assert list(installation.var.glob(".registry-*")) == []
