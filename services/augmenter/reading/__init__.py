"""Turns files into structured text, in a process that a hostile file cannot leave."""
