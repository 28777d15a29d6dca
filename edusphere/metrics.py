"""What a school's server counts while it runs, on one page; `/metrics` shows it (web/metrics.py).

Names and units as Prometheus wants them: https://prometheus.io/docs/practices/naming/. Nothing here has a person's or a
room's name: labels are a few fixed words. Every process counts for itself.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

SHORT = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
LONG = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
"""Seconds. Many series have these: there are fewer of them."""


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"edusphere_{name}", meaning, labels, registry=registry)


def _gauge(name: str, meaning: str, *labels: str) -> Gauge:
    return Gauge(f"edusphere_{name}", meaning, labels, registry=registry)


def _histogram(name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(f"edusphere_{name}", meaning, labels, buckets=buckets, registry=registry)


# -- telling
sockets = _gauge("sockets", "Open websockets.")
topics = _gauge("topics", "What is heard here: rooms, and people.")
deliveries = _counter("deliveries", "Frames handed to a socket.")
changes = _counter("changes", "Messages posted, edited and removed by this process.", "kind")
fanout = _histogram(
    "fanout_seconds", "From a change's commit to its last socket here, of changes made by this process.", SHORT
)
gaps = _counter("broker_gaps", "Gaps in a room's numbers, which were read from the database then.")
broker = _gauge("broker_up", "Whether other processes hear of changes at once: 1, or 0.")
slow_readers = _counter("slow_readers", "Sockets that were cut because they read too slowly.")

# -- answering
requests = _counter(
    "http_requests", "Answers to requests, by door and by the first digit of their status.", "door", "status"
)
graphql = _histogram("graphql_seconds", "Answers to GraphQL, by the operation's first field.", LONG, "operation")
refusals = _counter("refusals", "What was refused, and INTERNAL what broke, at any door.", "code")

# -- what it stands on
loop_lag = _histogram("loop_lag_seconds", "How late the event loop comes to what is due.", SHORT)
pool_waits = _histogram("database_wait_seconds", "Waiting for one of the connections to the database.", SHORT)
connections = _gauge("database_connections", "Connections to the database, by whether one is in use.", "state")
backup = _gauge("last_backup_timestamp_seconds", "When the night's backup was made, in Unix seconds; 0: never.")

for kind in ("posted", "edited", "removed"):
    changes.labels(kind)
