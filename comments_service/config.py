"""Settings: read once from the environment, frozen, all mistakes reported together."""
