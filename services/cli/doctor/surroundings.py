"""What the environment says about this machine's Lorelei: as `lorelei up` reads it, or as each service does."""

from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_STORE_USERS = ("GATEWAY", "INFERENCE", "AUGMENTER", "TRAINER")


def _as_read_by(*names: str) -> AliasChoices:
    """The first of these variables that is set: that of the launcher stands before those of the services."""
    return AliasChoices(*(f"LORELEI_{name}" for name in names))


class Surroundings(BaseSettings):
    """The settings that checks are about."""

    model_config = SettingsConfigDict(env_prefix="LORELEI_", frozen=True, populate_by_name=True)

    home: Path = Field(default=Path(".lorelei"), description="Folder of all state of a single machine.")
    gateway_host: str = Field(default="127.0.0.1", description="Address that the gateway listens on.")
    gateway_port: int = Field(default=8080, ge=0, le=65535, description="TCP port of the gateway.")
    model: str = Field(
        default="",
        validation_alias=_as_read_by("MODEL", "INFERENCE_MODEL_PATH", "TRAINER_MODEL_PATH"),
        description="Folder or Hugging Face name of the base model; empty: the default one in the home.",
    )
    sentence_encoder_dir: Path | None = Field(
        default=None,
        validation_alias=_as_read_by("GATEWAY_SENTENCE_ENCODER_DIR"),
        description="Folder of the sentence encoder; absent: in the home.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        validation_alias=_as_read_by("REDIS_URL", "GATEWAY_REDIS_URL", "TRAINER_REDIS_URL"),
        description="Redis URL; absent: the private one of `lorelei up`.",
    )
    object_store_url: str = Field(
        default="",
        validation_alias=_as_read_by("OBJECT_STORE_URL", *(f"{one}_OBJECT_STORE_URL" for one in _STORE_USERS)),
        description="Object store; empty: a folder in the home.",
    )
    object_store_access_key: str = Field(
        default="",
        validation_alias=_as_read_by(
            "OBJECT_STORE_ACCESS_KEY", *(f"{one}_OBJECT_STORE_ACCESS_KEY" for one in _STORE_USERS)
        ),
        description="S3 access key.",
    )
    object_store_secret_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=_as_read_by(
            "OBJECT_STORE_SECRET_KEY", *(f"{one}_OBJECT_STORE_SECRET_KEY" for one in _STORE_USERS)
        ),
        description="S3 secret key.",
    )
    inference_address: str = Field(
        default="",
        validation_alias=_as_read_by(
            "GATEWAY_INFERENCE_ADDRESS", "TRAINER_INFERENCE_ADDRESS", "AUGMENTER_INFERENCE_ADDRESS"
        ),
        description="host:port of inference; empty: known to the launcher only.",
    )
    augmenter_address: str = Field(
        default="", validation_alias=_as_read_by("GATEWAY_AUGMENTER_ADDRESS"), description="host:port of the augmenter."
    )
    trainer_address: str = Field(
        default="", validation_alias=_as_read_by("GATEWAY_TRAINER_ADDRESS"), description="host:port of the trainer."
    )
    gpus_per_actor: int = Field(
        default=0, validation_alias=_as_read_by("TRAINER_GPUS_PER_ACTOR"), description="GPUs of one training actor."
    )

    def service_addresses(self) -> dict[str, str]:
        """The host:port of each service whose address is set."""
        addresses = {
            "inference": self.inference_address,
            "augmenter": self.augmenter_address,
            "trainer": self.trainer_address,
        }
        return {name: address for name, address in addresses.items() if address}
