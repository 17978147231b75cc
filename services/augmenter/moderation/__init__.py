"""Decides what may be trained on. Knows nothing of where texts come from but whether the user wrote them."""
