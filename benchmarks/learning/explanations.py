"""Says in words what the report's figures are and how they came about. Knows no figures but those it is given."""

from collections.abc import Sequence

from benchmarks.learning.api import REPLY_TOKENS
from benchmarks.learning.drift import SAMPLE_SEED, SAMPLE_TOKENS
from benchmarks.learning.methods import RETRIEVED
from benchmarks.learning.records import Setting

COLUMNS = """\
*lessons*: those about facts. *efficacy*: the direct question; *paraphrase*: wordings that nobody was taught;
*locality*: neighbour questions whose answer holds nothing of the lesson; *S*: the harmonic mean of the three. Shares
are of all questions of all lessons, of those that were rejected too; replies are greedy, each in a new conversation,
and judged by the cases' keys alone. *seconds*: median from the statement to the lesson's end. With several seeds: mean
± sample standard deviation over the seeds. Methods without a seed are deterministic and were measured once."""

DRIFT = f"""\
*KL*, of the base to the taught model in nats per token, and *same answer*, the share of greedy answers equal to the
base model's (first {SAMPLE_TOKENS} tokens), are measured after each lesson on the everyday prompts of
`benchmarks/learning/cases/general.json`, which the platform has never seen. The KL is a Monte-Carlo estimate: the base
model has drawn one answer to each prompt (temperature 1, top_p 1, seed {SAMPLE_SEED}, at most {SAMPLE_TOKENS} tokens),
and the figure is the mean over their tokens of ln p_base - ln p_taught. It has no bias but noise, and can be slightly
below zero. The token that ends a turn is not scored, and a drawn text is scored by the tokens into which it is split
again. Where nothing went live there is no drift, and no figure."""

KINDS = """\
Efficacy, paraphrase, locality and **S**, all seeds together. Lessons about style have no neighbours: their figure is
the share of answers to unrelated questions that obey. They, and their drift, which is meant, are left out of the table
above."""

RETENTION = f"""\
Direct questions / paraphrases / neighbours of all lessons so far, asked again after so many; a lesson that was rejected
counts as not known. *notes* has all lessons in the prompt, *retrieval* the {RETRIEVED} nearest. *consolidated*: after a
fresh version of all lessons was made, as the platform does by itself, up to twelve lessons, while nobody learns."""

CORRECTIONS = """\
A statement is taught, then one that changes it: the share of questions that are answered rightly after the second."""


def opening(settings: Sequence[Setting]) -> str:
    """What was measured, where and when."""
    first = min(settings, key=lambda setting: setting.started_at)
    return f"""\
# How well lessons are learned, beside other methods

{first.model}, {first.cores} cores, from {first.started_at:%d %B %Y}; answers of at most {REPLY_TOKENS} tokens.
Made by `python -m benchmarks.learning` and `python -m benchmarks.learning.publish`. Each lesson goes to a new user of a
running platform. With its first seed *lorelei* is measured through the public API alone; with others its augmenter and
trainer are called without the gateway, which has no way to choose a seed."""


def fine_tuning(settings: Sequence[Setting], dataset_seconds: float | None) -> str:
    """The recipe of the plain fine-tuning; nothing where it was not measured."""
    if dataset_seconds is None or not settings:
        return ""
    recipe = settings[-1].plain_recipe
    return f"""\
*fine-tuning*: {settings[-1].plain_facts} facts drawn from Lorelei's own dataset of the same statement,
{recipe["facts_per_step"]} a step for {recipe["max_steps"]} steps of AdamW, learning rate {recipe["learning_rate"]:g}
({recipe["warmup_steps"]} steps of warm-up, then a cosine). LoRA as Lorelei's: rank {recipe["rank"]}, alpha
{recipe["alpha"]:g}, the upper {recipe["trained_layers"]:.0%} of the layers. No neighbours, no general prompts, no KL,
no preconditioning, no early stop, no gate. {dataset_seconds:.1f} of its seconds (median) are the building of the
dataset, neighbours and all, of which it uses the facts only; Lorelei has built the same dataset just before, at its own
cost, and what the base model was asked then is answered faster now."""
