"""Settings of the parts behind a service: Redis and the object store. Mixed into the services' own settings."""

from pydantic import BaseModel, Field, SecretStr

from services.common.object_store import ObjectStoreCredentials


class RedisSettings(BaseModel):
    """Where Redis is."""

    redis_url: SecretStr = Field(description="Redis URL, redis://, rediss:// or unix://; may hold a password.")


class ObjectStoreSettings(BaseModel):
    """Where the object store is."""

    object_store_url: str = Field(description="file:///folder, or s3://bucket?endpoint=host:port&secure=false.")
    object_store_access_key: str = Field(default="", description="S3 access key; empty for a directory.")
    object_store_secret_key: SecretStr = Field(default=SecretStr(""), description="S3 secret key.")

    def object_store_credentials(self) -> ObjectStoreCredentials | None:
        """The S3 keys, or None where none are set."""
        if not self.object_store_access_key:
            return None
        return ObjectStoreCredentials(self.object_store_access_key, self.object_store_secret_key)
