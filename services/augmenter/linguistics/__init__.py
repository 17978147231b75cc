"""Reads statements into clauses, those of other languages into tellings, and writes both as questions and answers."""

from services.augmenter.linguistics.light_spacy import import_light

import_light()
