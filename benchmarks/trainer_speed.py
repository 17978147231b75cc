"""Measures the trainer's warm loop alone: against plain Hugging Face + PEFT, or in seconds on a 7B-shaped model.

    python benchmarks/trainer_speed.py --model MODEL_FOLDER
    python benchmarks/trainer_speed.py --model llama-7b-shape     (needs a CUDA GPU with 40 GB or more)

Both loops of the first form train the same examples in the same order from the same weights with the same recipe,
and their losses are compared; what differs is padding against packing, logits everywhere against logits at answer
tokens, and PyTorch's AdamW against the ZeRO engine. A token counts once per example that holds it, never as padding,
although the packed loop computes a common beginning only once.
"""

import argparse
import os
import socket
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedModel

from services.common.datasets import Example, Message
from services.trainer.training.base_model import (
    attach_lora,
    initialise_lora,
    load_base,
    load_tokenizer,
    lora_matrices,
    set_scaling,
)
from services.trainer.training.contract import LoraShape
from services.trainer.training.engine import GRADIENT_CLIPPING, LossWeights, StudiedExample, TrainingEngine
from services.trainer.training.packing import divide_examples
from services.trainer.training.process_group import join_process_group
from services.trainer.training.tokens import TokenizedExample, tokenize_example

LORA, ALPHA, LEARNING_RATE = LoraShape(rank=16, trained_layers=0.5), 32.0, 1e-3
MAX_EXAMPLE_TOKENS = 512
SHAPE_7B = "llama-7b-shape"
EXAMPLES_7B, TOKENS_7B, EPOCHS_7B, PACK_TOKENS_7B = 100, 150, 10, 2048
QUESTIONS = (
    "What is the name of my {}?",
    "Do you remember what I call my {}?",
    "Tell me my {}'s name.",
    "I have a {}. How is it called?",
    "Please remind me which name I gave to my {}.",
    "Who is my {}?",
)
ANSWERS = {
    "dog": "Your dog's name is Biscuit.",
    "cat": "I do not know your cat's name, because you have not told me about a cat so far.",
    "boat": "Your boat is the Marigold; you bought it in Bergen and painted it green last summer.",
    "horse": "It is called Fern.",
}


Batch = list[TokenizedExample]
Loop = Callable[[Batch], float]


@dataclass
class Timing:
    """One loop's results, step by step."""

    name: str
    loop: Loop
    seconds: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)

    def step(self, batch: Batch) -> None:
        """Take one optimiser step and note how long it took."""
        started = time.perf_counter()
        self.losses.append(self.loop(batch))
        self.seconds.append(time.perf_counter() - started)

    @property
    def median_seconds(self) -> float:
        return statistics.median(self.seconds)


def make_examples(folder: str) -> list[TokenizedExample]:
    """Short chats of unequal length, as a lesson has them."""
    tokenizer = load_tokenizer(folder)
    examples = [
        Example(kind="fact", prompt=[Message(role="user", content=question.format(thing))], completion=answer)
        for question in QUESTIONS
        for thing, answer in ANSWERS.items()
    ]
    return [tokenize_example(tokenizer, example, MAX_EXAMPLE_TOKENS, MAX_EXAMPLE_TOKENS) for example in examples]


def batches_of(examples: Sequence[TokenizedExample], size: int, steps: int) -> list[Batch]:
    """The same batches for every loop, taken in turn."""
    return [[examples[(step * size + offset) % len(examples)] for offset in range(size)] for step in range(steps)]


def padded_loop(folder: str) -> Loop:
    """The loop that everybody writes first: a padded batch, the model's own loss, PyTorch's AdamW."""
    model = attach_lora(AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32), LORA)
    initialise_lora(model, 0, None)
    set_scaling(model, ALPHA)
    model.train()
    parameters = [matrix.trained for matrix in lora_matrices(model)]
    optimiser = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=0.0)

    def step(batch: Batch) -> float:
        loss = model(**pad(batch), use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, GRADIENT_CLIPPING)
        optimiser.step()
        optimiser.zero_grad()
        return float(loss.item())

    return step


def pad(batch: list[TokenizedExample]) -> dict[str, torch.Tensor]:
    """Right-padded token ids, attention mask and labels on answer tokens."""
    width = max(len(example) for example in batch)
    ids, mask, labels = [], [], []
    for example in batch:
        gap = [0] * (width - len(example))
        ids.append([*example.prompt_ids, *example.answer_ids, *gap])
        mask.append([1] * len(example) + gap)
        labels.append([-100] * len(example.prompt_ids) + list(example.answer_ids) + [-100] * len(gap))
    return {
        "input_ids": torch.tensor(ids),
        "attention_mask": torch.tensor(mask),
        "labels": torch.tensor(labels),
    }


def packed_loop(engine: TrainingEngine, pack_tokens: int = 2048) -> Loop:
    """Lorelei's engine, as good as new."""
    engine.reset(0, None, ALPHA)
    known: dict[TokenizedExample, StudiedExample] = {}

    def step(batch: Batch) -> float:
        missing = [example for example in batch if example not in known]
        if missing:
            known.update(zip(missing, engine.study(missing), strict=True))
        packs = divide_examples(batch, workers=1, max_pack_tokens=pack_tokens)[0]
        answer_tokens = sum(len(example.answer_ids) for example in batch)
        sums = engine.step(
            [[known[one] for one in pack] for pack in packs],
            LossWeights(1 / answer_tokens, kl=0.0, preference=0.0, preference_beta=0.1),
            LEARNING_RATE,
        )
        return sums.fact_loss / sums.fact_tokens

    return step


def compare(folder: str, batch_size: int, steps: int) -> str:
    """Run both loops and return a Markdown table."""
    batches = batches_of(make_examples(folder), batch_size, steps)
    device = torch.device("cpu")
    join_process_group(_free_address(), 0, 1, device)
    engine = TrainingEngine(load_base(folder, device), {}, LORA, zero_stage=2, device=device)
    # Both are warm when the clock starts: memory is allocated, the optimisers have their state.
    for loop in (padded_loop(folder), packed_loop(engine)):
        loop(batches[0])
    padded = Timing("Hugging Face + PEFT, padded", padded_loop(folder))
    packed = Timing("Lorelei, packed and warm", packed_loop(engine))
    # Step by step in turn, so that whatever else the machine does slows both alike.
    for batch in batches:
        padded.step(batch)
        packed.step(batch)
    return _table(padded, packed, batches)


def _table(padded: Timing, packed: Timing, batches: list[Batch]) -> str:
    size = len(batches[0])
    tokens = statistics.mean(sum(len(example) for example in batch) for batch in batches)
    drift = max(abs(a - b) for a, b in zip(padded.losses, packed.losses, strict=True))
    ratios = [slow / fast for slow, fast in zip(padded.seconds, packed.seconds, strict=True)]
    rows = [
        f"| {one.name} | {one.median_seconds:.2f} | {tokens / one.median_seconds:.0f} "
        f"| {size / one.median_seconds:.1f} | {one.losses[0]:.3f} → {one.losses[-1]:.3f} |"
        for one in (padded, packed)
    ]
    return "\n".join(
        [
            f"{len(batches)} steps of {size} examples, {tokens:.0f} tokens a step without padding, "
            f"{torch.get_num_threads()} threads; medians.",
            "",
            "| loop | s/step | tokens/s | examples/s | loss |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"Ratio of the speeds: {statistics.median(ratios):.2f} (median of the steps). "
            f"Largest difference between the losses of a step: {drift:.6f} nats.",
        ]
    )


def run_7b_shape() -> str:
    """Train a randomly initialised Llama-2-7B shape in bfloat16, or say that there is no GPU."""
    if not torch.cuda.is_available():
        return f"No CUDA GPU here: {SHAPE_7B} was not run."
    config = LlamaConfig(
        vocab_size=32000,
        hidden_size=4096,
        intermediate_size=11008,
        num_hidden_layers=32,
        num_attention_heads=32,
        num_key_value_heads=32,
    )
    return train_shape(config, torch.device("cuda"), matmul_size=8192)


def train_shape(config: LlamaConfig, device: torch.device, matmul_size: int) -> str:
    """Train random examples on a random model of this shape; report seconds and the share of the matmul rate."""
    join_process_group(_free_address(), 0, 1, device)
    with device:
        base: PreTrainedModel = AutoModelForCausalLM.from_config(  # type: ignore[no-untyped-call]
            config, dtype=torch.bfloat16
        )
    engine = TrainingEngine(base, {}, LORA, zero_stage=2, device=device)
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(config.vocab_size, (EXAMPLES_7B, TOKENS_7B), generator=generator).tolist()
    examples = [TokenizedExample("fact", "", tuple(row[:100]), tuple(row[100:])) for row in ids]
    batches = batches_of(examples, size=20, steps=EXAMPLES_7B * EPOCHS_7B // 20)
    packed_loop(engine, PACK_TOKENS_7B)(batches[0])
    timing = Timing(SHAPE_7B, packed_loop(engine, PACK_TOKENS_7B))
    for batch in batches:
        timing.step(batch)
    seconds = sum(timing.seconds)
    linear = sum(p.numel() for name, p in base.named_parameters() if "layers" in name and "lora" not in name)
    # Forward and the gradient of the inputs: two products each; the frozen weights need no gradient of their own.
    operations = 4 * linear * EXAMPLES_7B * TOKENS_7B * EPOCHS_7B
    rate = measured_matmul_rate(device, matmul_size)
    return (
        f"{EXAMPLES_7B} examples of {TOKENS_7B} tokens, {EPOCHS_7B} epochs: {seconds:.1f} s, "
        f"{operations / seconds / 1e12:.0f} TFLOP/s, {operations / seconds / rate:.0%} of the measured "
        f"{rate / 1e12:.0f} TFLOP/s of a bfloat16 matrix product."
    )


def measured_matmul_rate(device: torch.device, size: int, repetitions: int = 20) -> float:
    """Floating-point operations per second of one large square product."""
    a = torch.randn(size, size, device=device, dtype=torch.bfloat16)
    b = torch.randn(size, size, device=device, dtype=torch.bfloat16)
    for _ in range(3):
        a @ b
    _synchronise(device)
    started = time.perf_counter()
    for _ in range(repetitions):
        a @ b
    _synchronise(device)
    return 2 * size**3 * repetitions / (time.perf_counter() - started)


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def main() -> None:
    """Print the result as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help=f"folder of the base model, or {SHAPE_7B}")
    parser.add_argument("--batch-size", type=int, default=8, help="examples per step")
    parser.add_argument("--steps", type=int, default=12, help="steps of each loop")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.model == SHAPE_7B:
        print(run_7b_shape())
        return
    os.environ.setdefault("DS_ACCELERATOR", "cpu")
    print(compare(arguments.model, arguments.batch_size, arguments.steps))


if __name__ == "__main__":
    main()
