"""Chooses the object store by its URL."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import urllib3
from minio import Minio

from services.common.errors import InvalidArgument
from services.common.object_store.directory import DirectoryObjectStore
from services.common.object_store.protocol import ObjectStore, ObjectStoreCredentials
from services.common.object_store.s3 import S3ObjectStore

_TIMEOUT_SECONDS = 10.0
_RETRIES = 2


def open_object_store(url: str, credentials: ObjectStoreCredentials | None) -> ObjectStore:
    """Open `file:///folder` or `s3://bucket?endpoint=host:port&secure=false`.

    Raises InvalidArgument for any other URL. Nothing is contacted before the first call.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return DirectoryObjectStore(Path(parts.path))
    if parts.scheme == "s3" and parts.netloc:
        return _open_s3(parts.netloc, parse_qs(parts.query), credentials)
    raise InvalidArgument(
        "The object store's URL must be file:///folder or s3://bucket?endpoint=host:port.", field="object_store_url"
    )


def _open_s3(bucket: str, query: dict[str, list[str]], credentials: ObjectStoreCredentials | None) -> S3ObjectStore:
    endpoint = query.get("endpoint", ["s3.amazonaws.com"])[0]
    secure = query.get("secure", ["true"])[0] != "false"
    client = Minio(
        endpoint,
        access_key=credentials.access_key if credentials else None,
        secret_key=credentials.secret_key.get_secret_value() if credentials else None,
        secure=secure,
        region=query.get("region", ["us-east-1"])[0],
        http_client=urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_TIMEOUT_SECONDS, read=_TIMEOUT_SECONDS),
            retries=urllib3.Retry(total=_RETRIES, backoff_factor=0.2),
        ),
    )
    return S3ObjectStore(client, bucket)
