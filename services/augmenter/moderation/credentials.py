"""Finds what opens doors or pays: keys, tokens, card and account numbers. Passwords in plain words are not known."""

import re
from collections.abc import Callable

from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings

from services.augmenter.moderation.moderator import Category, Finding

# Without those that take any word of high entropy, or any word after "password", for a secret.
_PLUGINS = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
_CARD = re.compile(r"(?<![\d.,/-])(?:[3-6]\d|2[2-7])(?:[ -]?\d){11,17}(?![\d/-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_CARD_LENGTHS = range(13, 20)
_IBAN_MODULUS = 97


def find_credentials(text: str) -> Finding | None:
    """The first key, token, card or account number in `text`, or None."""
    with transient_settings({"plugins_used": [{"name": name} for name in _PLUGINS]}):
        for line in text.splitlines():
            for secret in scan_line(line):
                return Finding(Category.SECRET, f"a credential ({secret.type})")
    if _any(_CARD, text, _is_card):
        return Finding(Category.SECRET, "a payment card number")
    if _any(_IBAN, text, _is_iban):
        return Finding(Category.SECRET, "a bank account number")
    return None


def _any(pattern: re.Pattern[str], text: str, is_real: Callable[[str], bool]) -> bool:
    return any(is_real(re.sub(r"[ -]", "", match.group())) for match in pattern.finditer(text))


def _is_card(digits: str) -> bool:
    """Whether the check digit is right (Luhn, ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return len(digits) in _CARD_LENGTHS and sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _is_iban(code: str) -> bool:
    """Whether the check digits are right (ISO 13616-1)."""
    moved = code[4:] + code[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % _IBAN_MODULUS == 1
