"""Finds out how a text is encoded, and decodes it. Does not know the text's format."""

import codecs
import re

from services.augmenter.reading.refusals import Refusal, Refused

# Encodings in use, so that a short text is not taken for an exotic one.
_CANDIDATES = [
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp874"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr"),
]
# Where it fits as well as others, it is the likeliest.
_FALLBACK = "cp1252"
_MOST_NOISE = 0.3
# Of the characters beyond ASCII, in a text that still counts as UTF-8.
_MOST_FAULTS = 0.05
_SAMPLE_BYTES = 128 * 1024
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DECLARED = re.compile(rb"""<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I)
_DECLARED_WITHIN_BYTES = 4096
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.005


def decode_text(data: bytes, *, declares_encoding: bool = False) -> str:
    """`data` as text; raise Refused(UNKNOWN_FORMAT) where it is none.

    `declares_encoding`: the text may name its own encoding, as HTML and XML do.
    """
    text = _decode(data, declares_encoding)
    if len(_CONTROL.findall(text)) > _MOST_CONTROLS * len(text):
        raise Refused(Refusal.UNKNOWN_FORMAT)
    return text


def _decode(data: bytes, declares_encoding: bool) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data:
        return data.decode(_utf16_without_mark(data), errors="replace")
    text = data.decode(errors="replace")
    if text.count("\ufffd") <= _MOST_FAULTS * (len(text) - len(text.encode("ascii", errors="ignore"))):
        return text
    declared = _declared_encoding(data) if declares_encoding else ""
    return data.decode(declared or _guessed_encoding(data), errors="replace")


def _utf16_without_mark(data: bytes) -> str:
    """Which half of each pair of bytes is mostly zero tells their order; raise Refused where neither is."""
    sample = data[: _SAMPLE_BYTES - _SAMPLE_BYTES % 2]
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if max(first, second) < 0.4 * len(sample) / 2 or min(first, second) > 0.02 * len(sample):
        raise Refused(Refusal.UNKNOWN_FORMAT)
    return "utf-16-be" if first > second else "utf-16-le"


def _declared_encoding(data: bytes) -> str:
    found = _DECLARED.search(data[:_DECLARED_WITHIN_BYTES])
    if found is None:
        return ""
    try:
        codec = codecs.lookup(found[1].decode("ascii"))
    except (LookupError, UnicodeDecodeError):
        return ""
    # What browsers do: pages that say Latin-1 mean its superset. A text with faults is not UTF-8, whatever it says.
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "utf-8": ""}.get(codec.name, codec.name)


def _guessed_encoding(data: bytes) -> str:
    # Imported only here: most texts are UTF-8.
    from charset_normalizer import from_bytes

    # Cut at the end of a line, which in all candidates is the end of a character too.
    sample = data if len(data) <= _SAMPLE_BYTES else data[:_SAMPLE_BYTES].rpartition(b"\n")[0] or data[:_SAMPLE_BYTES]
    matches = from_bytes(sample, cp_isolation=_CANDIDATES, threshold=_MOST_NOISE)
    best = matches.best()
    if best is None:
        return _FALLBACK
    as_good = [match for match in matches if (match.chaos, match.coherence) == (best.chaos, best.coherence)]
    likely = [encoding for match in as_good for encoding in match.could_be_from_charset]
    return _FALLBACK if _FALLBACK in likely else best.encoding
