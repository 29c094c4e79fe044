"""The names of all Prometheus counters and histograms."""
