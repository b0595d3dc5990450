"""Where fixes are announced: each file ends with `ADVISORIES`."""
