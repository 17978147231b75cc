"""What a correction in another language than English says about the question, as a statement."""

import pytest

from services.augmenter.strategies.correction.told import told
from services.augmenter.strategies.self_instruct.tongue import find_tongue


@pytest.mark.parametrize(
    ("code", "question", "correction", "statement"),
    [
        ("de", "Wer hat den Schlüssel der Mühle?", "Frau Kranz.", "Frau Kranz hat den Schlüssel der Mühle."),
        ("de", "Wann fährt die Bahn nach Oberau?", "Um 23:40 Uhr.", "Um 23:40 Uhr fährt die Bahn nach Oberau."),
        ("de", "Wo wohnt meine Schwester?", "In Köln.", "Meine Schwester wohnt in Köln."),
        ("de", "Wann wurde die Brücke gebaut?", "1887", "1887 wurde die Brücke gebaut."),
        ("de", "Wann beginnt der Kurs?", "Der Kurs beginnt um 9 Uhr.", "Der Kurs beginnt um 9 Uhr."),
        ("fr", "Qui garde la clef du moulin ?", "Solange Ferrand.", "Solange Ferrand garde la clef du moulin."),
        ("fr", "Où est-ce que ma sœur habite ?", "À Lyon", "Ma sœur habite à Lyon."),
        ("fr", "Comment s'appelle mon chien ?", "Rex", "Mon chien s'appelle Rex."),
        ("fr", "Quelle est la capitale du Kazakhstan ?", "Astana", "La capitale du Kazakhstan est Astana."),
        ("es", "¿Quién guarda la llave del molino?", "Doña Pilar.", "Doña Pilar guarda la llave del molino."),
        ("es", "¿Cómo se llama mi perro?", "Rex", "Mi perro se llama Rex."),
        ("es", "¿Dónde vive mi hermana?", "En Lugo.", "Mi hermana vive en Lugo."),
        ("zh", "我的狗叫什么名字？", "豆豆。", "我的狗叫豆豆。"),
        ("zh", "谁是我的老师？", "王老师", "王老师是我的老师。"),
    ],
)  # fmt: skip
def test_an_answer_becomes_a_statement(code: str, question: str, correction: str, statement: str) -> None:
    tongue = find_tongue(code)
    assert tongue is not None
    assert told(question, correction, tongue) == statement


@pytest.mark.parametrize(
    ("code", "question", "correction"),
    [
        ("de", "Wann beginnt der Kurs?", "Er beginnt um 9 Uhr."),
        ("de", "Wie heißt meine Katze?", "Deine Katze heißt Mia."),
        ("de", "Schreib ein Gedicht.", "Rote Rosen im Wind"),
        ("fr", "Qui garde la clef du moulin ?", ""),
        ("zh", "末班车几点开？", "晚上十一点四十"),
    ],
)
def test_what_takes_more_than_grammar_is_not_stated(code: str, question: str, correction: str) -> None:
    tongue = find_tongue(code)
    assert tongue is not None
    assert told(question, correction, tongue) == ""


def test_a_participle_is_no_part_of_a_subject_behind_the_verb() -> None:
    tongue = find_tongue("de")
    assert tongue is not None
    telling = tongue.reader.read("Im Jahr 1887 wurde die Brücke gebaut.")
    assert telling is not None
    assert (telling.subject, telling.tail) == ("die Brücke", "gebaut")
