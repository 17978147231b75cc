"""All settings of the gateway, read from the environment with the prefix LORELEI_GATEWAY_."""

import tempfile
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.common.storage_settings import ObjectStoreSettings, RedisSettings


class GatewaySettings(BaseSettings, ObjectStoreSettings, RedisSettings):
    """What an operator may choose."""

    model_config = SettingsConfigDict(env_prefix="LORELEI_GATEWAY_", frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="TCP port to listen on; 0 means any free one.")
    drain_seconds: float = Field(default=10.0, ge=0, description="Seconds that open replies get when stopping.")
    bootstrap_key_file: Path | None = Field(
        default=None, description="File of an API key for the tenant `default`; made, mode 600, when missing."
    )
    operator_key_file: Path | None = Field(
        default=None, description="File of the key that opens the audit log; made like the other; absent: nobody can."
    )
    audit_entries: int = Field(
        default=100_000, ge=1, description="Entries that the audit log keeps; the oldest are dropped."
    )
    scratch_folder: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()),
        description="Folder for uploads and downloads on their way; emptied at the end.",
    )
    sentence_encoder_dir: Path = Field(description="Folder that scripts/prepare_sentence_encoder.py wrote.")
    sentence_encoder_threads: int = Field(default=1, ge=1, description="CPU threads of one classification.")

    inference_address: str = Field(default="127.0.0.1:7001", description="host:port of the inference service.")
    augmenter_address: str = Field(default="127.0.0.1:7002", description="host:port of the augmenter service.")
    trainer_address: str = Field(default="127.0.0.1:7003", description="host:port of the trainer service.")
    call_timeout_seconds: float = Field(default=30.0, gt=0, description="Longest short call to a service; seconds.")
    generate_timeout_seconds: float = Field(default=600.0, gt=0, description="Longest reply; seconds.")
    build_timeout_seconds: float = Field(default=300.0, gt=0, description="Longest building of a dataset; seconds.")
    train_timeout_seconds: float = Field(
        default=1800.0, gt=0, description="Longest training with its wait for a worker; seconds."
    )

    max_body_bytes: int = Field(default=256 * 1024, ge=1024, description="Largest request body; bytes.")
    max_import_mebibytes: int = Field(
        default=256, ge=1, description="Largest adapter to import, its zip file and unpacked; MiB."
    )
    max_file_mebibytes: int = Field(default=512, ge=1, description="Largest file to learn from; MiB.")
    max_files: int = Field(default=1000, ge=1, description="Files that a user may keep.")
    max_statement_characters: int = Field(default=4000, ge=1, description="Longest text to learn; characters.")
    max_examples: int = Field(
        default=32, ge=1, description="Most chat examples in a training file; the augmenter has the same limit."
    )
    max_unfinished_lessons: int = Field(default=20, ge=1, description="Unfinished learn jobs a user may have.")
    question_seconds: int = Field(
        default=600, ge=1, description="Seconds in which a question of Lorelei's, as whether to forget, is answered."
    )
    learn_wait_seconds: float = Field(
        default=600.0, gt=0, description="Longest wait of a chat call for its [Learn] to end; seconds."
    )

    answer_keep_seconds: float = Field(
        default=7 * 24 * 3600.0,
        ge=0,
        description="Seconds that an answer is remembered, to be rated by its id; 0: not.",
    )
    max_answers: int = Field(default=200, ge=1, description="Answers of each user that are remembered at most.")
    answer_prompt_characters: int = Field(
        default=4000,
        ge=100,
        description="Most that is remembered of the turns before an answer; characters.",
    )
    max_feedback: int = Field(default=1000, ge=1, description="Feedback kept of each user; the oldest goes.")
    max_reason_characters: int = Field(default=1000, ge=1, description="Longest reason of feedback; characters.")
    feedback_batch: int = Field(default=4, ge=1, description="Corrections of a user's that are learned once they wait.")
    feedback_idle_seconds: float = Field(
        default=600.0, ge=0, description="Seconds after a user's last correction after which fewer are learned."
    )
    feedback_most: int = Field(default=16, ge=1, description="Most corrections that one learn job takes.")
    max_works: int = Field(default=100, ge=1, description="Long works that a user may keep.")
    max_work_sections: int = Field(default=24, ge=2, description="Most sections of a work.")
    max_section_tokens: int = Field(default=512, ge=32, description="Most tokens of a section of a work.")
    section_tokens: int = Field(default=160, ge=32, description="Tokens of a section where the user says nothing.")
    max_brief_characters: int = Field(default=2000, ge=1, description="Longest brief of a work; characters.")
    max_outline_characters: int = Field(default=300, ge=1, description="Longest title or line of an outline.")
    work_window_characters: int = Field(
        default=300,
        ge=50,
        description="How much of the section before the model sees; the rest it has to have learned.",
    )
    work_temperature: float = Field(default=0.6, ge=0, description="Temperature of the writing of works.")
    work_top_p: float = Field(default=0.9, gt=0, le=1, description="Share of the likeliest tokens chosen from.")
    max_running_works: int = Field(default=2, ge=1, description="Works that this replica writes at once.")

    consolidate_after_lessons: int = Field(
        default=5, ge=0, description="Lessons after which all are learned anew together, while nobody learns; 0: never."
    )
    consolidate_idle_seconds: float = Field(
        default=120.0, ge=0, description="Seconds without a lesson of the user's before that."
    )
    consolidate_most_lessons: int = Field(
        default=12, ge=1, description="Most lessons that are learned anew together; of more, too much was lost."
    )
    max_running_lessons: int = Field(default=8, ge=1, description="Learn jobs that this replica works on at once.")
    lease_seconds: float = Field(
        default=10.0, ge=1, description="Seconds after which the jobs of a dead replica are taken over."
    )
    renew_seconds: float = Field(
        default=1.0, gt=0, description="Seconds between renewals of a lease; a cancel takes up to that long."
    )
    keep_jobs_days: int = Field(
        default=90, ge=1, description="Days after its end that the record of a learn job is kept; lessons stay."
    )
    outage_seconds: float = Field(
        default=180.0, ge=0, description="Seconds that a service may be away before a learn job fails."
    )
    max_break_offs: int = Field(
        default=5, ge=0, description="Times that one step of a learn job may break off before the job fails."
    )
