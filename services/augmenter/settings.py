"""All settings of the augmenter, read from the environment with the prefix LORELEI_AUGMENTER_."""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.common.storage_settings import ObjectStoreSettings


class AugmenterSettings(BaseSettings, ObjectStoreSettings):
    """What an operator may choose."""

    model_config = SettingsConfigDict(env_prefix="LORELEI_AUGMENTER_", frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=7002, ge=0, le=65535, description="TCP port to listen on; 0 means any free one.")
    drain_seconds: float = Field(default=10.0, ge=0, description="Seconds that open calls get when stopping.")

    inference_address: str = Field(default="127.0.0.1:7001", description="host:port of the inference service.")
    inference_timeout_seconds: float = Field(
        default=60.0, gt=0, description="Longest answer of the base model; seconds."
    )
    answers_at_once: int = Field(default=32, ge=1, description="Requests to the base model at the same time.")

    teacher_url: str = Field(
        default="", description="Base URL of an OpenAI-compatible teacher, with /v1; empty: the base model teaches."
    )
    teacher_model: str = Field(default="", description="Name of the teacher's model; needed with teacher_url.")
    teacher_api_key: SecretStr = Field(default=SecretStr(""), description="The teacher's API key; empty for none.")
    teacher_candidates: int = Field(default=0, ge=0, description="Paraphrases asked of the teacher for one lesson.")
    teacher_seconds: float = Field(default=3.0, gt=0, description="Most seconds for all of the teacher's paraphrases.")

    max_statement_characters: int = Field(default=4000, ge=1, description="Longest statement to learn; characters.")
    facts: int = Field(default=36, ge=12, description="Most questions for something in particular, for one lesson.")
    topics: int = Field(default=32, ge=8, description="Most questions that only name a topic, for one lesson.")
    styled: int = Field(default=16, ge=8, description="Most examples of a way of answering, for one lesson.")
    neighbours: int = Field(
        default=28, ge=0, description="Most neighbours that the base model answers, for one lesson."
    )
    frames_per_fact: int = Field(
        default=2, ge=0, description="Neighbours that carry the lesson's answer about something else, for one question."
    )
    generals: int = Field(default=8, ge=0, description="General examples for one lesson.")
    neighbour_probes: int = Field(default=4, ge=1, description="Held-out neighbour questions for one lesson.")
    general_probes: int = Field(default=2, ge=0, description="Held-out general prompts for one lesson.")
    neighbour_tokens: int = Field(default=12, ge=1, description="Longest base answer to a neighbour; tokens.")
    general_tokens: int = Field(default=24, ge=1, description="Longest base answer to a general prompt; tokens.")
    listing_tokens: int = Field(default=64, ge=8, description="Longest base answer to be made a list; tokens.")

    document_facts: int = Field(default=16, ge=1, description="Sentences that a lesson from documents teaches at most.")
    document_examples: int = Field(
        default=320, ge=16, description="Most questions with answers in a lesson from documents, for all its facts."
    )
    max_corrections: int = Field(default=32, ge=1, description="Most corrected answers that one lesson learns from.")
    max_examples: int = Field(
        default=32, ge=1, description="Most chat examples in a training file; the gateway has the same limit."
    )
    writing_facts: int = Field(
        default=8, ge=1, description="Sentences that a lesson from what the model wrote teaches at most."
    )
    max_documents: int = Field(default=10, ge=1, description="Files and links in one lesson.")
    scratch_folder: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()),
        description="Folder for documents while they are read; emptied at the end.",
    )
    read_seconds: float = Field(default=60.0, gt=0, description="Longest reading of one document; seconds.")
    read_memory_mebibytes: int = Field(default=1024, ge=128, description="Most memory for reading a document; MiB.")
    read_unpacked_mebibytes: int = Field(default=256, ge=1, description="Most that a packed document unpacks to; MiB.")
    read_pages: int = Field(default=2000, ge=1, description="Longest document; pages, slides or chapters.")
    read_characters: int = Field(default=4_000_000, ge=1000, description="Longest document; characters of text.")
    read_at_once: int = Field(default=2, ge=1, description="Documents that are read at the same time.")

    search_provider: Literal["ddgs", "searxng", "brave", "tavily"] = Field(
        default="ddgs", description="Who searches the web; ddgs needs no key."
    )
    searxng_url: str = Field(default="", description="Base URL of a SearXNG instance that answers in JSON.")
    brave_api_key: SecretStr = Field(default=SecretStr(""), description="Key of the Brave Search API.")
    tavily_api_key: SecretStr = Field(default=SecretStr(""), description="Key of the Tavily API.")
    search_seconds: float = Field(default=15.0, gt=0, description="Longest search; seconds.")
    web_pages: int = Field(default=5, ge=1, description="Pages that a lesson from the web is taken from at most.")

    fetch_seconds: float = Field(default=30.0, gt=0, description="Longest fetch of a page with redirects; seconds.")
    fetch_mebibytes: int = Field(default=64, ge=1, description="Largest page or linked document; MiB.")
    fetch_redirects: int = Field(default=5, ge=0, description="Redirects that are followed.")
    fetch_at_once: int = Field(default=6, ge=1, description="Pages that are fetched at the same time.")
    fetch_pause_seconds: float = Field(default=1.0, ge=0, description="Pause between fetches from one host; seconds.")
    user_agent: str = Field(
        default="Lorelei/0.1 (+https://arxiv.org/abs/2403.04790)", description="How fetches name themselves."
    )
    allowed_private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="host:port of private addresses that may be fetched from, with commas between them."
    )

    moderation: Literal["local", "endpoint", "guard"] = Field(
        default="local", description="Who judges what may be learned: local rules, or these and an endpoint or model."
    )
    toxicity_threshold: float = Field(
        default=0.985, gt=0, lt=1, description="Probability of being offensive above which a text is not learned."
    )
    moderation_url: str = Field(default="", description="Base URL, with /v1, of that endpoint or guard model.")
    moderation_model: str = Field(default="", description="Name of that model.")
    moderation_api_key: SecretStr = Field(default=SecretStr(""), description="Its API key; empty for none.")
    moderation_seconds: float = Field(default=20.0, gt=0, description="Longest judgement; seconds.")

    seed: int = Field(default=0, description="Seed of every choice; the same statement gives the same dataset.")

    @field_validator("allowed_private_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        """A list with commas between, or in JSON."""
        if not isinstance(value, str):
            return value
        hosts = json.loads(value) if value.lstrip().startswith("[") else value.split(",")
        return tuple(host.strip() for host in hosts if host.strip())

    @model_validator(mode="after")
    def _teacher_has_a_name(self) -> Self:
        if self.teacher_url and not self.teacher_model:
            raise ValueError("teacher_model must be set when teacher_url is")
        return self
