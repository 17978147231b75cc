"""Names that end up in keys and paths cannot leave them."""

import pytest

from services.common.errors import InvalidArgument
from services.common.identifiers import (
    check_file_id,
    check_job_id,
    check_user,
    check_version,
    new_file_id,
    new_job_id,
    new_version,
)
from services.common.keys import adapter_prefix, document_key, document_prefix, lesson_dataset_key


@pytest.mark.parametrize("name", ["ana", "ana.b@example.org", "0", "A" * 64, "user-1_x+y"])
def test_ordinary_names_pass(name: str) -> None:
    assert check_user(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a:b", "a b", "é", "A" * 65, "a\n", "-x"])
def test_other_names_are_refused_by_field(name: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        check_user(name)
    assert caught.value.field == "user"


def test_made_names_pass_their_own_check_and_differ() -> None:
    job = new_job_id()
    versions = {new_version(job) for _ in range(20)}
    assert check_job_id(job) == job
    assert len(versions) == 20
    assert all(check_version(version) == version for version in versions)


def test_keys_name_tenant_and_user() -> None:
    job = new_job_id()
    assert adapter_prefix("acme", "ana", "v-0123456789ab-01234567") == "adapters/acme/ana/v-0123456789ab-01234567/"
    assert lesson_dataset_key("acme", "ana", job) == f"lessons/acme/ana/{job}/dataset.json"
    with pytest.raises(InvalidArgument):
        adapter_prefix("acme", "ana", "../ben/v")


def test_file_ids_pass_their_own_check_and_differ() -> None:
    ids = {new_file_id() for _ in range(20)}
    assert len(ids) == 20
    assert all(check_file_id(file_id) == file_id for file_id in ids)


@pytest.mark.parametrize(
    "value", ["", "file-", "file-" + "A" * 24, "file-" + "0" * 23, "file-" + "0" * 24 + "\n", "../x"]
)
def test_other_file_ids_are_refused_by_field(value: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        check_file_id(value)
    assert caught.value.field == "file_id"


def test_document_keys_name_tenant_user_and_file() -> None:
    file_id = "file-" + "0" * 24
    assert document_key("acme", "ana", file_id) == f"documents/acme/ana/{file_id}/content"
    assert document_prefix("acme", "ana", file_id) == f"documents/acme/ana/{file_id}/"
    with pytest.raises(InvalidArgument):
        document_key("acme", "../ben", file_id)
