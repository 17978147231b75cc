"""The vLLM engine: its process, its configuration, its supervision. Knows nothing of gRPC or the object store."""
