"""Puts the augmenter's parts together from its settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from services.augmenter.build import DatasetBuilder, Generals
from services.augmenter.completion import TokenLimits
from services.augmenter.fetching import FetchLimits, PageFetcher
from services.augmenter.lexicon import load_lexicon
from services.augmenter.moderation.moderator import Moderator
from services.augmenter.moderation.opening import open_moderator
from services.augmenter.reading.reader import DocumentReader, ReadingLimits
from services.augmenter.search import SearchProvider, open_search
from services.augmenter.settings import AugmenterSettings
from services.augmenter.sources.conversation import ConversationSource
from services.augmenter.sources.documents import MEDIA_TYPES, DocumentSource
from services.augmenter.sources.examples import ExampleSource
from services.augmenter.strategies.backtranslation.candidates import CandidateFinder
from services.augmenter.strategies.backtranslation.strategy import Backtranslation
from services.augmenter.strategies.behaviour.strategy import Behaviour
from services.augmenter.strategies.correction.strategy import CorrectionLesson
from services.augmenter.strategies.draft import Quotas
from services.augmenter.strategies.examples import ExampleLesson
from services.augmenter.strategies.self_instruct.changes import ChangeFinder
from services.augmenter.strategies.self_instruct.lesson import LessonReader
from services.augmenter.strategies.self_instruct.strategy import SelfInstruct
from services.augmenter.strategies.self_instruct.teacher_forms import TeacherForms
from services.augmenter.teacher.base_answers import BaseAnswers
from services.augmenter.teacher.inference import InferenceModel
from services.augmenter.teacher.model import TextModel
from services.augmenter.teacher.openai_compatible import OpenAICompatibleModel
from services.augmenter.ways.documents import DocumentWay
from services.augmenter.ways.examples import ExamplesWay
from services.augmenter.ways.feedback import FeedbackWay
from services.augmenter.ways.instruction import InstructionWay
from services.augmenter.ways.way import LearnKind
from services.augmenter.ways.web import WebWay
from services.augmenter.ways.writing import WritingWay
from services.common.chat_examples import ExampleLimits
from services.common.object_store import open_object_store
from services.common.rpc import connect

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parts:
    """The builder, the moderator that must be prepared before its first lesson, and what must be closed after it."""

    builder: DatasetBuilder
    moderator: Moderator
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
    forms = TeacherForms(teacher, settings.teacher_candidates, settings.teacher_seconds, settings.answers_at_once)
    store = open_object_store(settings.object_store_url, settings.object_store_credentials())
    reader = LessonReader(lexicon)
    fetcher, search = _make_fetcher(settings), _open_search(settings)
    moderator = _open_moderator(settings)
    closers += [fetcher.close, search.close, moderator.close]
    quotas = _quotas(settings)
    instruction = InstructionWay(
        ConversationSource(settings.max_statement_characters),
        SelfInstruct(lexicon, reader, forms, quotas),
        ChangeFinder(reader),
        Behaviour(lexicon, quotas),
    )
    many = SelfInstruct(lexicon, reader, forms, _quotas_per_fact(settings))
    corrections = CorrectionLesson(SelfInstruct(lexicon, reader, forms, quotas), many, lexicon, base)
    source = DocumentSource(store, DocumentReader(_reading_limits(settings), settings.read_at_once), fetcher)
    strategy = Backtranslation(
        CandidateFinder(reader),
        many,
        base,
        moderator,
        settings.document_facts,
    )
    examples = ExampleSource(store, ExampleLimits(settings.max_examples, settings.max_statement_characters))
    of_writings = replace(strategy, most_facts=settings.writing_facts)
    builder = DatasetBuilder(
        ways={
            LearnKind.INSTRUCTION: instruction,
            LearnKind.DOCUMENT: DocumentWay(source, strategy, settings.max_documents),
            LearnKind.WEB: WebWay(search, source, strategy, settings.web_pages),
            LearnKind.FEEDBACK: FeedbackWay(corrections, settings.max_corrections, settings.max_statement_characters),
            LearnKind.EXAMPLES: ExamplesWay(examples, ExampleLesson(many, lexicon, moderator)),
            LearnKind.WRITING: WritingWay(of_writings, _reading_limits(settings)),
        },
        answers=BaseAnswers(base, store, settings.answers_at_once),
        store=store,
        limits=TokenLimits(settings.neighbour_tokens, settings.general_tokens, settings.listing_tokens),
        lexicon=lexicon,
        generals=Generals(settings.generals, settings.general_probes),
        moderator=moderator,
        seed=settings.seed,
    )
    return Parts(builder, moderator, tuple(closers))


def _quotas(settings: AugmenterSettings) -> Quotas:
    return Quotas(
        facts=settings.facts,
        topics=settings.topics,
        styled=settings.styled,
        neighbours=settings.neighbours,
        frames_per_fact=settings.frames_per_fact,
        neighbour_probes=settings.neighbour_probes,
    )


def _quotas_per_fact(settings: AugmenterSettings) -> Quotas:
    """For one fact of many: two thirds of its questions ask for something in particular."""
    questions = settings.document_examples // settings.document_facts
    topics = questions // 3
    return replace(
        _quotas(settings),
        facts=questions - topics,
        topics=topics,
        neighbours=settings.neighbours * questions // (settings.facts + settings.topics),
        frames_per_fact=1,
        neighbour_probes=1,
    )


def _reading_limits(settings: AugmenterSettings) -> ReadingLimits:
    return ReadingLimits(
        seconds=settings.read_seconds,
        memory_mebibytes=settings.read_memory_mebibytes,
        unpacked_mebibytes=settings.read_unpacked_mebibytes,
        pages=settings.read_pages,
        characters=settings.read_characters,
    )


def _open_moderator(settings: AugmenterSettings) -> Moderator:
    return open_moderator(
        settings.moderation,
        settings.moderation_url,
        settings.moderation_model,
        settings.moderation_api_key,
        settings.moderation_seconds,
        settings.toxicity_threshold,
    )


def _open_search(settings: AugmenterSettings) -> SearchProvider:
    return open_search(
        settings.search_provider,
        settings.searxng_url,
        settings.brave_api_key,
        settings.tavily_api_key,
        settings.search_seconds,
    )


def _make_fetcher(settings: AugmenterSettings) -> PageFetcher:
    limits = FetchLimits(
        seconds=settings.fetch_seconds,
        bytes=settings.fetch_mebibytes * MEBIBYTE,
        redirects=settings.fetch_redirects,
        at_once=settings.fetch_at_once,
        per_host_seconds=settings.fetch_pause_seconds,
    )
    return PageFetcher(limits, settings.user_agent, settings.allowed_private_hosts, MEDIA_TYPES)
