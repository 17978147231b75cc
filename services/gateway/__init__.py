"""HTTP in, gRPC out: the OpenAI-compatible face of Lorelei and the keeper of learn jobs."""
