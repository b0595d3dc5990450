"""Values judged by botocore's own models, as strictly as the models say."""

import re
from functools import cache


def faults_of(shape, value):
    """What is wrong with a value by a shape of botocore's model; nothing if it fits."""
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        yield f"{shape.name}: {report.generate_report()}"
    else:
        yield from _finer(shape, value, shape.name)


@cache
def service_model(service):
    """The model of a service, as botocore has it."""
    from botocore.session import Session

    return Session().get_service_model(service)


def _finer(shape, value, path):
    """What botocore's own validator leaves out: unknown names, enumerations, maxima, patterns."""
    judge = _JUDGES.get(shape.type_name)
    return judge(shape, value, path) if judge else ()


def _structure(shape, value, path):
    for name, item in value.items():
        if name in shape.members:
            yield from _finer(shape.members[name], item, f"{path}.{name}")
        else:
            yield f"{path}: has no member {name}"


def _list(shape, value, path):
    yield from _size(shape, len(value), path)
    for place, item in enumerate(value):
        yield from _finer(shape.member, item, f"{path}[{place}]")


def _map(shape, value, path):
    for key, item in value.items():
        yield from _finer(shape.key, key, f"{path}.{key}")
        yield from _finer(shape.value, item, f"{path}.{key}")


def _string(shape, value, path):
    pattern = shape.metadata.get("pattern")
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is none of {', '.join(shape.enum)}"
    if pattern and r"\p{" not in pattern and not re.search(pattern, value):
        yield f"{path}: {value!r} does not match {pattern}"
    yield from _size(shape, len(value), path)


def _size(shape, number, path):
    most = shape.metadata.get("max")
    if most is not None and number > most:
        yield f"{path}: {number} is more than {most}"


_JUDGES = {"structure": _structure, "list": _list, "map": _map, "string": _string,
           "integer": _size}
