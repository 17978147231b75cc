"""Learn jobs: their records, their durable queue and the course each one takes. Knows nothing of HTTP."""
