"""Decides what a user means: to chat, or which way to learn. Knows nothing of HTTP or of jobs."""

from services.gateway.intents.classifier import IntentClassifier, LearnKind, load_classifier
from services.gateway.intents.encoder import SentenceEncoder
from services.gateway.intents.links import is_bare_link, links_in
from services.gateway.intents.trigger import learn_statement

__all__ = [
    "IntentClassifier",
    "LearnKind",
    "SentenceEncoder",
    "is_bare_link",
    "learn_statement",
    "links_in",
    "load_classifier",
]
