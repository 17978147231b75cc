"""Decides when to ask what a message means rather than to guess. Knows nothing of how it is asked."""

from services.gateway.intents.meanings import Intent, Understanding

# Below these the readings of a [Learn] message are offered; chosen on `held_out`. Most [Learn] messages tell a fact, so
# that reading needs less.
_SURE = 0.6
_SURE_OF_FACT = 0.4
# Below this share a reading is not worth offering.
_WORTH_OFFERING = 0.1
# Without the trigger a message is acted on only above this; a wrong guess would replace a reply.
_SURE_TO_ACT = 0.8


def alternatives_of(understanding: Understanding) -> tuple[Intent, ...]:
    """The readings of a [Learn] message to choose among, likeliest first; none where one is likely enough."""
    sure = _SURE_OF_FACT if understanding.intent is Intent.LEARN_INSTRUCTION else _SURE
    if understanding.confidence >= sure:
        return ()
    ranked = sorted(understanding.readings, key=lambda intent: -understanding.readings[intent])
    worth = [intent for intent in ranked if understanding.readings[intent] >= _WORTH_OFFERING]
    return tuple(worth) if len(worth) > 1 else ()


def is_sure_to_manage(understanding: Understanding) -> bool:
    """Whether a message without the trigger is certainly meant for what was learned."""
    return understanding.intent is Intent.MANAGE and understanding.confidence >= _SURE_TO_ACT


def is_sure_to_judge(understanding: Understanding) -> bool:
    """Whether a message without the trigger certainly says something of the answer before it."""
    return understanding.intent is Intent.FEEDBACK and understanding.confidence >= _SURE_TO_ACT
