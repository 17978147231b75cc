"""The learning benchmark: what is known after a lesson, by whom, and what else has changed. See __main__."""
