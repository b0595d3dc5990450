"""report: a fleet -> one HTML file that needs no network, no kernel and no installation."""

from fleetkit.reporting.writing import headlines, report

__all__ = ["headlines", "report"]
