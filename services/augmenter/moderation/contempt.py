"""Finds contempt for groups of people, and the hardest insults of four languages, by phrases.

The classifier of English insults misses both where no English obscenity is said. Knows neither irony nor quotation.
"""

import re

_GROUP = (
    r"(?:jews|muslims|christians|hindus|blacks|black people|white people|asians|arabs|africans|mexicans|chinese people"
    r"|indians|immigrants|migrants|refugees|foreigners|gays|lesbians|homosexuals|trans(?:gender)? people|trannies"
    r"|women|gyps(?:ies|ys)|(?:the )?roma|disabled people|the disabled|kikes|chinks|spics|pakis|niggers|faggots|fags"
    r"|retards)"
)
_FILLERS = (
    r"(?:(?:all|just|nothing but|only|really|simply|such|a|an|the|filthy|dirty|lazy|thieving|criminals|disgusting"
    r"|stupid|worthless|bunch"
    r"|of|and|like|too) ){0,5}"
)
_CONTEMPT = (
    r"(?:vermin|filth|scum|animals|parasites|subhumans?|rats|cockroaches|freaks|perverts|disgusting|inferior|worthless"
    r"|retards|rapists|pigs|dogs|apes|monkeys|trash|garbage|dumb|a? ?waste of (?:space|oxygen|air))\b"
)
_HARM = r"(?:shot|gassed|killed|exterminated|lynched|hanged|burned|beaten|raped|aborted|sterili[sz]ed|wiped out)"
_PATTERNS = re.compile(
    "|".join(
        (
            rf"\b{_GROUP} are {_FILLERS}{_CONTEMPT}(?! (?:lovers?|owners?|breeders?)\b)",
            rf"\b{_GROUP}\b[^.]{{0,40}} (?:should|must|deserve to|ought to) (?:all )?(?:die\b|burn in hell|be {_HARM})",
            r"(?:^|[.!,;:]\s*|\b(?:just|please|go|and|should) )(?:kill|hang|shoot|drown) yourself(?=[.!,;:]|$)",
            r"\b(?:should|hope \w+|can|may|go) (?:all )?(?:drop dead|(?:rot|burn) in hell|die in (?:a fire|pain))\b",
            r"\b(?:kikes|trannies|chinks|spics|niggers)\b(?=.{0,40}\b(?:die|disgusting|freaks|control|dirty|filthy)\b)",
            r"(?:^|[.!,;:]\s*)(?:kill|gas|exterminate|lynch|shoot|burn) (?:all )?(?:the |of |those |these |them"
            rf" ?)*{_GROUP}\b",
            rf"\b{_GROUP} are [^.]{{0,30}}\b(?:gas|kill|shoot|lynch|hang|burn) them all\b",
            r"\b(?:you|he|she|they|is|are) [^.]{0,20}\b(?:shithead|dipshit|fuckwit|cumslut)s?\b",
            r"\b(?:arschloch|hurensohn|fotze|wichser|drecksau|(?:du|dumme|dreckige|alte) schlampe)\b",
            r"\b(?:connard|enculé|salope|fils de pute|va te faire (?:foutre|enculer)|ta gueule)\b",
            r"\b(?:hijo de puta|hija de puta|gilipollas|pendejo|chinga tu madre|maric[oó]n de mierda|vete a la mierda"
            r"|puta de mierda)\b",
            r"(?:操你妈|傻逼|他妈的)",
        )
    ),
    re.IGNORECASE,
)


def holds_contempt(text: str) -> bool:
    """Whether `text` despises or threatens a group of people, or insults in words that mean nothing else."""
    return _PATTERNS.search(text) is not None
