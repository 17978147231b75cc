"""Settings of the single-machine launcher, read from LORELEI_* variables."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class EmbeddedSettings(BaseSettings):
    """What a person may choose for `lorelei up`; every service's own LORELEI_<SERVICE>_* settings work as well."""

    model_config = SettingsConfigDict(env_prefix="LORELEI_", frozen=True)

    home: Path = Field(default=Path(".lorelei"), description="Folder of all state: models, Redis, objects, logs, key.")
    gateway_host: str = Field(default="127.0.0.1", description="Address that the gateway listens on.")
    gateway_port: int = Field(default=8080, ge=1, le=65535, description="TCP port of the gateway's HTTP API.")
    model: str = Field(default="", description="Hugging Face name or folder of the base model; empty: the default one.")
    redis_url: SecretStr | None = Field(default=None, description="Redis to use; absent: a private one is started.")
    object_store_url: str | None = Field(
        default=None,
        description="file:///folder, or s3://bucket?endpoint=host:port&secure=false; absent: a folder in the home.",
    )
    object_store_access_key: str = Field(default="", description="S3 access key; empty for a folder.")
    object_store_secret_key: SecretStr = Field(default=SecretStr(""), description="S3 secret key.")
    ready_timeout_seconds: float = Field(default=300.0, gt=0, description="Longest wait for all services, in seconds.")
    stop_grace_seconds: float = Field(
        default=20.0, gt=0, description="Time each service gets to drain before it is killed, in seconds."
    )
