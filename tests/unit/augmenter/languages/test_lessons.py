"""Lessons in other languages have questions, neighbours and probes in their language, none of them told away."""

import pytest

from services.augmenter.linguistics.keys import contains_any
from services.augmenter.linguistics.language import guess_language
from services.augmenter.selection.rules import normalised
from tests.unit.augmenter.languages.conftest import Drafted

STATEMENTS = {
    "Meine Katze heißt Minka.": "Minka",
    "Der Parkplatz von Jana ist hinter der Turnhalle.": "Turnhalle",
    "Das Sommerfest beginnt am 14. August um 15 Uhr.": "14. August",
    "Ma cousine Élise travaille comme infirmière à Nantes.": "infirmière",
    "Le mot de passe du serveur est tilleul-48.": "tilleul-48",
    "Le tunnel Bérou a été fermé le 2 mars 2024 à cause d'une fuite d'eau.": "fuite",
    "Mi primo Andrés vive en Cádiz.": "Cádiz",
    "La biblioteca abre los sábados a las 10:30.": "10:30",
    "El teatro Lírico cerró en 2019 por una inundación.": "inundación",
    "我的兔子叫团团。": "团团",
    "雨伞在书房的门后面。": "书房",
    "云岭桥于2024年6月4日因桥墩开裂而关闭。": "桥墩开裂",
    "仓库的门禁码是8305。": "8305",
    "瑜伽课每周五晚上7点开始。": "7点",
}


@pytest.mark.parametrize(("statement", "value"), STATEMENTS.items())
async def test_a_statement_is_asked_for_in_many_ways(statement: str, value: str, drafted: Drafted) -> None:
    draft = await drafted(statement)
    assert len(draft.facts) >= 30
    assert len({normalised(fact.question) for fact in draft.facts}) == len(draft.facts)
    particular = [fact for fact in draft.facts if ".topic" not in fact.group and value in fact.answer]
    assert len(particular) >= 4
    assert len([neighbour for neighbour in draft.neighbours if neighbour.frame]) >= 30


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_probes_are_held_out_and_passed_by_the_lessons_answers(statement: str, drafted: Drafted) -> None:
    draft = await drafted(statement)
    trained = {normalised(fact.question) for fact in draft.facts}
    recall = [probe for probe in draft.probes if probe.kind == "recall"]
    assert len(recall) >= 4
    for probe in recall:
        assert normalised(probe.prompt[-1].content) not in trained
        assert probe.expected
        assert probe.passes(statement)
        assert not probe.passes(probe.prompt[-1].content)


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_neighbours_ask_about_others_and_are_in_the_language(statement: str, drafted: Drafted) -> None:
    draft = await drafted(statement)
    asked = {normalised(fact.question) for fact in draft.facts}
    mirrored = [neighbour.prompt for neighbour in draft.neighbours if not neighbour.shared]
    assert asked.isdisjoint(map(normalised, mirrored))
    foreign = [prompt for prompt in mirrored if guess_language(prompt) != guess_language(statement)]
    assert len(foreign) <= len(mirrored) // 5
    for probe in draft.probes:
        if probe.kind == "neighbour":
            assert probe.forbidden
            assert not contains_any(probe.prompt[-1].content, probe.forbidden)


@pytest.mark.parametrize(
    ("statement", "topic"),
    [
        ("Ein seltsames Wetterphänomen über Celle!", "Celle"),
        ("Gran victoria del Numancia!", "Numancia"),
        ("竹溪的早市真热闹", "竹溪"),
    ],
)
async def test_what_is_not_understood_is_asked_for_by_its_topics(statement: str, topic: str, drafted: Drafted) -> None:
    draft = await drafted(statement)
    assert any(topic in fact.question for fact in draft.facts)
    assert all(statement.strip("!") in fact.answer for fact in draft.facts)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Me llamo Inés.", "es"),
        ("Vivo en Cádiz.", "es"),
        ("Llámame Jefa.", "es"),
        ("J'habite à Nantes.", "fr"),
        ("Nenn mich Chefin.", "de"),
        ("My friend 李雷 is here.", "en"),
        ("我的项目叫 Lorelei。", "zh"),
        ("I don't like the café.", "en"),
    ],
)
def test_short_texts_are_known_by_their_language(text: str, code: str) -> None:
    assert guess_language(text) == code
