"""What is searched for when people ask to have something looked up."""

import pytest

from services.augmenter.search import search_queries

ONE = {
    "read more news about environmental pollution": "news environmental pollution",
    "search the web for the new opening hours of the Aldinga museum": "new opening hours of the Aldinga museum",
    "Could you please search the internet for information about the Aldinga bridge?": "Aldinga bridge",
    "I'd like you to read up on quantum error correction, please.": "quantum error correction",
    "I’d like you to learn more about black holes": "black holes",
    "Hey Lorelei, can you look up the latest news on the Port Willunga ferry for me?": (
        "latest news Port Willunga ferry"
    ),
    "google the population of Norway and the GDP of Sweden": "population of Norway and the GDP of Sweden",
    "I want to know everything about sourdough bread": "sourdough bread",
    "I need some information on tax rates in Chile": "tax rates in Chile",
    "Go online and find out who the mayor of Aldinga is and learn it.": "who the mayor of Aldinga is",
    "Look up the Seaford ferry timetable and remember it": "Seaford ferry timetable",
    "Read everything you can find about the Kestrel 9 drone and then remember what you found.": "Kestrel 9 drone",
    "look up on the internet what the tallest building in Perth is": "tallest building in Perth",
    'Search for "dark matter" papers by Vera Rubin online': '"dark matter" papers by Vera Rubin',
    "find me articles about kelp, thanks!": "kelp",
    "search: Kelp farming": "Kelp farming",
    "Search Kelp farming": "Kelp farming",
    "tell me the latest about Mars": "latest Mars",
    "What is the capital of Australia?": "capital of Australia",
    "What happened in Aldinga yesterday?": "What happened in Aldinga yesterday",
    "check if the Noarlunga library is open on Sundays": "Noarlunga library is open on Sundays",
    "find US tax rates": "US tax rates",
    "look up visa prices for US": "visa prices for US",
    "Start reading about kelp for us": "kelp",
    "start dates of semesters": "start dates of semesters",
    # No asking at all, or words that only look like it.
    "search engine optimisation": "search engine optimisation",
    "look up search engine rankings": "search engine rankings",
    "study habits of students": "study habits of students",
    "Lies mehr Nachrichten über Umweltverschmutzung": "Lies mehr Nachrichten über Umweltverschmutzung",
    # One question, though it has commas, "and" or several question words.
    "learn about the history of salt and pepper": "history of salt and pepper",
    "find out how bees navigate and find food": "how bees navigate and find food",
    "look up when and where the next World Cup takes place": "when and where the next World Cup takes place",
    "who won the Giro and why": "who won the Giro and why",
    "Find out who runs the museum, which reopened in May": "who runs the museum, which reopened in May",
    "read news about climate change, the economy, and sports": "news climate change, the economy, and sports",
    "find out when St. Mary's Fair takes place": "when St. Mary's Fair takes place",
}
SEVERAL = {
    "please look up who won the 2031 Tour de France and what the bonus was": [
        "who won the 2031 Tour de France",
        "2031 Tour de France bonus",
    ],
    "find out what's new in Rust 2.0, and about its licence": ["new in Rust 2.0", "Rust 2.0 licence"],
    "Find out who founded Acme Robotics, when it was founded, and how many people work there.": [
        "who founded Acme Robotics",
        "Acme Robotics when it was founded",
        "Acme Robotics how many people work there",
    ],
    "Please find out why the M5 was closed. Also look up when it reopens.": [
        "why the M5 was closed",
        "M5 when it reopens",
    ],
    "please read about how tides work and what causes them": ["how tides work", "tides work what causes them"],
    "find out about the weather in Paris and about quantum computing": ["weather in Paris", "quantum computing"],
}


@pytest.mark.parametrize(("wish", "query"), ONE.items())
def test_one_query(wish: str, query: str) -> None:
    assert search_queries(wish) == [query]


@pytest.mark.parametrize(("wish", "queries"), SEVERAL.items())
def test_separate_questions(wish: str, queries: list[str]) -> None:
    assert search_queries(wish) == queries


@pytest.mark.parametrize("wish", ["", "  ", "please", "Please look it up.", "search the web", "?!"])
def test_nothing_named_is_nothing_to_search_for(wish: str) -> None:
    assert search_queries(wish) == []


def test_no_more_than_three_and_none_twice() -> None:
    wish = "find out who runs Acme and who owns Acme and who runs Acme and who sued Acme and who likes Acme"
    assert search_queries(wish) == ["who runs Acme", "who owns Acme", "who sued Acme"]


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "unit", [",", ", ", "and ", "the web ", "and who ", "please ", "find and ", ". Also ", "so that you "]
)
def test_long_nonsense_is_read_quickly(unit: str) -> None:
    assert len(search_queries(unit * 4000 + "x")) <= 3
