"""Decides which candidate examples are good enough to train on, and counts why the others are not."""
