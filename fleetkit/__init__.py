"""Explore a fleet of VMs and containers."""
