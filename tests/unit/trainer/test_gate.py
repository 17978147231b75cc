"""Which questions the gate asks, how it counts, and what it says."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from services.common.datasets import Message, Preference, Probe
from services.common.errors import Unavailable
from services.common.manifest import GateSummary
from services.trainer.gate.examination import Examiner
from services.trainer.gate.probing import ProbeLimits, ask_questions, choose_questions
from services.trainer.gate.serving import AdapterVersion
from services.trainer.gate.verdict import GateThresholds, judge
from tests.unit.trainer.lessons import dataset

LIMITS = ProbeLimits(recall=4, locality=2, retention=5, answer_tokens=16, other_answer_tokens=7, at_once=2)
CANDIDATE = AdapterVersion("acme", "ada", "v-000000000000-00000000")
THRESHOLDS = GateThresholds(recall=0.5, sure_recall=0.75, retention=0.5, preference=0.9, drift=0.1, safety_loss=0.5)


def probe(kind: str, question: str, expected: str = "", forbidden: str = "") -> Probe:
    return Probe(
        kind=kind,  # type: ignore[arg-type]
        prompt=[Message(role="user", content=question)],
        expected=[expected] if expected else [],
        forbidden=[forbidden] if forbidden else [],
    )


def recall_probes(lesson: str, count: int) -> list[Probe]:
    return [probe("recall", f"{lesson} {number}", expected="biscuit") for number in range(count)]


class Parrot:
    """Serves fixed answers, with letters for tokens."""

    def __init__(self, answers: dict[str, str], before: str = "") -> None:
        self.answers = answers
        self.before = before
        self.loaded: list[AdapterVersion] = []

    async def load(self, adapter: AdapterVersion) -> None:
        self.loaded.append(adapter)

    async def unload(self, adapter: AdapterVersion) -> None:
        self.loaded.remove(adapter)

    async def token_logprobs(
        self, adapter: AdapterVersion | None, replies: Sequence[tuple[list[Message], str]]
    ) -> list[list[float]]:
        """What is among the fixed answers is likely, letter by letter."""
        return [
            [-1.0 if self.answers.get(prompt[0].content) == reply else -1.5] * len(reply) for prompt, reply in replies
        ]

    async def answer(
        self, adapter: AdapterVersion | None, prompt: list[Message], max_tokens: int, enough: Callable[[str], bool]
    ) -> str:
        text = ""
        for letter in (self.answers.get(prompt[0].content, "") if adapter else self.before)[:max_tokens]:
            text += letter
            if enough(text):
                break
        return text


def test_the_sample_is_bounded_and_reproducible() -> None:
    lesson = dataset("new", [*recall_probes("new", 9), *(probe("neighbour", str(n), forbidden="x") for n in range(9))])
    earlier = [dataset(name, recall_probes(name, 3)) for name in ("one", "two", "three")]
    questions = choose_questions([lesson], earlier, LIMITS, seed=1)
    assert [question.subject for question in questions] == ["recall"] * 4 + ["locality"] * 2 + ["retention"] * 5
    assert questions == choose_questions([lesson], earlier, LIMITS, seed=1)


def test_every_earlier_lesson_is_asked_about_before_any_is_asked_twice() -> None:
    earlier = [dataset(f"lesson{number}", recall_probes(f"lesson{number}", 3)) for number in range(5)]
    questions = choose_questions([dataset("new", recall_probes("new", 1))], earlier, LIMITS, seed=2)
    asked = {question.probe.prompt[0].content.split()[0] for question in questions if question.subject == "retention"}
    assert asked == {f"lesson{number}" for number in range(5)}


async def test_the_summary_counts_each_subject() -> None:
    lesson = dataset("new", [*recall_probes("new", 4), probe("neighbour", "cat?", forbidden="biscuit")])
    earlier = [dataset("old", recall_probes("old", 2))]
    answers = {
        "new 0": "It is Biscuit.",
        "new 1": "biscuit",
        "new 2": "BISCUIT",
        "cat?": "Biscuit?",
        "old 1": "biscuit",
    }
    questions = choose_questions([lesson], earlier, LIMITS, seed=0)
    serving = Parrot(answers)
    examiner = Examiner(serving, LIMITS)
    heard: list[tuple[int, int]] = []
    gate = await examiner.examine(CANDIDATE, None, questions, lambda done, total: heard.append((done, total)))
    assert gate.model_copy(update={"answers": []}) == GateSummary(
        recall=0.75, recall_before=0.0, locality=0.0, retention=0.5, probes=7
    )
    told = {answer.question: (answer.before, answer.after, answer.passed) for answer in gate.answers}
    assert told["new 0"] == ("", "It is Biscuit.", True)
    assert told["new 3"] == ("", "", False)
    assert told["cat?"] == (None, "Biscuit", False)
    assert told["old 1"] == (None, "biscuit", True)
    assert heard == [(done, 7) for done in range(1, 8)]
    assert serving.loaded == [CANDIDATE]


async def test_nobody_is_listened_to_for_longer_than_needed() -> None:
    lesson = dataset("new", [*recall_probes("new", 1), probe("neighbour", "cat?", forbidden="biscuit")])
    endless = "so " * 40
    examiner = Examiner(Parrot({"new 0": endless, "cat?": endless}, before=endless), LIMITS)
    gate = await examiner.examine(CANDIDATE, None, choose_questions([lesson], [], LIMITS, seed=0), lambda *_: None)
    assert [(answer.subject, len(answer.before or ""), len(answer.after)) for answer in gate.answers] == [
        ("recall", LIMITS.other_answer_tokens, LIMITS.answer_tokens),
        ("locality", 0, LIMITS.other_answer_tokens),
    ]


@pytest.mark.parametrize(("lessons", "times"), [(5, 4), (8, 3), (30, 1)])
def test_of_lessons_taught_at_once_each_is_asked_about_as_often_as_there_is_time(lessons: int, times: int) -> None:
    taught = [dataset(f"lesson{number}", recall_probes(f"lesson{number}", 9)) for number in range(lessons)]
    asked = Counter(
        question.probe.prompt[0].content.split()[0] for question in choose_questions(taught, [], LIMITS, seed=0)
    )
    assert set(asked.values()) == {times}
    assert asked.total() == min(lessons * LIMITS.recall, 24)


async def test_what_is_to_be_forgotten_counts_when_it_is_not_known_and_is_not_written_down() -> None:
    gone = dataset("gone", [*recall_probes("gone", 2), probe("neighbour", "cat?", forbidden="biscuit")])
    questions = choose_questions([dataset("kept", recall_probes("kept", 1))], [], LIMITS, seed=0, forgotten=gone)
    serving = Parrot({"kept 0": "Biscuit", "gone 0": "It is Biscuit.", "gone 1": "I do not know."})
    gate = await Examiner(serving, LIMITS).examine(CANDIDATE, None, questions, lambda done, total: None)
    assert (gate.recall, gate.forgotten) == (1.0, 0.5)
    assert not any("gone" in answer.question for answer in gate.answers)


@pytest.mark.parametrize(("replaces", "known_before"), [(True, 1.0), (False, 0.0)])
async def test_a_version_to_be_replaced_may_say_as_much_as_its_successor(replaces: bool, known_before: float) -> None:
    questions = choose_questions([dataset("kept", recall_probes("kept", 2))], [], LIMITS, seed=0)
    known = {"kept 0": "It was Biscuit.", "kept 1": "It was Biscuit."}
    examiner = Examiner(Parrot(known), LIMITS)
    former = AdapterVersion("acme", "ada", "v-000000000000-11111111")
    gate = await examiner.examine(CANDIDATE, former, questions, lambda done, total: None, replaces=replaces)
    assert gate.recall_before == known_before


@pytest.mark.parametrize(("recall", "accepted"), [(0.95, True), (0.85, True), (0.7, False)])
def test_a_version_that_replaces_another_of_the_same_lessons_knows_them_as_well(recall: float, accepted: bool) -> None:
    gate = GateSummary(recall=recall, recall_before=0.9, locality=1, retention=1, probes=20)
    verdict = judge(gate, THRESHOLDS, replaces=True)
    assert (verdict.accepted, verdict.sure) == (accepted, recall >= 0.9)
    assert accepted or "the version in force answers 90%" in verdict.not_learned[0]
    assert judge(gate, THRESHOLDS).accepted


@pytest.mark.parametrize(
    ("asked", "answer", "heard"),
    [
        (probe("recall", "dog?", expected="biscuit"), "Biscuit it is. He likes walks.", "Biscuit it is."),
        (probe("recall", "dog?", expected="biscuit"), "Hm. It is Biscuit! Yes.", "Hm. It is Biscuit!"),
        (probe("recall", "cat?", forbidden="biscuit"), "Biscuit it is.", "Biscuit"),
    ],
)
async def test_a_right_answer_ends_its_sentence_and_a_wrong_one_is_cut_off(
    asked: Probe, answer: str, heard: str
) -> None:
    limits = replace(LIMITS, answer_tokens=40)
    questions = choose_questions([dataset("new", [asked])], [], limits, seed=0)
    replies = await ask_questions(Parrot({asked.prompt[0].content: answer}), CANDIDATE, questions, limits)
    assert [reply.text for reply in replies] == [heard]


async def test_an_inference_service_that_goes_away_is_named_as_the_reason() -> None:
    class Away(Parrot):
        async def answer(self, *_: object) -> str:
            raise Unavailable("The model is being loaded.")

    questions = choose_questions([dataset("new", recall_probes("new", 3))], [], LIMITS, seed=0)
    with pytest.raises(Unavailable):
        await Examiner(Away({}), LIMITS).examine(CANDIDATE, None, questions, lambda done, total: None)


@pytest.mark.parametrize(("recall", "sure"), [(0.5, False), (0.75, True)])
def test_a_good_candidate_is_accepted_and_a_better_one_surely_learned(recall: float, sure: bool) -> None:
    verdict = judge(GateSummary(recall=recall, recall_before=0, locality=0, retention=1, probes=4), THRESHOLDS)
    assert (verdict.accepted, verdict.sure) == (True, sure)


def test_reasons_are_sentences_with_numbers() -> None:
    verdict = judge(GateSummary(recall=0.25, recall_before=0, locality=1, retention=0.4, probes=9), THRESHOLDS)
    assert not verdict.accepted
    assert not verdict.sure
    assert "25%" in verdict.reasons[0]
    assert "50%" in verdict.reasons[0]
    assert "40%" in verdict.reasons[1]


@pytest.mark.parametrize(
    ("drift_before", "accepted"),
    [(0.0, False), (0.15, True), (None, True)],
    ids=["this lesson did", "the version in force had drifted before", "a style, or on top of an import"],
)
def test_answers_to_everything_else_may_change_by_what_one_lesson_may_add(
    drift_before: float | None, accepted: bool
) -> None:
    gate = GateSummary(recall=1, recall_before=0, locality=1, retention=1, probes=4, drift=0.2)
    assert judge(gate, THRESHOLDS, drift_before).accepted is accepted


def test_a_version_that_refuses_less_of_what_is_unsafe_is_refused() -> None:
    gate = GateSummary(recall=1, recall_before=0, locality=1, retention=1, probes=4, safety_loss=0.6)
    assert "0.60 nats" in judge(gate, THRESHOLDS).reasons[0]


async def test_a_correction_counts_where_the_rejected_reply_became_less_likely() -> None:
    def corrected(question: str, chosen: str, rejected: str) -> Preference:
        return Preference(prompt=[Message(role="user", content=question)], chosen=chosen, rejected=rejected)

    serving = Parrot({"one?": "Right.", "two?": "Wrong." * 9})
    # However long the other one is.
    preferences = [corrected("one?", "Right.", "No."), corrected("two?", "Right.", "Wrong." * 9)]
    gate = await Examiner(serving, LIMITS).examine(CANDIDATE, None, [], lambda *_: None, preferences=preferences)
    assert gate.preference == 0.5
    verdict = judge(gate, THRESHOLDS)
    assert not verdict.accepted
    assert "50%" in verdict.reasons[0]
    assert judge(gate.model_copy(update={"preference": 1.0}), THRESHOLDS).accepted
