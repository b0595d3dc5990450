"""One service from commit and build over image, deployment and instance to its health."""

from fleetkit.following.trails import Trail, follow

__all__ = ["Trail", "follow"]
