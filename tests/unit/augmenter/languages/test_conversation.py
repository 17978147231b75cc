"""What refers to the conversation is made to stand on its own, in the language that it is said in."""

import pytest

from services.augmenter.sources.conversation import ConversationSource
from services.common.datasets import Message
from services.common.errors import InvalidArgument

source = ConversationSource(max_characters=500)


def said(text: str) -> list[Message]:
    return [Message(role="user", content=text), Message(role="assistant", content="OK.")]


@pytest.mark.parametrize(
    ("before", "statement", "learned"),
    [
        ("Am Wall 12, Celle", "Das ist meine neue Adresse.", "Meine neue Adresse ist Am Wall 12, Celle."),
        ("Ich wohne jetzt in der Rosengasse 3.", "Das ist meine Adresse.", "Meine Adresse ist Rosengasse 3."),
        ("8 rue des Tilleuls", "C'est ma nouvelle adresse.", "Ma nouvelle adresse est 8 rue des Tilleuls."),
        ("Mon numéro est le 06 11 22.", "C'est mon nouveau numéro.", "Mon nouveau numéro est 06 11 22."),
        ("Calle Olmo 4, Soria", "Esa es mi nueva dirección.", "Mi nueva dirección es Calle Olmo 4, Soria."),
        ("成都市人民路5号", "这是我的新地址。", "我的新地址是成都市人民路5号。"),
        ("Meine Tante Gerda wohnt in Celle.", "Sie sammelt Uhren.", "Meine Tante Gerda sammelt Uhren."),
        ("Mon voisin habite à Nantes.", "Il collectionne des montres.", "Mon voisin collectionne des montres."),
        ("我妹妹叫小丽。", "她住在成都。", "我妹妹住在成都。"),
    ],
)
def test_references_are_replaced(before: str, statement: str, learned: str) -> None:
    assert source.resolve(statement, said(before)) == learned


@pytest.mark.parametrize(
    ("statement", "learned"),
    [
        ("Merk dir bitte, dass meine Katze Minka heißt.", "Meine Katze heißt Minka"),
        ("Merk dir: Der Code ist 58.", "Der Code ist 58."),
        ("Nein, meine Katze heißt Minka.", "Meine Katze heißt Minka."),
        ("Retiens que mon lapin s'appelle Caramel.", "Mon lapin s'appelle Caramel."),
        ("Au fait : la porte est fermée.", "La porte est fermée."),
        ("Recuerda que mi gata se llama Perla.", "Mi gata se llama Perla."),
        ("Por cierto, la puerta está abierta.", "La puerta está abierta."),
        ("请记住我的兔子叫团团。", "我的兔子叫团团。"),
        ("不对，我的兔子叫圆圆。", "我的兔子叫圆圆。"),
    ],
)
def test_introductions_are_dropped(statement: str, learned: str) -> None:
    assert source.resolve(statement, []) == learned


@pytest.mark.parametrize(
    ("before", "statement", "learned"),
    [
        ("Hallo! Mein Onkel wohnt in Celle. Kennst du das?", "Merk dir das.", "Mein Onkel wohnt in Celle."),
        ("Mon oncle habite à Nantes. Tu connais ?", "Retiens ça.", "Mon oncle habite à Nantes."),
        ("Mi tío vive en Soria. ¿Lo conoces?", "Recuerda lo que te he dicho.", "Mi tío vive en Soria."),
        ("我叔叔住在成都。你去过吗？", "记住我刚才说的话。", "我叔叔住在成都。"),
    ],
)
def test_what_was_just_said_is_taken_from_the_user(before: str, statement: str, learned: str) -> None:
    assert source.resolve(statement, said(before)) == learned


@pytest.mark.parametrize("statement", ["Merk dir das.", "Retiens ça.", "Recuerda eso.", "记住这个。"])
def test_nothing_said_before_is_told_to_the_user(statement: str) -> None:
    with pytest.raises(InvalidArgument, match="Nothing was said before"):
        source.resolve(statement, [])


def test_where_nothing_fits_the_statement_stays() -> None:
    assert source.resolve("Das ist meine neue Adresse.", said("Wie geht es dir?")) == "Das ist meine neue Adresse."
    assert source.resolve("Sie wohnt in Celle.", said("Mein Onkel wohnt in Bonn.")) == "Sie wohnt in Celle."
