"""What report and notebook share: data of all views, packed; scripts of all views, in one."""

from fleetkit.views._hosting.packing import as_text, compress, pack, shown
from fleetkit.views._hosting.scenes import Scene, scene, scenes
from fleetkit.views._hosting.scripts import assemble, style

__all__ = ["Scene", "as_text", "assemble", "compress", "pack", "scene", "scenes", "shown", "style"]
