"""Builds questions, answers, neighbours and probes from one statement of the user."""
