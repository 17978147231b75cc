"""What a caller asks the trainer to do. Knows nothing of how it is done."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TrainingJob:
    """One learn job: train on a dataset for one user; all names have been checked."""

    job_id: str
    tenant: str
    user: str
    dataset_key: str
    recipe_overrides: dict[str, float | int] = field(default_factory=dict, hash=False)
