"""Makes search queries of what a user asked to be looked up. Knows how English asks, and nothing of any subject.

What it does not recognise as asking stays as it is, so that a wish in another language is searched for as it stands.
"""

import re

from services.augmenter.search.topics import points_back, topic_of

_MAX_QUERIES = 3
_MAX_CHARACTERS = 1000

_POLITE = (
    r"(?:please|kindly|hi|hello|hey|okay|ok|now|just|also|then|and|so|well|maybe|perhaps|again|lorelei|"
    r"for me|if you can|if possible|thanks|thank you)\b[\s,!:]*"
)
_WANT = (
    r"(?:(?:can|could|would|will) you(?: mind)?|would it be possible to|you (?:should|could|can|may|must)|"
    r"(?:i'd|i would) (?:like|love)(?: (?:for )?you)?(?: to)?|i (?:want|need|wish)(?: you)?(?: to)?|"
    r"let's|let us|help me(?: to)?|(?:please )?try to|be so kind as to|go ahead and|start (?:to|(?=\w+ing\b))|"
    r"i'm (?:interested in|curious about)|i am (?:interested in|curious about)|i wonder)\b[\s,]*"
)
_PLACE = r"(?:(?:on|in|through|across|over|via|using) )?(?:the )?(?:web|internet|net|world wide web)\b|online\b"
_FUNCTION_WORD = (
    r"(?:about|on|up|into|for|the|a|an|all|more|some|any|everything|something|as|if|whether|how|what|who|whose|which|"
    r"when|where|why)\b"
)
_NAME = r"(?-i: [A-Z0-9\"])"
# What is also a noun ("study habits", "search engines") asks only before a function word or a name.
_VERB = (
    r"(?:look(?:ing)?(?: (?:it|this|that))? up|look(?:ing)? for|look(?:ing)? into|look(?:ing)?|"
    rf"search(?:ing)?(?: (?:{_PLACE})(?: for)?| for|(?=:| (?:about|on)\b|{_NAME}))|brows(?:e|ing)|googl(?:e|ing)|"
    rf"go(?:ing)?(?= (?:{_PLACE}))|"
    r"find(?:ing)?(?: out)?|figur(?:e|ing) out|read(?:ing)?(?: up)?|check(?:ing)? (?:out|up)|"
    rf"(?:check|research|investigat|explor|discover|study|learn)(?:e|ing)?(?= {_FUNCTION_WORD}|{_NAME})|"
    r"(?:get|fetch|gather|collect|give|bring|show|tell|send|teach|inform|update|educate)(?:ting|ing)?|"
    r"catch(?:ing)? up|get up to date|know|hear|see)\b"
)
# "us" in small letters is not the country.
_OBJECT = r"(?:\s*(?:me|(?-i:us)|yourself|for me|for (?-i:us))\b)*"
_ASKING = rf"{_VERB}{_OBJECT}(?:\s*(?:{_PLACE}))?[\s,:]*"
_LEAD = re.compile(
    rf"^(?:{_POLITE})*(?:(?:{_WANT})(?:{_POLITE})*)*(?:{_ASKING}(?:(?:and|then|to)\s+(?:{_POLITE})*{_ASKING})*)?",
    re.IGNORECASE,
)
_ABOUT = r"(?:about|regarding|concerning|related to|relating to|on)\b\s*"
_AMOUNT = (
    r"(?:(?:some|any|more(?! than)|further|additional|lots of|a lot of|a bit|a little|plenty of|as much as you can|"
    r"as much as possible)\b\s*)*"
)
_MATERIAL = (
    r"(?:(?:all|the|all the|every)\s+)?(?:information|info|details|facts|articles?|pages?|websites?|web pages?|"
    r"sources?|material|stuff|things?|something|anything|everything|all|what (?:you can|there is)|whatever you can)"
    r"(?: (?:you can|there is|to))?(?: (?:find|know|get|learn))?(?: (?:out|online))?\s+"
)
_CARRIER = re.compile(
    rf"^(?:(?:{_PLACE})\s*)?{_AMOUNT}(?:{_MATERIAL}(?={_ABOUT}|for\b))?(?:{_ABOUT}|for\b\s*|into\b\s*)?", re.IGNORECASE
)
_NEWS_ABOUT = re.compile(rf"^((?:\S+ ){{0,3}}?(?:news|headlines|latest)) {_ABOUT}(?:the )?", re.IGNORECASE)
_WHAT_IS = re.compile(r"^(?:what(?: is| was| are| were|'s|’s)|whether|if)\b\s*(?:about\s+)?", re.IGNORECASE)
_WHAT_THING_IS = re.compile(r"^what (?=(?:the|its|their|his|her)\b)(.+) (?:is|was|are|were)$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_TAIL = re.compile(
    rf"[\s,;]{{0,3}}(?:\b(?:please|thanks(?: a lot)?|thank you|for me|for (?-i:us)|if you can|if possible|{_PLACE}|"
    r"so (?:that )?(?:you|i|we) (?:can )?(?:know|learn|remember)\b.*|"
    r"(?:and|then|,) ?(?:then )?(?:(?:learn|remember|memori[sz]e|tell me|let me know)|(?:learn|remember|memori[sz]e|"
    r"keep|study|read) (?:about |from )?(?:it|them|that|this|those|these|everything|all of it|"
    r"what you (?:find|found|read|learn))))"
    r")?[\s.!?,;:]{0,3}$",
    re.IGNORECASE,
)
_QUESTION = r"(?:who|whom|whose|what|when|where|why|how|which|whether|if(?! not| so))\b"
_REQUEST = (
    r"(?:look up|search (?:for|the|online)|find out|read (?:about|up|more|news)|check (?:whether|if|for)|google)\b"
)
_NEXT = re.compile(
    rf"(?:[.!?;]\s+(?:and |then )?|\s*,?\s+(?:and|then|plus|as well as)\s+(?:then |also )?)"
    rf"(?=(?:also |please )*(?:{_QUESTION}|about\b|{_REQUEST}))|[.!?]\s+(?=(?:Also|Then|And|Please)\b)",
    re.IGNORECASE,
)
_OWNED = re.compile(r"^(?:its|their|his|her) ", re.IGNORECASE)
_LISTED = re.compile(rf"\s*,\s+(?={_QUESTION})", re.IGNORECASE)
_BARE_QUESTION = re.compile(rf"(?:{_QUESTION}(?:\s+(?:and|or|much|many|by|far|long|old)\b)*\s*)*", re.IGNORECASE)


def search_queries(wish: str) -> list[str]:
    """At most three queries, none where nothing is named; names and order stay as the user wrote them."""
    text = " ".join(wish[:_MAX_CHARACTERS].replace("’", "'").split())
    asked = [question for part in _parts(text) if (question := _asked(part))]
    queries: dict[str, str] = {}
    topic = ""
    for question in asked:
        compact = _compact(question)
        query = f"{topic} {_OWNED.sub('', compact)}" if topic and points_back(question) else compact
        topic = topic or topic_of(compact)
        queries.setdefault(query.casefold(), query)
    return list(queries.values())[:_MAX_QUERIES]


def _parts(text: str) -> list[str]:
    """The separate questions of `text`; a question word alone ("when and where …") stays with its neighbour."""
    cuts = sorted({(m.start(), m.end()) for rule in (_NEXT, _LISTED) for m in rule.finditer(text)})
    asks = re.match(_QUESTION, _asked(text), re.IGNORECASE)
    last_and = max((begin for begin, end in cuts if text[begin:end].strip() != ","), default=0)
    parts, start = [], 0
    for number, (begin, end) in enumerate(cuts):
        following = text[end : cuts[number + 1][0] if number + 1 < len(cuts) else len(text)]
        # A comma before "which" begins a relative clause, unless the list ends with "and".
        relative = text[begin:end].strip() == "," and not (asks and begin < last_and)
        if relative or begin < start or _is_bare(text[start:begin]) or _is_bare(following):
            continue
        parts.append(text[start:begin])
        start = end
    return [*parts, text[start:]]


def _is_bare(part: str) -> bool:
    asked = _asked(part)
    return bool(asked) and _BARE_QUESTION.fullmatch(asked) is not None


def _asked(part: str) -> str:
    """`part` without what asks, carries or ends politely."""
    question = _CARRIER.sub("", _LEAD.sub("", part, count=1), count=1)
    while (shorter := _TAIL.sub("", question, count=1)) != question:
        question = shorter
    return _NEWS_ABOUT.sub(r"\1 ", question)


def _compact(question: str) -> str:
    """`question` without the words around what is asked for: what the bonus was → bonus."""
    thing = _WHAT_IS.sub("", _WHAT_THING_IS.sub(r"\1", question))
    return _ARTICLE.sub("", thing).strip()
