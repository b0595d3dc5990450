"""Containers as the engine describes them, without an engine."""
