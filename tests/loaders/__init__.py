"""Each source against its real part, and from what its own client prints."""
