"""Tests of the consul source."""
