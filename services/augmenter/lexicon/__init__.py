"""General knowledge about words, in English and other languages, as data files. Knows nothing of any one lesson."""

from services.augmenter.lexicon.lexicon import AttributeTemplates, Lexicon, RelationTemplates, load_lexicon, word_list

__all__ = ["AttributeTemplates", "Lexicon", "RelationTemplates", "load_lexicon", "word_list"]
