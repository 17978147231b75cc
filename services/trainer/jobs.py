"""What a caller asks the trainer to do. Knows nothing of how it is done."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TrainingJob:
    """One job for one user: add the lesson at `dataset_key` to the version in force, or compose a fresh version.

    A composition knows `lessons`, oldest first; `forgotten` is a lesson that must be gone then. No further attempt
    begins that would end after `max_seconds` of training and checking; 0 is the trainer's default. Names were checked.
    """

    job_id: str
    tenant: str
    user: str
    dataset_key: str = ""
    lessons: tuple[str, ...] = ()
    forgotten: str = ""
    max_seconds: int = 0
    recipe_overrides: dict[str, float | int] = field(default_factory=dict, hash=False)
