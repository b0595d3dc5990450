"""Version keys: bytes whose order is the order that the ecosystem itself gives to its versions.

Every engine that can compare bytes, or plain text, can then tell an older build from a newer one,
without knowing any rule of any package manager. A version that no rule can order has no key.
"""

from fleetkit.versions.column import keys, text_keys
from fleetkit.versions.version import HIGHEST, LOWEST, key, scheme

__all__ = ["HIGHEST", "LOWEST", "key", "keys", "scheme", "text_keys"]
