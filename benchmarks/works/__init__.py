"""Measures long works: does the last section's model still know the first one, although no window holds it?"""
