"""Reads English statements into clauses and writes clauses back as questions and answers."""

from services.augmenter.linguistics.light_spacy import import_light

import_light()
