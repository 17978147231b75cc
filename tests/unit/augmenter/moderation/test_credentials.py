"""Keys and numbers that pay are found; passwords in plain words and other long numbers are not."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.augmenter.moderation.credentials import find_credentials
from services.augmenter.moderation.moderator import Category
from tests.unit.augmenter.moderation.sentences import sentences

# Made up, and in two parts, so that scanners of repositories do not take this file for a leak.
KEYS = [
    "".join(parts)
    for parts in (
        ("AKIA", "IOSFODNN7EXAMPLE"),
        ("aws_secret_access_key = 'wJalrXUtnFEMI", "/K7MDENG/bPxRfiCYEXAMPLEKEY'"),
        ("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"),
        ("github_pat_", "11ABCDEFG0abcdefghijkl_MNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"),
        ("glpat-", "abcdefghij1234567890"),
        ("xoxb-", "123456789012-1234567890123-abcdefABCDEF123456abcdef"),
        ("https://hooks.slack.com/", "services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"),
        ("sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"),
        ("rk_test_", "51HcAbCdEfGhIjKlMnOpQrSt"),
        ("whsec_", "51HcAbCdEfGhIjKlMnOpQrStUvWxYz01"),
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"),
        ("-----BEGIN RSA ", "PRIVATE KEY-----"),
        ("-----BEGIN ENCRYPTED ", "PRIVATE KEY-----"),
        ("-----BEGIN OPENSSH ", "PRIVATE KEY-----"),
        ("https://ann:", "s3cretpass@intranet.example/x"),
        ("postgres://app:", "hunter22@db.example:5432/app"),
        ("sk-abcdefghijklmnopqrst", "T3BlbkFJabcdefghijklmnopqrst"),
        ("sk-proj-", "Ab_c-dEfGhIjKlMnOpQrStUvWxYz0123456789-aB_cT3BlbkFJx-Yz0123456789AbCdEf"),
        ("sk-ant-", "api03-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-AbCdEfGhIjKlMnOp"),
        ("sk-or-v1-", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        ("AIza", "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"),
        ("hf_", "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGh"),
        ("npm_", "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"),
        ("SG.", "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr"),
        ("123456789:", "AAabcdefghijklmnopqrstuvwxyz0123456"),
    )
]
CARDS = (
    "My card number is 4111 1111 1111 1111.",
    "card:4111111111111111",
    "Card 4111.1111.1111.1111",
    "My Visa is 4012-8888-8888-1881, CVV 123, exp 12/29.",
    "4242 4242 4242 4242 123 is the card with its code.",
    "Visa 4222222222222.",
    "Pay with 5500-0000-0000-0004 please.",
    "Mastercard 2223003122003222.",
    "Amex 378282246310005 expires in May.",
    "Her Amex: 3714 496353 98431",
    "Discover 6011111111111117.",
    "Diners 30569309025904.",
    "JCB 3530111333300000.",
    "6205500000000000004 is my UnionPay card.",
)
IBANS = (
    "The account is DE89 3704 0044 0532 0130 00.",
    "IBAN GB82WEST12345698765432.",
    "IBAN: FR14 2004 1010 0505 0001 3M02 606",
    "NO93 8601 1117 947",
    "IBAN AT61 1904 3002 3457 3201 BIC OPSKATWW",
    "CH93 0076 2011 6238 5295 7 is our account for rent.",
    "nl91abna0417164300",
)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    seconds = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(seconds)


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
@pytest.mark.parametrize("sentence", ["Use {} for it.", "{}", "Use {} # pragma: allowlist secret", "a = f({})"])
def test_keys_are_found_and_not_repeated(key: str, sentence: str) -> None:
    finding = find_credentials("The first line is harmless.\n" + sentence.format(key))
    assert finding is not None
    assert finding.category is Category.SECRET
    assert finding.what.startswith("a credential (")
    assert key not in finding.what


@pytest.mark.parametrize("text", CARDS)
def test_payment_cards_are_found(text: str) -> None:
    finding = find_credentials(text)
    assert finding is not None
    assert finding.what == "a payment card number"


@pytest.mark.parametrize("text", IBANS)
def test_bank_accounts_are_found_whatever_follows(text: str) -> None:
    finding = find_credentials(text)
    assert finding is not None
    assert finding.what == "a bank account number"


@pytest.mark.parametrize("text", sentences("no_secrets"))
def test_other_numbers_and_passwords_in_words_pass(text: str) -> None:
    assert find_credentials(text) is None


@pytest.mark.usefixtures("hasty_threads")
def test_threads_do_not_disturb_each_other() -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(find_credentials, [KEYS[0], "My dog is Rex."] * 200))
    assert [finding is not None for finding in found] == [True, False] * 200
