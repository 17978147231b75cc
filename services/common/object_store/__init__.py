"""Stores bytes under keys: in S3 (MinIO) or in a directory. Knows nothing of what the bytes mean."""

from services.common.object_store.opening import open_object_store
from services.common.object_store.protocol import ObjectStore, ObjectStoreCredentials

__all__ = ["ObjectStore", "ObjectStoreCredentials", "open_object_store"]
