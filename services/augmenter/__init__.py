"""Turns what a user wants learned into training data."""
