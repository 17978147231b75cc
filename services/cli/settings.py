"""Settings of the command line, read from LORELEI_* variables."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.cli.errors import WrongUse


class CliSettings(BaseSettings):
    """Where Lorelei is and who asks; the options of `lorelei` override them."""

    model_config = SettingsConfigDict(env_prefix="LORELEI_", frozen=True)

    url: str = Field(default="", description="Base URL of the gateway; empty: this machine, at gateway_port.")
    gateway_port: int = Field(default=8080, ge=1, le=65535, description="TCP port of the gateway on this machine.")
    api_key: SecretStr | None = Field(default=None, description="API key; absent: the one in the home.")
    operator_key: SecretStr | None = Field(default=None, description="Operator's key; absent: the one in the home.")
    home: Path = Field(default=Path(".lorelei"), description="Folder of a single-machine Lorelei; holds its keys.")
    user: str = Field(default="default", description="End user whose model is meant.")
    learn_timeout_seconds: float = Field(default=600.0, gt=0, description="Longest wait for a lesson, in seconds.")

    def base_url(self) -> str:
        """The gateway's address, without a slash at the end."""
        return (self.url or f"http://127.0.0.1:{self.gateway_port}").rstrip("/")

    def key(self) -> str:
        """The API key: from LORELEI_API_KEY, else from the home; empty when there is none.

        Raises WrongUse for a file that cannot be read.
        """
        return self._given_or_kept(self.api_key, "api_key")

    def operators(self) -> "CliSettings":
        """The same with the operator's key: from LORELEI_OPERATOR_KEY, else from the home."""
        key = self._given_or_kept(self.operator_key, "operator_key")
        return self.model_copy(update={"api_key": SecretStr(key)})

    def _given_or_kept(self, given: SecretStr | None, name: str) -> str:
        if given is not None:
            return given.get_secret_value()
        file = self.home.expanduser() / name
        try:
            return file.read_text(encoding="ascii").strip()
        except (FileNotFoundError, NotADirectoryError):
            return ""
        except (OSError, UnicodeError) as error:
            raise WrongUse(f"The key in {file} cannot be read; give it with --api-key or LORELEI_API_KEY.") from error
