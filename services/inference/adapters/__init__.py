"""Adapter versions on this machine: fetched, validated, loaded, counted, evicted. Knows nothing of vLLM or gRPC."""
