"""The configuration of an image as a raw record: what is wanted of it, secrets taken out."""

from collections.abc import Mapping, Sequence
from typing import Any

from fleetkit.errors import LoadError
from fleetkit.loaders.oci.limits import MAX_LAYERS
from fleetkit.redaction import mask_step, mask_text, mask_tree, names_only, secret_values

_KEPT = ("architecture", "variant", "os", "os.version", "created", "author")
_SETTINGS = (
    "User", "ExposedPorts", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal",
)
_MOST_STEPS = 5_000


def masked(document: Any) -> Any:
    """What is wanted of a configuration, without the values of its variables.

    It keeps its form, so that what was kept is masked again without harm; what is no
    configuration is nothing.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("rootfs"), Mapping):
        return None
    settings = document.get("config")
    settings = settings if isinstance(settings, Mapping) else {}
    environment = settings.get("Env")
    variables = environment if isinstance(environment, list) else []
    secrets = secret_values(variables)
    kept = {name: document[name] for name in _KEPT if name in document}
    kept["config"] = {name: settings[name] for name in _SETTINGS if name in settings}
    said: dict[str, Any] = mask_tree(kept, secrets)
    said["config"]["Env"] = names_only(variables)
    said["history"] = _steps(document.get("history"), secrets)
    said["rootfs"] = {"diff_ids": document["rootfs"].get("diff_ids")}
    return said


def configuration(document: Any, where: str) -> dict[str, Any]:
    """What a configuration says, with the digests of its layers.

    Raises:
        LoadError: it is no configuration of an image.
    """
    said = masked(document)
    if said is None:
        raise LoadError(f"{where}: expected the configuration of an image, with rootfs")
    listed = diff_ids(said.pop("rootfs"), where)
    return {**said, "diff_ids": listed}


def diff_ids(rootfs: Mapping[str, Any], where: str) -> list[str]:
    """Digests of the layers, the lowest first.

    Raises:
        LoadError: they are no list of digests, or more than any image has.
    """
    listed = rootfs["diff_ids"] or []
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise LoadError(f"{where}: expected a list of layer digests in rootfs.diff_ids")
    if len(listed) > MAX_LAYERS:
        raise LoadError(f"{where}: names {len(listed):,} layers; real images have at most 127")
    return listed


def _steps(history: Any, secrets: Sequence[str]) -> list[dict[str, Any]]:
    listed = history if isinstance(history, list) else []
    return [
        {
            "created": step.get("created"),
            "created_by": _masked(step.get("created_by"), secrets),
            "empty_layer": bool(step.get("empty_layer")),
        }
        for step in listed[:_MOST_STEPS] if isinstance(step, Mapping)
    ]


def _masked(step: Any, secrets: Sequence[str]) -> str | None:
    return mask_text(mask_step(str(step)), secrets) if step else None
