"""Google Cloud from a replay of its API, and from what its clients print."""
