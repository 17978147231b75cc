"""A tiny web of our own, with a search engine, for tests, the demo and the benchmark."""
