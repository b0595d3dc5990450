"""Fails each night."""

raise SystemExit(3)
