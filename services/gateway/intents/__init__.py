"""Decides what a user means: to chat, or which way to learn. Knows nothing of HTTP or of jobs."""

from services.gateway.intents.classifier import IntentClassifier, LearnKind, load_classifier
from services.gateway.intents.encoder import SentenceEncoder
from services.gateway.intents.trigger import learn_statement

__all__ = ["IntentClassifier", "LearnKind", "SentenceEncoder", "learn_statement", "load_classifier"]
