"""Nomad from a replay of its API, and from what it answered elsewhere."""
