"""Decides what a user means: to chat, to teach, to judge, to manage. Knows nothing of HTTP or of jobs."""

from services.gateway.intents.classifier import IntentClassifier, load_classifier
from services.gateway.intents.encoder import SentenceEncoder
from services.gateway.intents.links import is_bare_link, links_in
from services.gateway.intents.meanings import Intent, LearnKind, ManageAction, Understanding
from services.gateway.intents.trigger import learn_statement

__all__ = [
    "Intent",
    "IntentClassifier",
    "LearnKind",
    "ManageAction",
    "SentenceEncoder",
    "Understanding",
    "is_bare_link",
    "learn_statement",
    "links_in",
    "load_classifier",
]
