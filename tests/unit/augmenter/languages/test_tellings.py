"""Statements in German, French, Spanish and Chinese are read into parts, and asked about and told in their language."""

import pytest

from services.augmenter.linguistics.telling import Telling
from services.augmenter.strategies.self_instruct.tongue import Tongue, find_tongue


def tongue(code: str) -> Tongue:
    found = find_tongue(code)
    assert found is not None
    return found


def read(code: str, sentence: str) -> Telling:
    telling = tongue(code).reader.read(sentence)
    assert telling is not None
    return telling


@pytest.mark.parametrize(
    ("code", "sentence", "subject", "parts"),
    [
        ("de", "Meine Katze heißt Minka.", "meine Katze", [("name", "Minka")]),
        ("de", "Das Labor von Jana ist im zweiten Stock.", "das Labor von Jana", [("place", "im zweiten Stock")]),
        (
            "de",
            "Die Fähre Nordstern wurde am 4. Juni 2024 wegen eines Brandes stillgelegt.",
            "die Fähre Nordstern",
            [("time", "am 4. Juni 2024"), ("cause", "wegen eines Brandes")],
        ),
        ("de", "Am Freitag beginnt der Kurs um 18 Uhr.", "der Kurs", [("time", "am Freitag"), ("time", "um 18 Uhr")]),
        ("de", "Ich bin allergisch gegen Pollen.", "ich", [("manner", "allergisch"), ("target", "gegen Pollen")]),
        ("fr", "Mon lapin s'appelle Caramel.", "mon lapin", [("name", "Caramel")]),
        ("fr", "Le cours est le jeudi à 18 heures.", "le cours", [("time", "le jeudi"), ("time", "à 18 heures")]),
        ("fr", "Je suis allergique aux fraises.", "je", [("target", "aux fraises")]),
        (
            "fr",
            "Le musée Orval a été fondé par Jean Rey en 1880.",
            "le musée Orval",
            [("agent", "par Jean Rey"), ("time", "en 1880")],
        ),
        ("es", "Mi gata se llama Perla.", "mi gata", [("name", "Perla")]),
        ("es", "El código del portal es 7310.", "el código del portal", [("identity", "7310")]),
        ("fr", "La fête a lieu le samedi.", "la fête", [("time", "le samedi")]),
        ("es", "Trabajo en Bilbao.", "", [("place", "en Bilbao")]),
        (
            "es",
            "El puente Arlés fue cerrado el 3 de mayo de 2025 por una grieta en el pilar.",
            "el puente Arlés",
            [("time", "el 3 de mayo de 2025"), ("cause", "por una grieta en el pilar")],
        ),
        ("zh", "我的兔子叫团团。", "我的兔子", [("name", "团团")]),
        ("zh", "安娜的实验室在三楼。", "安娜的实验室", [("place", "三楼")]),
        ("zh", "王芳从2020年起负责财务部。", "王芳", [("time", "从2020年起"), ("thing", "财务部")]),
        ("zh", "我在一家医院工作。", "我", [("place", "在一家医院")]),
        (
            "zh",
            "云岭桥于2024年6月4日因桥墩开裂而关闭。",
            "云岭桥",
            [("time", "于2024年6月4日"), ("cause", "因桥墩开裂而")],
        ),
    ],
)
def test_who_and_what_is_told(code: str, sentence: str, subject: str, parts: list[tuple[str, str]]) -> None:
    telling = read(code, sentence)
    assert telling.subject == subject
    assert [(part.kind, part.text) for part in telling.parts] == parts


@pytest.mark.parametrize(
    ("code", "sentence", "told"),
    [
        ("de", "Ich wohne in Celle.", "Du wohnst in Celle."),
        ("de", "Wir treffen uns freitags in der Aula.", "Ihr trefft euch freitags in der Aula."),
        ("fr", "J'habite à Nantes.", "Tu habites à Nantes."),
        ("fr", "Ma cousine adore le thé.", "Ta cousine adore le thé."),
        ("es", "Me llamo Inés.", "Te llamas Inés."),
        ("es", "Mi tía odia el café.", "Tu tía odia el café."),
        ("zh", "我住在成都。", "你住在成都。"),
    ],
)
def test_the_assistant_says_it_to_the_user(code: str, sentence: str, told: str) -> None:
    assert tongue(code).wording.statement(read(code, sentence)) == told


@pytest.mark.parametrize(
    ("code", "sentence", "question"),
    [
        ("de", "Der Zug fährt um 7:15 Uhr ab.", "Um wie viel Uhr fährt der Zug ab?"),
        ("de", "Ich wohne in Celle.", "Weißt du, wo ich wohne?"),
        ("fr", "Le tunnel Bérou a été fermé à cause d'une fuite.", "Pourquoi le tunnel Bérou a-t-il été fermé ?"),
        ("fr", "Mon lapin s'appelle Caramel.", "Sais-tu comment mon lapin s'appelle ?"),
        ("fr", "Le code du local est 552.", "Sais-tu quel est le code du local ?"),
        ("es", "Trabajo en Bilbao.", "¿Dónde trabajo?"),
        ("es", "La cita es los lunes a las 9.", "¿A qué hora es la cita?"),
        ("zh", "课程每周二上午9点开始。", "课程几点开始？"),
        ("zh", "我对芒果过敏。", "我对什么过敏？"),
    ],
)
def test_it_is_asked_for_in_the_order_of_its_language(code: str, sentence: str, question: str) -> None:
    forms = tongue(code).forms.forms(read(code, sentence), "s0c0")
    assert question in [form.question for form in forms]


@pytest.mark.parametrize(
    ("code", "sentence", "subjects"),
    [
        ("de", "Meine Katze heißt Minka und wohnt in Celle.", ["meine Katze", "meine Katze"]),
        ("fr", "Mon chat s'appelle Gris et ma chatte s'appelle Mia.", ["mon chat", "ma chatte"]),
        ("es", "Ana y Luis viven en Cádiz.", ["Ana y Luis"]),
    ],
)
def test_joined_clauses_are_read_apart_but_not_joined_subjects(code: str, sentence: str, subjects: list[str]) -> None:
    assert [telling.subject for telling in tongue(code).reader.read_all(sentence)] == subjects


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("de", "Wie schade!"), ("fr", "Quel dommage !"), ("es", "¿Dónde está mi gata?"), ("zh", "真可惜。")],
)
def test_what_tells_nothing_is_not_read(code: str, sentence: str) -> None:
    assert tongue(code).reader.read_all(sentence) == []


def test_a_language_without_a_file_has_no_tongue() -> None:
    assert find_tongue("fi") is None
    assert find_tongue("en") is None
