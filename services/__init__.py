"""Lorelei's services: one folder per process, and `common` for what they share."""
