"""Lorelei's public HTTP API, one module per resource. Knows nothing of gRPC or of how things are stored."""
