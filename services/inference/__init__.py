"""Serves one base model and many personal adapters, swapped while streams run."""
