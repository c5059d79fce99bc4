"""An S3 dialect on loopback, started once a test session from moto: real HTTP, real conditional writes, no network.

It does not prove: rights and roles (any key is accepted), eventual listings, throttling, multipart uploads above 100 MB,
and how far other vendors honour If-None-Match.
"""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import pytest

NUMBERS = itertools.count()


class Bucket:
    """One bucket of the server, looked into with boto3: not the library under test."""

    def __init__(self, client: Any, name: str):
        self.name, self._client = name, client

    def url(self, prefix: str = "") -> str:
        return f"s3://{self.name}/{prefix}".rstrip("/")

    def stamps(self) -> dict[str, tuple[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {
            item["Key"]: (item["ETag"], item["LastModified"]) for page in pages for item in page.get("Contents", [])
        }

    def names(self) -> list[str]:
        return sorted(self.stamps())

    def read(self, name: str) -> bytes:
        return self._client.get_object(Bucket=self.name, Key=name)["Body"].read()

    def write(self, name: str, content: bytes) -> None:
        self._client.put_object(Bucket=self.name, Key=name, Body=content)

    def remove(self, *names: str) -> None:
        for name in names:
            self._client.delete_object(Bucket=self.name, Key=name)


class S3Server:
    """The server's address, and buckets made on demand."""

    def __init__(self, port: int):
        import boto3

        self.endpoint = f"http://127.0.0.1:{port}"
        self._client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id="key",
            aws_secret_access_key="x",
            region_name="us-east-1",
        )

    def environment(self, cache: Path) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret-of-the-test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "XDG_CACHE_HOME": str(cache),
            "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR") or str(Path.home() / ".cache" / "gramlib"),
            "MPLCONFIGDIR": matplotlib.get_cachedir(),  # or every test would compile and look for fonts anew
        }

    def bucket(self) -> Bucket:
        name = f"bucket-{next(NUMBERS)}"
        self._client.create_bucket(Bucket=name)
        return Bucket(self._client, name)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """The server; skips where its package is missing."""
    server = pytest.importorskip("moto.server", reason="moto is not installed")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield S3Server(running.get_host_and_port()[1])
    running.stop()
