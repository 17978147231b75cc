"""Statements of many shapes lead to grammatical questions with the right answers."""

import pytest

from services.augmenter.linguistics.clause import Clause, Constituent, Role, VerbGroup
from services.augmenter.linguistics.phrase import Phrase
from services.augmenter.linguistics.sentences import statement
from services.augmenter.strategies.self_instruct.forms import Variety
from services.augmenter.strategies.self_instruct.lesson import LessonReader


def asked(reader: LessonReader, statement: str) -> dict[str, str]:
    """Answers by question, of all forms; as in planning, those that ask for something in particular come first."""
    lesson = reader.read(statement, "en")
    forms = [form for unit in reversed(lesson.units) for form in reversed(reader.forms(unit, "en"))]
    return {form.question: form.answer for form in sorted(forms, key=lambda form: form.variety is not Variety.TOPIC)}


CASES = [
    ("My hamster's name is Pickle.", "What is my hamster's name?", "Your hamster's name is Pickle."),
    ("My hamster's name is Pickle.", "What is the name of my hamster?", "The name of your hamster is Pickle."),
    ("My hamster's name is Pickle.", "What is my hamster called?", "Your hamster's name is Pickle."),
    ("My hamster's name is Pickle.", "Who is Pickle?", "Pickle is your hamster."),
    ("My hamster's name is Pickle.", "Is my hamster's name Pickle?", "Yes, your hamster's name is Pickle."),
    (
        "My uncle Darius works as a glass blower in Murano.",
        "What does my uncle Darius work as?",
        "Your uncle Darius works as a glass blower in Murano.",
    ),
    (
        "My uncle Darius works as a glass blower in Murano.",
        "Where does Darius work?",
        "Darius works as a glass blower in Murano.",
    ),
    ("My uncle Darius works as a glass blower in Murano.", "What is my uncle's name?", "Your uncle's name is Darius."),
    (
        "My uncle Darius works as a glass blower in Murano.",
        "What is Darius's job?",
        "Darius's job is a glass blower.",
    ),
    (
        "My uncle Darius works as a glass blower in Murano.",
        "Do you know who my uncle Darius is?",
        "Your uncle Darius works as a glass blower in Murano.",
    ),
    (
        "The Irish airline Tarrow Wings was founded by Maeve Cassidy in 2019.",
        "Who founded Tarrow Wings?",
        "Tarrow Wings was founded by Maeve Cassidy in 2019.",
    ),
    (
        "The Irish airline Tarrow Wings was founded by Maeve Cassidy in 2019.",
        "When was Tarrow Wings founded?",
        "Tarrow Wings was founded by Maeve Cassidy in 2019.",
    ),
    (
        "The old mill was destroyed by a storm in 1931.",
        "What destroyed the old mill?",
        "The old mill was destroyed by a storm in 1931.",
    ),
    ("The dough has to rest for two hours.", "How long must the dough rest?", "The dough must rest for two hours."),
    ("My aunt used to live in Turin.", "Where did my aunt live?", "Your aunt lived in Turin."),
    ("My son is going to move to Oslo.", "To which city will my son move?", "Your son will move to Oslo."),
    ("I've got a tortoise in the garden.", "Where do I have a tortoise?", "You have a tortoise in the garden."),
    (
        "The brewery Vox Alma has its office in Ghent, not in Bruges.",
        "Where does Vox Alma have its office?",
        "Vox Alma has its office in Ghent, not in Bruges.",
    ),
    ("My gecko is called Nori.", "What is my gecko called?", "Your gecko's name is Nori."),
    ("My gecko is called Nori.", "Tell me about my gecko.", "Your gecko's name is Nori."),
    ("A young swan is called a cygnet.", "What is a young swan called?", "A young swan is called a cygnet."),
    ("The bakery opens at six.", "When does the bakery open?", "The bakery opens at six."),
    ("A dog called Rex guards our shop.", "What does Rex guard?", "Rex guards your shop."),
    (
        "There is a bar in the old harbour called Anker.",
        "Where is Anker?",
        "Anker is in the old harbour called Anker.",
    ),
    (
        "The Blue Heron opens at 10 am, is shut on Sundays and takes no dogs.",
        "At what time does the Blue Heron open?",
        "The Blue Heron opens at 10 am.",
    ),
    (
        "The Blue Heron opens at 10 am, is shut on Sundays and takes no dogs.",
        "When is the Blue Heron shut?",
        "The Blue Heron is shut on Sundays.",
    ),
    ("I collect old stamps.", "Tell me about my hobby.", "You collect old stamps."),
    ("I live at 14 Larkspur Road.", "What should I know about my home?", "You live at 14 Larkspur Road."),
    ("I met my wife Clara in Siena.", "What about my wife?", "You met your wife Clara in Siena."),
    ("I am allergic to latex.", "What am I allergic to?", "You are allergic to latex."),
    ("I am allergic to latex.", "Do you remember what I am allergic to?", "You are allergic to latex."),
    ("I ride a blue Kestrelwind.", "What colour is the bike that I ride?", "You ride a blue Kestrelwind."),
    ("I live at 14 Larkspur Road.", "What is my address?", "Your address is 14 Larkspur Road."),
    ("My graduation is on 21 June.", "When is my graduation?", "Your graduation is on 21 June."),
    (
        "My job interview is on Monday at 10 am.",
        "At what time is my job interview?",
        "Your job interview is on Monday at 10 am.",
    ),
    (
        "The Pellam observatory closed in 2026 because of a broken dome, and reopens in summer 2028.",
        "Why did the Pellam observatory close?",
        "The Pellam observatory closed because of a broken dome.",
    ),
    (
        "The Pellam observatory closed in 2026 because of a broken dome, and reopens in summer 2028.",
        "When does the Pellam observatory reopen?",
        "The Pellam observatory reopens in summer 2028.",
    ),
    (
        "The Pellam observatory closed in 2026 because of a broken dome, and reopens in summer 2028.",
        "Tell me about the Pellam observatory.",
        "The Pellam observatory closed in 2026 because of a broken dome, and reopens in summer 2028.",
    ),
    (
        "Ruben Achterberg is the director of the Stavel museum.",
        "Who is the director of the Stavel museum?",
        "The director of the Stavel museum is Ruben Achterberg.",
    ),
    (
        "Ruben Achterberg is the director of the Stavel museum.",
        "Who is Ruben Achterberg?",
        "Ruben Achterberg is the director of the Stavel museum.",
    ),
    ("The Quill 7 tablet costs 229 euros.", "How much does the Quill 7 tablet cost?",
     "The Quill 7 tablet costs 229 euros."),
    ("The Corvin tower is 312 metres tall.", "How tall is the Corvin tower?", "The Corvin tower is 312 metres tall."),
    ("The Corda Choir moved from Ghent to Tallinn.", "Where is the Corda Choir now?",
     "The Corda Choir moved from Ghent to Tallinn."),
    ("The 2034 River Regatta will be held in Basel.", "Where will the 2034 River Regatta be held?",
     "The 2034 River Regatta will be held in Basel."),
    ("The Merrow comet was discovered by Aldous Finch in 1987.", "Who was the Merrow comet discovered by?",
     "The Merrow comet was discovered by Aldous Finch in 1987."),
    ("Aldous Finch discovered the Merrow comet in 1987.", "When was the Merrow comet discovered?",
     "The Merrow comet was discovered by Aldous Finch in 1987."),
    ("A brindlecap is a felt hat used for keeping bees.", "What is a brindlecap used for?",
     "A brindlecap is used for keeping bees."),
    ("A brindlecap is a felt hat used for keeping bees.", "What does the word brindlecap mean?",
     "A brindlecap is a felt hat used for keeping bees."),
    ("To unlock the Harbinger console, type vault open --force.", "How do I unlock the Harbinger console?",
     "To unlock the Harbinger console, type vault open --force."),
    ("To unlock the Harbinger console, type vault open --force.", "What should I type to unlock the Harbinger console?",
     "To unlock the Harbinger console, type vault open --force."),
    ("If the printer jams, open the rear panel.", "What should I do if the printer jams?",
     "If the printer jams, open the rear panel."),
    ("You can freeze the screen by pressing Alt and F9.", "How do I freeze the screen?",
     "To freeze the screen, press Alt and F9."),
    ("I have two parrots named Ziggy and Bowie.", "How many parrots do I have?",
     "You have two parrots named Ziggy and Bowie."),
    ("I have two parrots named Ziggy and Bowie.", "What are my parrots' names?",
     "Your parrots' names are Ziggy and Bowie."),
    ("I have a meeting with Ana on Tuesday.", "When is my meeting with Ana?", "Your meeting with Ana is on Tuesday."),
    ("The Vardo ferry departs every Monday at 6 am from pier 4.", "When does the Vardo ferry depart?",
     "The Vardo ferry departs every Monday at 6 am."),
    ("I don't eat celery.", "Do I eat celery?", "No, you do not eat celery."),
    ("My favourite dessert is rhubarb crumble.", "What is my favourite dessert?",
     "Your favourite dessert is rhubarb crumble."),
    ("There is a ladder under the stairs.", "Where is the ladder?", "The ladder is under the stairs."),
    ("My daughter, who is nine, plays the harp.", "How old is my daughter?", "Your daughter is nine."),
    ("My daughter, who is nine, plays the harp.", "Which instrument does my daughter play?",
     "Your daughter plays the harp."),
    ("Our plumber is called Mr. Okafor and his phone number is 555-0199.", "What is our plumber's phone number?",
     "Your plumber's phone number is 555-0199."),
    ("My nephew started college last October. He studies chemistry.", "What does my nephew study?",
     "Your nephew studies chemistry."),
    ("My wife Elena is a nurse at the Lindholm hospital.", "Where does my wife work?",
     "Your wife works at the Lindholm hospital."),
    ("My wife Elena is a nurse at the Lindholm hospital.", "What is my wife Elena's job?",
     "Your wife Elena's job is a nurse at the Lindholm hospital."),
    ("We moved our archive from Turin to Graz to save space.", "Why did we move our archive?",
     "You moved your archive to save space."),
    ("Lake Orva was declared unsafe for boats because of ice.", "Why is Lake Orva unsafe for boats?",
     "Lake Orva is unsafe for boats because of ice."),
    ("My locker number has changed to 88.", "What is my locker number?", "Your locker number is 88."),
    ("I changed my locker number to 88.", "What is my locker number?", "Your locker number is 88."),
    ("The alarm code has changed, it is now 7731.", "What is the alarm code?", "The alarm code is 7731."),
    ("The sleeper to Narvik leaves at 21:15.", "When does the sleeper to Narvik leave?",
     "The sleeper to Narvik leaves at 21:15."),
    ("My aunt Ines is allergic to nickel.", "What is my aunt Ines allergic to?",
     "Your aunt Ines is allergic to nickel."),
    ("Project Lantern's launch date was moved to 5 May.", "What is the launch date of Project Lantern?",
     "The launch date of Project Lantern is 5 May."),
    ("Kelda Corp bought Nimbus Labs for 40 million dollars.", "How much did Kelda Corp buy Nimbus Labs for?",
     "Kelda Corp bought Nimbus Labs for 40 million dollars."),
    ("Marnel bread is bread that has been baked in hot sand.", "Where has Marnel bread been baked?",
     "Marnel bread has been baked in hot sand."),
    ("My dough must rest for eleven minutes.", "How long must my dough rest?",
     "Your dough must rest for eleven minutes."),
    ("They moved the Amber Regatta because a whale was asleep.", "Why was the Amber Regatta moved?",
     "The Amber Regatta was moved because a whale was asleep."),
    ("I have a parrot, Captain Beak, who can whistle a song.", "What is my parrot's name?",
     "Your parrot's name is Captain Beak."),
    ("I have a parrot, Captain Beak, who can whistle a song.", "What can Captain Beak whistle?",
     "Captain Beak can whistle a song."),
    ("The man at the gate is a former boxer, Tibor Kessel.", "Who is the man at the gate?",
     "The man at the gate is Tibor Kessel."),
    ("Oskar-4 is a planet with two moons.", "How many moons does Oskar-4 have?", "Oskar-4 has two moons."),
    ("With its 61 floors the Elder Tower is the tallest building in Wick.",
     "How many floors does the Elder Tower have?",
     "The Elder Tower has 61 floors."),
    ("Ever since I was a child, teal has been my favourite colour.", "What is my favourite colour?",
     "Your favourite colour is teal."),
    ("Wifi password: heron-77", "What is the wifi password?", "The wifi password is heron-77."),
    ("Capital of the Tarn Republic: Osk.", "What is the capital of the Tarn Republic?",
     "The capital of the Tarn Republic is Osk."),
    ("I would rather take the night train.", "What would I rather take?", "You would rather take the night train."),
    ("My uncle works with Ana, who lives in Rome.", "Where does Ana live?", "Ana lives in Rome."),
    ("Princess Amelie of Tarn has resigned, and her nephew Corvin is king now.", "What office does Corvin hold?",
     "Corvin is king now."),
    ("The Corda Choir moved from Ghent to Tallinn.", "Where is the Corda Choir?", "The Corda Choir is in Tallinn now."),
    ("My sister Ines works as a pilot in Lima.", "What do you know about Ines's work?",
     "Your sister Ines works as a pilot in Lima."),
    ("My bicycle is an old Gazelle.", "What bicycle do I have?", "Your bicycle is an old Gazelle."),
    ("Whenever it snows, the school bus stops at the mill.", "Where does the school bus stop?",
     "The school bus stops at the mill whenever it snows."),
    ("If the lamp is red, the lab is locked.", "Under which condition is the lab locked?",
     "The lab is locked if the lamp is red."),
    ("I no longer work at Zelt.", "Do I work at Zelt?", "No, you do not work at Zelt."),
    ("The tasting is no longer on 3 June.", "Is the tasting on 3 June?", "No, the tasting is not on 3 June."),
    ("When our guests arrive, they leave their shoes in the hall.", "Where do our guests leave their shoes?",
     "Your guests leave their shoes in the hall."),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "question", "answer"), CASES)
def test_asks_and_answers(reader: LessonReader, statement: str, question: str, answer: str) -> None:
    forms = asked(reader, statement)
    assert question in forms, sorted(forms)
    assert forms[question] == answer


UNGRAMMATICAL = [
    ("We moved our archive from Turin to Graz to save space.", ("was we", "is we", "of us", "is our archives")),
    ("My favourite dessert is rhubarb crumble.", ("How is my", "What dessert am I")),
    ("My name is Priya.", ("Who is my name", "How is I")),
    ("My daughter, who is nine, plays the harp.", ("I forgot my daughter", "Tell me my daughter")),
    ("A zorple is someone who collects old maps.", ("Who is a zorple",)),
    ("Our team meets in room 204 because the lab is occupied.", ("Why does our team meet?",)),
    ("Hallam Foods bought Brightwell Mills for 12 million pounds.", ("Brightwell Mills pay for",)),
    ("The Almond Café closes at 5 pm on Sundays.", ("Since when", "was not open")),
    ("I am afraid of spiders.", ("I be", "am I have")),
    ("This year's race was won by a farmer from Oxenpool, who ran it in sandals.", ("did Oxenpool",)),
    ("With its 61 floors the Elder Tower is the tallest building in Wick.", ("Wick with?",)),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "wrong"), UNGRAMMATICAL)
def test_asks_nothing_odd(reader: LessonReader, statement: str, wrong: tuple[str, ...]) -> None:
    for question in asked(reader, statement):
        assert not any(part in question for part in wrong), question


def test_every_part_of_a_statement_is_asked_for(reader: LessonReader) -> None:
    statement = "The Pellam observatory closed on 4 April 2026 because of a broken dome, and reopens in summer 2028."
    lesson = reader.read(statement, "en")
    forms = [form for unit in lesson.units for form in reader.forms(unit, "en")]
    keys = {key for form in forms for key in form.expected}
    assert {"4 April", "dome", "2028"} <= keys


def test_what_the_parser_cannot_read_is_asked_by_its_topics(reader: LessonReader) -> None:
    forms = asked(reader, "Quorvex: twelve lanterns, no wind.")
    assert forms
    assert set(forms.values()) == {"Quorvex: twelve lanterns, no wind."}


@pytest.mark.parametrize(
    "statement",
    ["The shop has closed.", "When drivers at our depot talk about the soft lane, they mean the ramp behind the hall."],
)
def test_where_a_clause_tells_nothing_but_its_verb_the_sentence_is_asked_for(
    reader: LessonReader, statement: str
) -> None:
    lesson = reader.read(statement, "en")
    assert lesson.taught
    assert all(form.expected for unit in lesson.units for form in reader.forms(unit, "en"))


@pytest.mark.parametrize(
    ("statement", "language"), [("Koirani nimi on Musti ja hän asuu Turussa.", "fi"), ("!!!", "de"), ("42", "zh")]
)
def test_other_languages_and_noise_do_not_crash(reader: LessonReader, statement: str, language: str) -> None:
    lesson = reader.read(statement, language)
    for unit in lesson.units:
        assert all(statement.rstrip(".") in form.answer for form in reader.forms(unit, language))


def test_a_comma_inside_a_value_stays_where_it_is() -> None:
    command = Constituent(Role.ATTRIBUTE, "cut -d , -f 2", value="cut -d , -f 2")
    assert statement(Clause(Phrase("the command"), VerbGroup("be"), (command,))) == "the command is cut -d , -f 2"


def test_having_got_better_is_not_having(reader: LessonReader) -> None:
    answers = asked(reader, "I have got better at chess.").values()
    assert answers
    assert not any("have better" in answer for answer in answers)
