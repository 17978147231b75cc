"""Teaches how to answer: lists, endings, names, length. Nothing here is about facts."""
