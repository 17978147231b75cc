"""Instruction backtranslation: from passages of documents to the questions that they answer (arXiv 2308.06259)."""
