"""What a run came to: counts, verdict, summary, metrics, logs. Door: :mod:`crawler.outcome.summary`."""
