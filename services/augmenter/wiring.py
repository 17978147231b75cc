"""Puts the augmenter's parts together from its settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.augmenter.build import DatasetBuilder
from services.augmenter.completion import TokenLimits
from services.augmenter.lexicon import load_lexicon
from services.augmenter.settings import AugmenterSettings
from services.augmenter.sources.conversation import ConversationSource
from services.augmenter.strategies.behaviour.strategy import Behaviour
from services.augmenter.strategies.draft import Quotas
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from services.augmenter.teacher.base_answers import BaseAnswers
from services.augmenter.teacher.inference import InferenceModel
from services.augmenter.teacher.model import TextModel
from services.augmenter.teacher.openai_compatible import OpenAICompatibleModel
from services.common.object_store import open_object_store
from services.common.rpc import connect


@dataclass(frozen=True, slots=True)
class Parts:
    """The builder and what must be closed after it."""

    builder: DatasetBuilder
    closers: tuple[Callable[[], Awaitable[None]], ...]

    async def close(self) -> None:
        """Close the connections."""
        for closer in self.closers:
            await closer()


def make_parts(settings: AugmenterSettings) -> Parts:
    """Wire a builder; nothing is contacted yet."""
    channel = connect(settings.inference_address)
    base = InferenceModel(channel, settings.inference_timeout_seconds)
    closers: list[Callable[[], Awaitable[None]]] = [lambda: channel.close(grace=None)]
    teacher: TextModel = base
    if settings.teacher_url:
        remote = OpenAICompatibleModel(
            settings.teacher_url, settings.teacher_model, settings.teacher_api_key, settings.teacher_seconds
        )
        closers.append(remote.close)
        teacher = remote
    lexicon = load_lexicon()
    quotas = Quotas(
        facts=settings.facts,
        topics=settings.topics,
        styled=settings.styled,
        neighbours=settings.neighbours,
        frames_per_fact=settings.frames_per_fact,
        generals=settings.generals,
        neighbour_probes=settings.neighbour_probes,
        general_probes=settings.general_probes,
    )
    forms = TeacherForms(teacher, settings.teacher_candidates, settings.teacher_seconds, settings.answers_at_once)
    store = open_object_store(settings.object_store_url, settings.object_store_credentials())
    builder = DatasetBuilder(
        source=ConversationSource(settings.max_statement_characters),
        facts=SelfInstruct(lexicon, LessonReader(lexicon), forms, quotas),
        behaviour=Behaviour(lexicon, quotas),
        answers=BaseAnswers(base, store, settings.answers_at_once),
        store=store,
        limits=TokenLimits(settings.neighbour_tokens, settings.general_tokens, settings.listing_tokens),
        lexicon=lexicon,
        seed=settings.seed,
    )
    return Parts(builder, tuple(closers))
