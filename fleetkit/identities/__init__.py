"""Software identities: what a name means, and what is known of it."""
