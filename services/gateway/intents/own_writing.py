"""Recognises that the model's own last text is to be remembered. Knows no conversations, and no other way of learning.

Three parts carry the meaning, whatever stands between them: a word of remembering (which `[Learn]` alone may stand
for), the model as the one who speaks, and an act or a work of writing. What follows may only say what it was about:
"remember what you wrote about the harbour" points at a text, "remember that you wrote a letter" tells something.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class _Language:
    """Patterns of one language: words of remembering, what points at the model's text, single words around them."""

    remember: str
    pointer: str
    around: str
    about: str


_WORKS_EN = (
    r"(?:text|story|stories|tale|poem|essay|article|letter|chapter|section|paragraph|passage|part|scene|piece|words?"
    r"|report|summary|draft|message|answer|reply|response|output|writing|lines?|song|script|speech|blog post)s?"
)
_BEFORE_NOUN_EN = r"(?:(?:very |most )?(?:last|latest|recent|previous|preceding|own|new|whole|entire|short|long) )*"
_WROTE_EN = (
    r"(?:wrote|written|said|told me|told|composed|created|invented|made up|come up with|came up with|answered|replied"
    r"|generated|produced|drafted|typed|put down|described|explained)"
)
_ADVERBS_EN = r"(?:(?:have|had|'ve|’ve|just|now|only|already|yourself|recently|'d|’d) ?)*"
_WORKS_DE = (
    r"(?:text|geschichte|erzählung|märchen|gedicht|aufsatz|artikel|brief|kapitel|abschnitt|absatz|teil|szene|bericht"
    r"|zusammenfassung|entwurf|nachricht|antwort|ausgabe|worte|zeilen|lied|rede|beitrag|stück)(?:e?s|e|n|en)?"
)
_WROTE_DE = (
    r"(?:geschrieben|verfasst|gesagt|erzählt|gedichtet|erfunden|ausgedacht|geantwortet|erstellt|formuliert|erzeugt"
    r"|beschrieben|erklärt)"
)
_WORKS_FR = (
    r"(?:texte|histoire|récit|conte|poème|essai|article|lettre|chapitre|section|paragraphe|passage|partie|scène"
    r"|rapport|résumé|brouillon|message|réponse|chanson|discours|mots|lignes)s?"
)
_WORKS_ES = (
    r"(?:texto|historia|relato|cuento|poema|ensayo|artículo|carta|capítulo|sección|párrafo|pasaje|parte|escena"
    r"|informe|resumen|borrador|mensaje|respuesta|canción|discurso|palabras|líneas)s?"
)
_WORKS_ZH = r"(?:内容|文字|文章|故事|话|诗|信|章节|段落|部分|回答|回复|答案|报告|总结|消息|东西|一切)"

_LANGUAGES = (
    _Language(
        remember=r"(?:remember|memori[sz]e|learn|keep|save|store|retain|note|don['’]?t forget|do not forget"
        r"|never forget|take in|commit to memory|keep in mind|bear in mind|internali[sz]e)",
        pointer=(
            rf"(?:(?:exactly |precisely )?(?:what|everything(?: that)?|all(?: that| of what)?|whatever"
            rf"|(?:the|this|that|all the) {_BEFORE_NOUN_EN}{_WORKS_EN}(?: above)?(?: that| which)?)"
            rf" you ?{_ADVERBS_EN}{_WROTE_EN}"
            rf"|(?:all of )?your {_BEFORE_NOUN_EN}{_WORKS_EN}"
            rf"|the {_WORKS_EN} (?:above )?(?:by|from) you)"
        ),
        around=r"(?:please|now|just|right|above|before|earlier|so|far|a|moment|ago|here|there|to|from|me|for|later"
        r"|well|forever|good|on|and|then|can|could|would|you|i|want|should|in|mind|memory|full|word|all|it|thanks"
        r"|thank)",
        about=r"(?:about|on|of|concerning|regarding|in|for|to)",
    ),
    _Language(
        remember=r"(?:merke?n?|behalte?n?|lerne?n?|speicher[en]*|vergiss|präg(?:e|en)?|erinner[en]*|notiere?n?"
        r"|vergessen|einprägen)",
        pointer=(
            rf"(?:(?:genau )?(?:was|alles,? was|das,? was|an das,? was"
            rf"|(?:den|die|das|dem|der) (?:\w+e[nrms]? )?{_WORKS_DE},? (?:den|die|das))"
            rf" (?:hast )?du (?:\w+ ){{0,4}}?{_WROTE_DE}(?: hast)?"
            rf"|(?:an )?dein(?:e|en|em|er)? (?:\w+e[nrms]? ){{0,2}}{_WORKS_DE})"
        ),
        around=r"(?:bitte|nun|jetzt|gut|dir|dich|dir's|eben|gerade|vorhin|oben|alles|das|es|mir|für|später|immer"
        r"|ein|nicht|nie|mal|doch|und|dann|kannst|könntest|du|sollst|ab|wörtlich|danke)",
        about=r"(?:über|zu|zum|zur|von|vom|in|im)",
    ),
    _Language(
        remember=r"(?:retiens|retenez|retenir|mémorise[rz]?|apprends|apprenez|apprendre|souviens-toi|souvenez-vous"
        r"|rappelle-toi|rappelez-vous|garde[rz]?|n['’]oublie[rz]? pas|enregistre[rz]?|note[rz]?)",
        pointer=(
            rf"(?:(?:exactement |tout |de )*(?:ce que|ce qu['’]|(?:le|la|les|l['’]|du|de la|de l['’]) ?"
            rf"(?:\w+ )?{_WORKS_FR} (?:que|qu['’]))"
            r" ?(?:tu|vous) (?:viens d['’e] ?|venez d['’e] ?|as |avez |m['’]as |m['’]avez )(?:\w+ ){0,2}?"
            r"(?:écri(?:re|t|te|ts|tes)|di(?:re|t|tes)|racont(?:er|é|ée)|compos(?:er|é|ée)|invent(?:er|é|ée)"
            r"|rédig(?:er|é|ée)|répond(?:re|u)|expliqu(?:er|é))"
            rf"|(?:de )?(?:ton|ta|tes|votre|vos) (?:\w+ )?{_WORKS_FR}(?: précédente?| entière?)?)"
        ),
        around=r"(?:s['’]il|te|vous|plaît|bien|maintenant|tout|ci-dessus|plus|haut|juste|avant|à|l['’]instant|pour"
        r"|tard|toujours|moi|peux-tu|pouvez-vous|merci|en|mémoire)",
        about=r"(?:sur|à propos de|au sujet de|de|du|des|dans)",
    ),
    _Language(
        remember=r"(?:recuerda|recuerde|recordar|memori(?:za|ce|zar)|aprende|aprenda|aprender|acuérdate|acuérdese|guarda"
        r"|guarde|guardar|no olvides|no olvide|retén|anota|quédate con)",
        pointer=(
            rf"(?:(?:exactamente |todo |de )*(?:lo que|cuanto|(?:el|la|los|las) (?:\w+ )?{_WORKS_ES} que)"
            r" (?:me )?(?:acabas de (?:escribir|decir|contar|componer|inventar|redactar|responder|explicar)(?:me)?"
            r"|has (?:\w+ )?(?:escrito|dicho|contado|compuesto|inventado|redactado|respondido|explicado)"
            r"|escribiste|dijiste|contaste|compusiste|inventaste|redactaste|respondiste|explicaste)"
            rf"|(?:de )?(?:tu|tus|su) (?:\w+ )?{_WORKS_ES}(?: anterior(?:es)?)?)"
        ),
        around=r"(?:por|favor|bien|ahora|todo|arriba|antes|recién|hace|un|momento|para|después|siempre|me|puedes"
        r"|podrías|quiero|que|gracias|mismo|justo)",
        about=r"(?:sobre|acerca de|de|del|en)",
    ),
)
_POINTER_ZH = (
    rf"(?:你|您)(?:刚才|刚刚|刚|上面|之前|前面|方才|所|已经)*(?:写|说|讲|编|创作|回答|生成|描述)(?:下|出|过|了|完)*"
    rf"(?:的(?:所有|全部)?{_WORKS_ZH}?)"
    rf"|(?:你|您)(?:的)?(?:上一?个?|上一?篇|上一?段|最后|刚才|刚刚|前面)的?{_WORKS_ZH}"
)
_REMEMBER_ZH = r"(?:记住|记下|记得|学习|学会|牢记|保存|别忘了?|不要忘记|记忆)"
_AROUND_ZH = r"[请把将现在都一下这些所有全部来好吧了 ]"
_PUNCTUATION = re.compile(r"[\s.!?,…。！？，:;]+")


def points_at_own_writing(statement: str) -> bool:
    """Whether `statement` asks for what the model wrote last to be remembered, and tells nothing itself."""
    said = _PUNCTUATION.sub(" ", statement.casefold()).strip()
    return any(rule.fullmatch(said) for rule in _RULES)


def _rule(words: _Language) -> re.Pattern[str]:
    around = rf"(?:{words.around} )*"
    asked = rf"{around}{words.remember} {around}(?:{words.pointer})(?: {words.around})*"
    named = rf"{around}(?:{words.pointer})(?: {words.around})*"
    # As in German: "kannst du dir, was du geschrieben hast, merken".
    late = rf"{named} {words.remember}(?: {words.around})*"
    topic = rf"(?: {words.about}(?: [\w'’-]+){{1,6}})?"
    return re.compile(rf"{asked}{topic}|{named}|{late}")


_RULES = (
    *map(_rule, _LANGUAGES),
    re.compile(rf"(?:{_REMEMBER_ZH}|{_AROUND_ZH})*(?:关于.{{1,20}})?(?:{_POINTER_ZH})(?:{_REMEMBER_ZH}|{_AROUND_ZH})*"),
)
