"""The property collector: few properties of all objects of a kind, page by page."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fleetkit.errors import ReadError
from fleetkit.loaders.vsphere.endpoints import VCenter
from fleetkit.loaders.vsphere.modules import sdk
from fleetkit.plugins import Call, Problem, Record

_PAGE = 500
_MOST_PAGES = 10_000
_NOT_KNOWN = ("InvalidProperty", "InvalidArgument", "InvalidRequest")

Make = Callable[[str, dict[str, Any]], Iterable[Record | Problem]]


@dataclass
class Collection:
    """What is asked of a vCenter.

    Args:
        vcenter: the session.
        kind: managed object type, as VirtualMachine.
        paths: properties.
        make: identity, values by path -> records.
        spare: further properties; left out where the server does not know them.
        seen: objects that were read.
        withheld: properties that were not shown, with how often.
    """

    vcenter: VCenter
    kind: str
    paths: tuple[str, ...]
    make: Make
    spare: tuple[str, ...] = ()
    seen: set[str] = field(default_factory=set)
    withheld: Counter[str] = field(default_factory=Counter)

    def read(self) -> Iterator[Record | Problem | Call]:
        """Records of all objects, with a call for each page.

        Raises:
            ReadError: a page came twice, or pages do not end.
        """
        view = self._view()
        try:
            for page in self._pages(view):
                yield Call()
                yield from self._records(page)
        finally:
            view.DestroyView()
        for path, count in sorted(self.withheld.items()):
            yield _withheld(self.kind, path, count)

    def _pages(self, view: Any) -> Iterator[Iterable[Any]]:
        collector = self.vcenter.content.propertyCollector
        try:
            yield from pages(collector, self._spec(view, (*self.paths, *self.spare)))
        except Exception as error:
            if self.seen or not self.spare or getattr(error, "_wsdlName", "") not in _NOT_KNOWN:
                raise
            yield from pages(collector, self._spec(view, self.paths))

    def _view(self) -> Any:
        """All objects of the kind, wherever they are in the tree of folders."""
        content = self.vcenter.content
        return content.viewManager.CreateContainerView(
            content.rootFolder, [getattr(sdk().vim, self.kind)], True)

    def _spec(self, view: Any, paths: tuple[str, ...]) -> Any:
        vim, query = sdk().vim, sdk().vmodl.query.PropertyCollector
        steps = query.TraversalSpec(
            name="members", path="view", skip=False, type=vim.view.ContainerView)
        return query.FilterSpec(
            objectSet=[query.ObjectSpec(obj=view, skip=True, selectSet=[steps])],
            propSet=[query.PropertySpec(type=getattr(vim, self.kind), pathSet=list(paths))],
        )

    def _records(self, page: Iterable[Any]) -> Iterator[Record | Problem]:
        fresh = repeated = 0
        for content in page:
            identity = str(content.obj._moId)
            if identity in self.seen:
                repeated += 1
                yield _repeated(self.kind, identity)
                continue
            fresh += 1
            self.seen.add(identity)
            yield from self._made(identity, content)
        if repeated and not fresh:
            raise ReadError(
                f"{self.kind}: a page came a second time, after {len(self.seen):,} objects",
                code="repeated_page",
            )

    def _made(self, identity: str, content: Any) -> Iterator[Record | Problem]:
        for missing in content.missingSet or ():
            if getattr(missing.fault, "_wsdlName", "") == "NoPermission":
                self.withheld[missing.path] += 1
        try:
            yield from self.make(identity, {said.name: said.val for said in content.propSet or ()})
        except (TypeError, ValueError, AttributeError) as error:
            yield unreadable(self.kind, identity, error)


def pages(collector: Any, spec: Any) -> Iterator[Iterable[Any]]:
    """Objects page by page, until no token points to a further one.

    Raises:
        ReadError: there are more pages than any vCenter has.
    """
    options = sdk().vmodl.query.PropertyCollector.RetrieveOptions(maxObjects=_PAGE)
    answer = collector.RetrievePropertiesEx([spec], options)
    for _ in range(_MOST_PAGES):
        if answer is None:  # there is no object of the kind
            return
        yield answer.objects
        if not answer.token:
            return
        answer = collector.ContinueRetrievePropertiesEx(answer.token)
    raise ReadError(f"more than {_MOST_PAGES:,} pages of objects", code="repeated_page")


def unreadable(kind: str, identity: str | None, error: Exception) -> Problem:
    """The problem that an object is not of the form that the API documents."""
    return Problem(
        code="unreadable_record", message=f"a {kind} does not have the expected form",
        subject_id=identity, detail=f"{type(error).__name__}: {error}"[:500], phase="parse",
        severity="error", hint="was the file edited, or written by a newer version of the source?",
    )


def _repeated(kind: str, identity: str) -> Problem:
    return Problem(
        code="duplicate_id", message=f"a {kind} came twice in the pages of an answer",
        subject_id=identity, severity="info", hint="nothing to do: it is counted once",
    )


def _withheld(kind: str, path: str, count: int) -> Problem:
    return Problem(
        code="access_denied", message=f"a property of {kind} objects is not shown to this user",
        detail=f"{path} of {count:,} objects", hint="System.Read on these objects is missing",
    )
