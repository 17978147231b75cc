"""Decides what becomes of a user's message: an answer to a question, a lesson, management; all else is chat."""

import asyncio
from dataclasses import dataclass

from fastapi.responses import Response

from services.common.errors import InvalidArgument
from services.gateway.api.callers import Caller
from services.gateway.api.chat_reply import ReplyShape
from services.gateway.api.chat_request import ChatRequest
from services.gateway.api.intents import understanding_body
from services.gateway.api.learn_chat import LearnChat
from services.gateway.api.parts import GatewayParts
from services.gateway.conversations import Message
from services.gateway.feedback.items import Rating
from services.gateway.feedback.spoken import FeedbackTaken
from services.gateway.intents import Intent, ManageAction, Understanding, learn_statement
from services.gateway.intents.asking import alternatives_of, is_sure_to_judge, is_sure_to_manage
from services.gateway.intents.meanings import KIND_OF
from services.gateway.intents.spoken_feedback import read_feedback
from services.gateway.learning.desk import LessonRequest
from services.gateway.managing import Managed, Question, QuestionKind
from services.gateway.managing.answers import chosen_place, is_no
from services.gateway.managing.wording import DROPPED, meanings
from services.gateway.models import PERSONAL

_ASSISTANT = "assistant"
# A question about a [Learn] message and its answer are no part of the conversation that the message came after.
_QUESTION_TURNS = 3


@dataclass
class Turn:
    """The last message of a conversation, on its way to what answers it."""

    parts: GatewayParts
    who: Caller
    request: ChatRequest
    shape: ReplyShape
    messages: list[Message]
    new_messages: list[Message]

    async def answer(self) -> Response | None:
        """The reply, or None where the message is chat."""
        last = self.messages[-1]
        if last.role != "user" or self.request.answers_a_call:
            return None
        statement = learn_statement(last.content)
        if asked := self.request.only_generated:
            if statement is None:
                return None
            raise InvalidArgument(f"`{asked}` cannot be honoured for a lesson; leave it out.", field=asked)
        question = await self._question()
        if question is not None and statement is None:
            answered = await self._answered(question, last.content)
            if answered is not None:
                return answered
        if statement is not None:
            return await self._learn(last.content, statement)
        if self.request.model != PERSONAL:
            return None
        understood = await self._understood(last.content)
        if is_sure_to_judge(understood) and self._follows_answer:
            return await self._judged(last.content)
        return await self._manage(understood.action, last.content) if is_sure_to_manage(understood) else None

    async def _judged(self, text: str) -> Response | None:
        """Keep what is said of the last answer; praise is answered as chat is, and learning goes on behind the chat."""
        taken = await self._taken(text)
        if taken.item.verdict.rating is Rating.UP:
            return None
        return await self._chat.say(taken.sentence, _told(taken), self.new_messages)

    async def _learn(self, text: str, statement: str) -> Response:
        wanted = LessonRequest(statement, tuple(self.messages[:-1]), self.request.file_ids())
        if not statement:
            return await self._chat.answer(wanted, self.new_messages)
        understood = await self._understood(text, attachments=bool(wanted.file_ids))
        if alternatives := alternatives_of(understood):
            return await self._ask(understood, statement, alternatives)
        # After the trigger most messages tell a fact, also such as begin like a verdict: "That was my first car."
        doubtful = understood.intent is Intent.FEEDBACK and not is_sure_to_judge(understood)
        intent = Intent.LEARN_INSTRUCTION if doubtful else understood.intent
        return await self._act(intent, understood.action, wanted)

    async def _act(self, intent: Intent, action: ManageAction | None, wanted: LessonRequest) -> Response:
        """Do what a [Learn] message means; what is said of an answer that was not given is learned as it was said."""
        if intent is Intent.MANAGE:
            return await self._manage(action, wanted.statement)
        if intent is Intent.FEEDBACK and self._follows_answer:
            taken = await self._taken(wanted.statement)
            if not taken.item.job_id:
                return await self._chat.say(taken.sentence, _told(taken), self.new_messages)
            job = await self.parts.jobs.get(self.who.tenant, self.who.user, taken.item.job_id)
            return await self._chat.follow(job, self.new_messages, _told(taken))
        return await self._chat.answer(wanted, self.new_messages)

    @property
    def _follows_answer(self) -> bool:
        return len(self.messages) > 2 and self.messages[-2].role == _ASSISTANT

    async def _taken(self, text: str) -> FeedbackTaken:
        return await self.parts.feedback_in_chat.take(
            self.who.tenant, self.who.user, self.messages[:-1], text, read_feedback(text)
        )

    async def _ask(self, understood: Understanding, statement: str, alternatives: tuple[Intent, ...]) -> Response:
        words = meanings(statement, alternatives)
        question = Question(QuestionKind.MEANING, statement=statement, readings=alternatives)
        await self.parts.questions.ask(self.who.tenant, self.who.user, words, question)
        offered = [{"intent": one, "confidence": round(understood.readings[one], 3)} for one in alternatives]
        return await self._chat.say(
            words, {**understanding_body(understood), "alternatives": offered}, self.new_messages
        )

    async def _question(self) -> Question | None:
        """What was asked just before, closed now."""
        if len(self.messages) < 2 or self.messages[-2].role != _ASSISTANT:
            return None
        return await self.parts.questions.take(self.who.tenant, self.who.user, self.messages[-2].content)

    async def _answered(self, question: Question, text: str) -> Response | None:
        """Do what `text` decides; None where it does not answer the question."""
        if question.kind is QuestionKind.MEANING:
            reading = await self._chosen(question, text)
            if reading is not None:
                return await self._act_as(reading, question.statement)
        else:
            managed = await self.parts.manager.answered(self.who.tenant, self.who.user, question, text)
            if managed is not None:
                return await self._show(managed)
        return await self._chat.say(DROPPED, {}, self.new_messages) if is_no(text) else None

    async def _chosen(self, question: Question, text: str) -> Intent | None:
        readings = [Intent(reading) for reading in question.readings]
        place = chosen_place(text, len(readings))
        if place is not None:
            return readings[place]
        understood = await self._understood(text)
        return understood.intent if understood.intent in readings and not is_no(text) else None

    async def _act_as(self, reading: Intent, statement: str) -> Response:
        understood = await self._understood(f"[Learn] {statement}")
        before = tuple(self.messages[:-_QUESTION_TURNS])
        return await self._act(reading, understood.action, LessonRequest(statement, before, kind=KIND_OF.get(reading)))

    async def _manage(self, action: ManageAction | None, text: str) -> Response:
        managed = await self.parts.manager.carry_out(self.who.tenant, self.who.user, action or ManageAction.LIST, text)
        return await self._show(managed)

    async def _show(self, managed: Managed) -> Response:
        shown = {"action": managed.action, "state": managed.state, **managed.detail}
        if managed.job is None:
            return await self._chat.say(managed.text, {"manage": shown}, self.new_messages)
        beside = {"manage": {**shown, "job_id": managed.job.id}}
        return await self._chat.follow(managed.job, self.new_messages, beside, managed.text)

    async def _understood(self, text: str, *, attachments: bool = False) -> Understanding:
        return await asyncio.to_thread(self.parts.classifier.understand, text, attachments=attachments)

    @property
    def _chat(self) -> LearnChat:
        return LearnChat(self.parts, self.who, self.request, self.shape)


def _told(taken: FeedbackTaken) -> dict[str, object]:
    item = taken.item
    shown = {"id": item.id, "state": item.state, "rating": item.verdict.rating, "job_id": item.job_id or None}
    return {"feedback": {**shown, "correction": item.verdict.correction or None}}
