"""Evidence for pet or cattle: each file ends with `SIGNALS`, a tuple of `Signal`."""
