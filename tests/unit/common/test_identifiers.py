"""Names that end up in keys and paths cannot leave them."""

import pytest

from services.common.errors import InvalidArgument
from services.common.identifiers import check_job_id, check_user, check_version, new_job_id, new_version
from services.common.keys import adapter_prefix, lesson_dataset_key


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
