"""Errors keep their meaning on every way they travel inside a process tree."""

import pickle

import pytest

from services.common.errors import ERRORS_BY_CODE, InvalidArgument, LoreleiError, Moderated, Unavailable


@pytest.mark.parametrize(
    "error",
    [
        InvalidArgument("Too long.", field="statement"),
        Unavailable("Starting.", retry_after_seconds=3.0),
        Moderated("Refused.", categories={"secret": 2}),
    ],
)
def test_pickling_keeps_everything(error: LoreleiError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)


def test_every_code_names_one_error() -> None:
    assert all(kind.code == code for code, kind in ERRORS_BY_CODE.items())
