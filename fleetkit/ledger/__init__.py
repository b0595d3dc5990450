"""What people know better than the evidence: a file of overrides, and what becomes of them."""

from fleetkit.ledger.book import Ledger
from fleetkit.ledger.overriding import override
from fleetkit.ledger.overruling import overrides

__all__ = ["Ledger", "override", "overrides"]
