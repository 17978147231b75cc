"""Statements that point at what the model wrote, in five languages, and others that only look like it."""

import time

import pytest

from services.gateway.intents.own_writing import points_at_own_writing

POINTING = [
    "remember what you just wrote",
    "Remember what you just wrote.",
    "Please remember everything you've written so far",
    "what you just wrote",
    "Memorize the story you just wrote",
    "Don't forget the poem you wrote for me.",
    "Keep in mind what you said above",
    "learn your last answer",
    "Remember your own story.",
    "Could you remember what you told me about the harbour?",
    "I want you to remember the text you came up with",
    "Remember the story that you have just made up about the lighthouse keeper.",
    "Learn all of what you wrote",
    "Remember all that you wrote, please!",
    "Commit to memory what you just wrote",
    "Save your previous reply",
    "Learn from what you just wrote",
    "Remember this story you wrote",
    "Remember the text above that you wrote",
    "Merk dir, was du gerade geschrieben hast",
    "Merk dir bitte alles, was du eben geschrieben hast.",
    "Behalte deinen letzten Text",
    "Lerne die Geschichte, die du gerade erzählt hast",
    "Was du gerade geschrieben hast",
    "Bitte merke dir deine Geschichte über den Leuchtturm",
    "Vergiss nicht, was du geschrieben hast",
    "Erinnere dich an das, was du mir erzählt hast",
    "Kannst du dir merken, was du gerade geschrieben hast?",
    "Präge dir das ein, was du geschrieben hast",
    "Retiens ce que tu viens d'écrire",
    "Souviens-toi de ce que tu as écrit",
    "mémorise ton dernier texte",
    "Retiens bien l'histoire que tu viens de raconter, s'il te plaît",
    "N'oublie pas ce que tu m'as dit",
    "Recuerda lo que acabas de escribir",
    "recuerda lo que escribiste",
    "Memoriza tu último texto, por favor",
    "Aprende el cuento que has escrito",
    "No olvides lo que me contaste sobre el faro",
    "记住你刚才写的内容",
    "记住你刚写的故事",
    "请记住你刚刚写的",
    "学习你上面说的话",
    "把你刚才写的故事记下来",
    "请把你写的都记住",
]
TELLING = [
    "My dog is called Biscuit.",
    "Remember that you wrote a letter to Anna",
    "What you wrote about my dog was wrong, he is called Rex.",
    "Remember my story",
    "Remember what I just wrote",
    "Your name is Nova",
    "Your answers should be short",
    "Remember your answers should be short",
    "Remember that your story is set in Hallstad",
    "Read the attached story",
    "Search the web for stories you wrote",
    "Answer in rhymes from now on",
    "You wrote this book in 1999.",
    "Remember what my brother told you",
    "Remember the poem my sister wrote",
    "Merk dir, was ich gerade geschrieben habe",
    "Merk dir, dass du einen Brief geschrieben hast",
    "Mein Hund heißt Rex",
    "Deine Antworten sollen kurz sein",
    "Retiens ce que je viens d'écrire",
    "Ton nom est Nova",
    "Recuerda lo que te dije",
    "Mi perro se llama Rex",
    "记住我刚才写的内容",
    "你写的故事发生在海边",
    "我的狗叫小白",
    "What did you write?",
    "Remember what you are",
    "Always tell me what you think",
    "Remember to answer in the language you wrote",
]
HOSTILE = [
    "to me " * 600 + "x",
    "关于" * 1500,
    "your " + "last very " * 400 + "x",
    "was du " + "so " * 900,
    "de " * 1300,
]


@pytest.mark.parametrize("statement", POINTING)
def test_the_models_own_text_is_meant(statement: str) -> None:
    assert points_at_own_writing(statement)


@pytest.mark.parametrize("statement", TELLING)
def test_something_else_is_meant(statement: str) -> None:
    assert not points_at_own_writing(statement)


@pytest.mark.parametrize("statement", HOSTILE)
def test_no_statement_takes_long(statement: str) -> None:
    started = time.process_time()
    assert not points_at_own_writing(statement[:4000])
    assert time.process_time() - started < 1
