"""Corrections of answers, measured on a running platform."""
