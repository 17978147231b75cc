"""Finds what opens doors or pays: keys, tokens, card and account numbers. Passwords in plain words are not known."""

import re

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import BasePlugin
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from services.augmenter.moderation.account_numbers import holds_card_number, holds_iban
from services.augmenter.moderation.moderator import Category, Finding

# Without those that take any word of high entropy, or any word after "password", for a secret. They are asked directly:
# detect-secrets' own scan keeps its settings in one global, which threads overwrite for each other, and obeys
# "pragma: allowlist secret" in the text itself.
_DETECTORS: tuple[BasePlugin, ...] = (
    AWSKeyDetector(),
    AzureStorageKeyDetector(),
    BasicAuthDetector(),
    DiscordBotTokenDetector(),
    GitHubTokenDetector(),
    GitLabTokenDetector(),
    JwtTokenDetector(),
    MailchimpDetector(),
    NpmDetector(),
    OpenAIDetector(),
    PrivateKeyDetector(),
    PypiTokenDetector(),
    SendGridDetector(),
    SlackDetector(),
    SquareOAuthDetector(),
    StripeDetector(),
    TelegramBotTokenDetector(),
    TwilioKeyDetector(),
)
# What detect-secrets 1.5.0 does not know yet.
_NEWER_KEYS = (
    ("GitHub Token", re.compile(r"\bgithub_pat_\w{50,}")),
    ("Stripe Access Key", re.compile(r"\b(?:(?:sk|rk)_(?:live|test)|whsec)_[0-9A-Za-z]{16,}")),
    ("OpenAI Token", re.compile(r"\bsk-(?:proj|svcacct|admin)-[\w-]{20,}")),
    ("Anthropic Key", re.compile(r"\bsk-ant-[\w-]{20,}")),
    ("API Key", re.compile(r"\bsk-(?:or-v1-)?(?=[A-Za-z]*\d)[0-9A-Za-z]{32,}")),
    ("Google API Key", re.compile(r"\bAIza[\w-]{35}")),
    ("Google Access Token", re.compile(r"\bya29\.[\w-]{20,}")),
    ("Hugging Face Token", re.compile(r"\bhf_[0-9A-Za-z]{30,}")),
    ("NPM Token", re.compile(r"\bnpm_[0-9A-Za-z]{36}")),
    ("Private Key", re.compile(r"BEGIN ENCRYPTED PRIVATE KEY")),
)
_PLACEHOLDER = re.compile(r"\$.*|<.*>|\{.*\}|\[.*\]|\*+|\.+|[xX]+")


def find_credentials(text: str) -> Finding | None:
    """The first key, token, card or account number in `text`, or None."""
    for line in text.splitlines():
        kind = _kind_of_key(line)
        if kind is not None:
            return Finding(Category.SECRET, f"a credential ({kind})")
    if holds_card_number(text):
        return Finding(Category.SECRET, "a payment card number")
    if holds_iban(text):
        return Finding(Category.SECRET, "a bank account number")
    return None


def _kind_of_key(line: str) -> str | None:
    for detector in _DETECTORS:
        if any(_PLACEHOLDER.fullmatch(value) is None for value in detector.analyze_string(line)):
            return str(detector.secret_type)
    return next((kind for kind, pattern in _NEWER_KEYS if pattern.search(line)), None)
