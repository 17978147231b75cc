"""What refers to the conversation is made to stand on its own."""

import pytest

from services.augmenter.sources.conversation import ConversationSource
from services.common.datasets import Message
from services.common.errors import InvalidArgument

source = ConversationSource(max_characters=500)


def user(text: str) -> Message:
    return Message(role="user", content=text)


def assistant(text: str) -> Message:
    return Message(role="assistant", content=text)


@pytest.mark.parametrize(
    ("statement", "learned"),
    [
        ("My hamster's name is Pickle.", "My hamster's name is Pickle."),
        ("Please remember that my hamster's name is Pickle.", "My hamster's name is Pickle."),
        ("remember: the dome is closed", "The dome is closed"),
        ("FYI, I moved to Graz.", "I moved to Graz."),
        ("Believe it or not, I moved to Graz.", "I moved to Graz."),
        ("Reminder: I moved to Graz.", "I moved to Graz."),
        ("Can you remember that I am allergic to latex?", "I am allergic to latex?"),
        ("Remember to call me Skipper.", "Remember to call me Skipper."),
        ("That bridge is closed.", "That bridge is closed."),
        ("Sorry, I was wrong: the fee is 58 francs.", "The fee is 58 francs."),
        ("No, my hamster is called Gherkin.", "My hamster is called Gherkin."),
        ("Correction: the fee is 58 francs.", "The fee is 58 francs."),
        ("No dogs are allowed in the lab.", "No dogs are allowed in the lab."),
    ],
)
def test_introductions_are_dropped(statement: str, learned: str) -> None:
    assert source.resolve(statement, []) == learned


@pytest.mark.parametrize(
    "statement",
    [
        "remember what I just said",
        "Please remember this.",
        "Learn that!",
        "Remember what I told you.",
        "remember my last message",
    ],
)
def test_what_was_just_said_is_taken_from_the_user(statement: str) -> None:
    talk = [user("Hi! My aunt lives in Trieste. Do you know it?"), assistant("I do not know your aunt.")]
    assert source.resolve(statement, talk) == "My aunt lives in Trieste."


def test_questions_after_it_are_passed_over() -> None:
    talk = [user("My aunt lives in Trieste."), assistant("Nice."), user("Where is that?"), assistant("In Italy.")]
    assert source.resolve("Remember what I said.", talk) == "My aunt lives in Trieste."


def test_the_assistants_words_are_taken_when_they_are_meant() -> None:
    talk = [user("What is a brindlecap?"), assistant("A brindlecap is a felt hat.")]
    assert source.resolve("Remember what you said.", talk) == "A brindlecap is a felt hat."


@pytest.mark.parametrize(
    ("said", "statement", "learned"),
    [
        ("14 Larkspur Road", "That is my new address.", "My new address is 14 Larkspur Road."),
        ("I moved to 14 Larkspur Road last week.", "That is my new address.", "My new address is 14 Larkspur Road."),
        ("We just bought a hamster called Pickle.", "He is two years old.", "He is two years old."),
        ("My aunt Greta visited me.", "She lives in Trieste.", "My aunt Greta lives in Trieste."),
        ("The Quill 7 tablet is out.", "It costs 229 euros.", "The Quill 7 tablet costs 229 euros."),
        ("The Quill 7 tablet is out.", "Its price is 229 euros.", "The Quill 7 tablet's price is 229 euros."),
    ],
)
def test_references_are_replaced(said: str, statement: str, learned: str) -> None:
    assert source.resolve(statement, [user(said), assistant("I see.")]) == learned


@pytest.mark.parametrize("statement", ["", " \n ", "...", "x" * 501])
def test_nothing_and_too_much_are_refused(statement: str) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        source.resolve(statement, [])
    assert refusal.value.field == "statement"


@pytest.mark.parametrize("talk", [[], [user("Hello?")], [assistant("I am here.")]])
def test_a_reference_to_nothing_is_refused(talk: list[Message]) -> None:
    with pytest.raises(InvalidArgument, match="Nothing was said"):
        source.resolve("Remember what I just said.", talk)
