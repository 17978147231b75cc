"""Where things lie in the object store. Every key begins with what it is, then tenant and user."""

from services.common.identifiers import check_file_id, check_job_id, check_tenant, check_user, check_version

MANIFEST_FILE = "manifest.json"
ADAPTER_CONFIG_FILE = "adapter_config.json"
ADAPTER_WEIGHTS_FILE = "adapter_model.safetensors"
LESSON_DATASET_FILE = "dataset.json"


def user_adapters_prefix(tenant: str, user: str) -> str:
    """Prefix of all adapter versions of one user."""
    return f"adapters/{check_tenant(tenant)}/{check_user(user)}/"


def adapter_prefix(tenant: str, user: str, version: str) -> str:
    """Prefix of the files of one adapter version."""
    return f"{user_adapters_prefix(tenant, user)}{check_version(version)}/"


def document_prefix(tenant: str, user: str, file_id: str) -> str:
    """Prefix of all that is stored of one file of a user's."""
    return f"documents/{check_tenant(tenant)}/{check_user(user)}/{check_file_id(file_id)}/"


def document_key(tenant: str, user: str, file_id: str) -> str:
    """Key of the bytes of one file of a user's."""
    return f"{document_prefix(tenant, user, file_id)}content"


def user_lessons_prefix(tenant: str, user: str) -> str:
    """Prefix of all lessons of one user."""
    return f"lessons/{check_tenant(tenant)}/{check_user(user)}/"


def lesson_dataset_key(tenant: str, user: str, lesson: str) -> str:
    """Key of what one lesson taught: its examples and probes. A lesson is named after its learn job."""
    return f"{lesson_prefix(tenant, user, lesson)}{LESSON_DATASET_FILE}"


def lesson_prefix(tenant: str, user: str, lesson: str) -> str:
    """Prefix of all that is stored of one lesson."""
    return f"{user_lessons_prefix(tenant, user)}{check_job_id(lesson)}/"
