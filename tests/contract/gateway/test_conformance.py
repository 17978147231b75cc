"""The gateway keeps its OpenAPI document, as schemathesis finds out by asking it whatever the document allows.

A longer search: LORELEI_TEST_EXAMPLES=200 LORELEI_TEST_SEED=7 and this test alone.
"""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.contract.gateway.conftest import Running

pytestmark = pytest.mark.timeout(3000)

_ROOT = Path(__file__).parents[3]
_CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
_EXAMPLES = os.environ.get("LORELEI_TEST_EXAMPLES", "4")
_SEED = os.environ.get("LORELEI_TEST_SEED", "20261123")
_OPERATORS = "^/v1/(operator|audit)"


async def test_every_answer_to_a_tenant_is_documented_and_none_is_a_failure(running: Running, tmp_path: Path) -> None:
    await _find_no_fault(running, running.key, ["--exclude-path-regex", _OPERATORS], tmp_path)


async def test_every_answer_to_the_operator_is_documented_and_none_is_a_failure(
    running: Running, tmp_path: Path
) -> None:
    await _find_no_fault(running, running.operator_key, ["--include-path-regex", _OPERATORS], tmp_path)


async def _find_no_fault(running: Running, key: str, operations: list[str], tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("st")), "--config-file", str(_CONFIGURATION)),
        *("run", f"{running.url}/openapi.json", "--header", f"Authorization: Bearer {key}", "--no-color"),
        *("--seed", _SEED, "--max-examples", _EXAMPLES, *operations),
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.contract.gateway.conformance_hooks", "PYTHONPATH": str(_ROOT)},
        # It remembers failures where it runs, and tries these first the next time.
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    print(output.decode())
    assert process.returncode == 0
