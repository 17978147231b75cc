"""Asks a candidate held-out questions and decides whether it may serve. Knows nothing of training or storage."""
