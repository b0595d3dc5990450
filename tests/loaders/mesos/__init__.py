"""Mesos and Marathon from a replay of their APIs, and from what they answered elsewhere."""
