"""Finds sentences that are addressed to a language model instead of a reader. Knows patterns, not intentions."""

import re

from services.augmenter.moderation.moderator import Category, Finding

_MODEL = (
    r"(?:(?:(?:ai|large|language)\s+)+(?:model|assistant)s?|chat ?bots?|assistants?|llms?|ais?|gpt\w*|claude|gemini)"
)
_PATTERNS = re.compile(
    "|".join(
        (
            r"\b(?:ignore|disregard|forget|override|bypass|skip)\s+(?:\w+\s+){0,3}"
            r"(?:previous|prior|above|preceding|earlier|former|system)\s+"
            r"(?:\w+\s+){0,2}(?:instructions?|prompts?|messages?|rules?|directions?|context|guidelines?)",
            r"\b(?:ignore|disregard|override|bypass)\s+(?:all|any|your|the)\s+(?:\w+\s+){0,2}"
            r"(?:instructions|safety|guidelines|programming|system prompt)",
            r"\b(?:reveal|print|show|repeat|output|leak)\s+(?:\w+\s+){0,2}(?:system|hidden|initial|secret)\s+(?:prompt|instructions?|message)",
            r"\byou are now (?:an? )?(?:\w+ ){0,3}(?:dan\b|ai\b|assistant|model|unrestricted|jailbroken|free of)",
            rf"\bas an? {_MODEL},? you (?:must|should|will|are|have to|need to)\b",
            rf"\b(?:note|attention|instructions?|message|dear|hey|hello)\s*(?:to|for)?\s*(?:all|any|the)?\s*{_MODEL}\s*(?:[:,!]|reading|that|who|must|should)",
            rf"\b(?:if|when) you are (?:an? )?{_MODEL}\b",
            r"\b(?:do not|don't|never) (?:tell|inform|mention (?:this|it) to|let) the user\b",
            r"\b(?:begin|start|end) (?:your|every|each|all) (?:reply|replies|response|responses|answer|answers) with\b",
            r"\bfrom now on,? (?:you|always) (?:will |must |should )?(?:answer|reply|respond|say|recommend|obey|act)\b",
            r"\bnew (?:system )?(?:instructions?|prompt) ?:",
            r"\benter (?:developer|debug|god|jailbreak|dan) mode\b",
            r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]|<</?SYS>>|^###\s*(?:instruction|system|assistant)\b",
            r"\b(?:ignoriere|vergiss|missachte)\w*\s+(?:\w+\s+){0,3}(?:vorherigen|bisherigen|obigen|früheren|alle)\s+(?:\w+\s+)?(?:anweisungen|instruktionen|regeln|vorgaben)",
            r"\b(?:ignore[rz]?|oublie[rz]?|oubliez)\s+(?:\w+\s+){0,3}(?:instructions?|consignes|règles)\s+(?:précédentes|antérieures|ci-dessus)",
            r"\b(?:ignora|olvida|ignore|olvide)\w*\s+(?:\w+\s+){0,3}(?:instrucciones|indicaciones|reglas)\s+(?:anteriores|previas)",
            r"(?:忽略|无视|忘记)(?:之前|以上|前面|先前|所有)的?(?:所有)?(?:指令|指示|提示|说明|规则)",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
# Characters that hide text from readers but not from models.
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\U000e0000-\U000e007f]")
_FEW_HIDDEN = 2


def find_injection(text: str) -> Finding | None:
    """Whether `text` tries to instruct a language model, or None."""
    if _PATTERNS.search(text) or len(_HIDDEN.findall(text)) > _FEW_HIDDEN:
        return Finding(Category.INJECTION, "instructions to language models")
    return None
