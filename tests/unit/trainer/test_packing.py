"""A pack computes exactly what separate sequences would, and less of it."""

import pytest
import torch
from transformers import AutoModelForCausalLM

from services.trainer.training.contract import BaseModel
from services.trainer.training.packing import divide_examples, pack_examples
from services.trainer.training.tokens import TokenizedExample


def example(prompt: list[int], answer: list[int]) -> TokenizedExample:
    return TokenizedExample("fact", "", tuple(prompt), tuple(answer))


EXAMPLES = [
    example([0, 5, 6, 7, 8], [9, 10, 1]),
    example([0, 5, 6, 7, 11, 12], [13, 1]),
    example([0, 5, 6, 7, 8], [9, 14, 15, 1]),
    example([20, 21], [22]),
]


@pytest.fixture(scope="module")
def model(tiny_model: BaseModel) -> torch.nn.Module:
    return AutoModelForCausalLM.from_pretrained(tiny_model.path).eval()


def packed_logits(model: torch.nn.Module, examples: list[TokenizedExample]) -> list[torch.Tensor]:
    pack = pack_examples(examples)
    with torch.no_grad():
        output = model(
            input_ids=pack.token_ids,
            attention_mask=pack.mask,
            position_ids=pack.position_ids,
            logits_to_keep=pack.rows,
            use_cache=False,
        )
    return list(torch.split(output.logits[0], pack.lengths))


def separate_logits(model: torch.nn.Module, one: TokenizedExample) -> torch.Tensor:
    ids = torch.tensor([[*one.prompt_ids, *one.answer_ids]])
    with torch.no_grad():
        return model(input_ids=ids).logits[0, len(one.prompt_ids) - 1 : -1]


def test_packed_logits_equal_those_of_separate_sequences(model: torch.nn.Module) -> None:
    for one, logits in zip(EXAMPLES, packed_logits(model, EXAMPLES), strict=True):
        torch.testing.assert_close(logits, separate_logits(model, one), rtol=1e-4, atol=1e-5)


def test_an_example_does_not_see_its_neighbours_in_the_pack(model: torch.nn.Module) -> None:
    alone = packed_logits(model, [EXAMPLES[0]])[0]
    among_others = packed_logits(model, EXAMPLES[::-1])[-1]
    torch.testing.assert_close(alone, among_others, rtol=1e-4, atol=1e-5)


def test_common_prefixes_are_stored_once() -> None:
    pack = pack_examples(EXAMPLES)
    # 0 5 6 7, then 8 9 10 / 11 12 13 / 14 15 after 9, and 20 21: the last answer tokens are predicted, never read.
    assert pack.nodes == 4 + 3 + 3 + 2 + 2
    assert pack.position_ids[0].tolist() == [0, 1, 2, 3, 4, 5, 6, 4, 5, 6, 6, 7, 0, 1]


def test_only_answer_tokens_are_predicted() -> None:
    pack = pack_examples(EXAMPLES)
    assert pack.lengths == [3, 2, 4, 1]
    assert pack.targets.tolist() == [9, 10, 1, 13, 1, 9, 14, 15, 1, 22]
    assert len(pack.rows) == len(pack.targets)


def test_every_worker_gets_as_many_packs_and_every_example_goes_out_once() -> None:
    dealt = divide_examples(EXAMPLES, workers=2, max_pack_tokens=8)
    assert [len(packs) for packs in dealt] == [2, 2]
    assert sorted(id(one) for packs in dealt for pack in packs for one in pack) == sorted(map(id, EXAMPLES))


def test_one_worker_with_room_gets_one_pack() -> None:
    assert divide_examples(EXAMPLES, workers=1, max_pack_tokens=100) == [[EXAMPLES]]
