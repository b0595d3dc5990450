"""A small company that sells things: its machines beside its containers, for the sample fleet."""
