"""General knowledge about English words, kept as small data files. Knows nothing of any one lesson."""

from services.augmenter.lexicon.lexicon import AttributeTemplates, Lexicon, RelationTemplates, load_lexicon, word_list

__all__ = ["AttributeTemplates", "Lexicon", "RelationTemplates", "load_lexicon", "word_list"]
