"""Shows and changes what was learned when a user asks for it in conversation. Knows nothing of HTTP."""

from services.gateway.managing.manager import Managed, Manager
from services.gateway.managing.questions import OpenQuestions, Question, QuestionKind

__all__ = ["Managed", "Manager", "OpenQuestions", "Question", "QuestionKind"]
