"""The body that starts a fine-tuning job: what OpenAI's clients may send, and what Lorelei honours of it."""

import secrets
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from services.common.errors import InvalidArgument
from services.common.identifiers import check_file_id, check_title
from services.gateway.api.texts import check_text
from services.gateway.models import PERSONAL

SUPERVISED: Final = "supervised"
AUTO: Final = "auto"

_MAX_INT64 = 2**63 - 1
_SEEDS = 2**31

_MetadataKey = Annotated[str, Field(min_length=1, max_length=64)]
_MetadataValue = Annotated[str, Field(max_length=512)]


class Hyperparameters(BaseModel):
    """How long and how fast to train: Lorelei chooses all of it, by how many examples there are."""

    model_config = ConfigDict(extra="forbid")

    batch_size: Any = AUTO
    learning_rate_multiplier: Any = AUTO
    n_epochs: Any = AUTO

    def check(self, where: str) -> None:
        """Raise InvalidArgument for anything but `auto`."""
        for name in type(self).model_fields:
            if getattr(self, name) not in (AUTO, None):
                raise _unsupported(f"{where}.{name}", "is chosen by Lorelei: set it to `auto`, or leave it out")


class Supervised(BaseModel):
    """Learning by example."""

    model_config = ConfigDict(extra="forbid")

    hyperparameters: Hyperparameters | None = None


class Method(BaseModel):
    """How to learn; there is one way, `supervised`."""

    model_config = ConfigDict(extra="forbid")

    type: str
    supervised: Supervised | None = None
    dpo: Any = None
    reinforcement: Any = None

    def check(self) -> None:
        """Raise InvalidArgument for another way to learn."""
        if self.type != SUPERVISED:
            raise _unsupported("method.type", f"must be `{SUPERVISED}`")
        for name in ("dpo", "reinforcement"):
            if getattr(self, name) is not None:
                raise _unsupported(f"method.{name}", "is not supported; leave it out")
        if self.supervised is not None and self.supervised.hyperparameters is not None:
            self.supervised.hyperparameters.check("method.supervised.hyperparameters")


class FineTuningRequest(BaseModel):
    """A fine-tuning job as OpenAI's clients ask for it; what is learned is added to what the user's model knows."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(description="lorelei.")
    training_file: str = Field(
        description="Id of a file of chat examples, one JSON object a line, uploaded with the purpose fine-tune."
    )
    suffix: str | None = Field(default=None, description="Your own name for the version that is made.")
    seed: int | None = Field(default=None, ge=-_MAX_INT64, le=_MAX_INT64, description="Of the training.")
    metadata: Annotated[dict[_MetadataKey, _MetadataValue], Field(max_length=16)] | None = None
    hyperparameters: Hyperparameters | None = Field(default=None, description="`auto` everywhere.")
    method: Method | None = None
    validation_file: str | None = Field(default=None, description="Not supported: Lorelei holds out its own questions.")
    integrations: list[Any] | None = Field(default=None, description="Not supported.")
    user: str | None = Field(default=None, description="End user inside your tenant; default `default`.")

    def check(self) -> None:
        """Raise InvalidArgument for what cannot be honoured."""
        if self.model != PERSONAL:
            raise InvalidArgument(
                f"`model` must be `{PERSONAL}`: what is learned is added to what the user's model knows.",
                field="model",
                reason="MODEL_NOT_FOUND",
            )
        if self.validation_file is not None:
            raise _unsupported("validation_file", "is not supported: Lorelei holds out questions of its own")
        if self.integrations:
            raise _unsupported("integrations", "is not supported; leave it out")
        if self.hyperparameters is not None:
            self.hyperparameters.check("hyperparameters")
        if self.method is not None:
            self.method.check()

    def file_id(self) -> str:
        """The training file, or InvalidArgument where it cannot be one."""
        try:
            return check_file_id(self.training_file)
        except InvalidArgument as error:
            message = "`training_file` must be the id of an uploaded file."
            raise InvalidArgument(message, field="training_file") from error

    def title(self) -> str:
        """The version's name, empty for none; raises InvalidArgument."""
        try:
            return check_title(self.suffix or "")
        except InvalidArgument as error:
            raise InvalidArgument(error.message.replace("`name`", "`suffix`"), field="suffix") from error

    def seed_or_new(self) -> int:
        """The seed that was asked for, else one that is drawn now."""
        return secrets.randbelow(_SEEDS) if self.seed is None else self.seed

    def checked_metadata(self) -> dict[str, str]:
        """The user's own notes on the job, or InvalidArgument."""
        for text in [part for pair in (self.metadata or {}).items() for part in pair]:
            check_text(text, "metadata")
        return self.metadata or {}


def _unsupported(where: str, why: str) -> InvalidArgument:
    return InvalidArgument(f"`{where}` {why}.", field=where, reason="UNSUPPORTED_PARAMETER")
