"""The gateway's Prometheus metrics. No user, tenant or adapter is ever a label."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class GatewayMetrics:
    """One process's counters, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Histogram(
            "lorelei_gateway_request_duration_seconds",
            "Time from the request to the end of its reply.",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.first_tokens = Histogram(
            "lorelei_gateway_first_token_seconds",
            "Time from a chat request to the first piece of its reply.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.lessons = Counter(
            "lorelei_gateway_lessons_total",
            "Learn jobs that this replica finished, by how they ended.",
            ("state",),
            registry=self._registry,
        )
        self.feedback = Counter(
            "lorelei_gateway_feedback_total",
            "Verdicts on answers that this replica took in, by rating.",
            ("rating",),
            registry=self._registry,
        )

    def exposition(self) -> bytes:
        """All metrics in Prometheus's text format."""
        return generate_latest(self._registry)
