"""The gallery: which images there are and which was built on which, as whole numbers.

Bases come first, then golden images on bases, machine images, images from elsewhere on the same
bases, and last the company's own on golden ones: four builds of each repository, the newest last.
A few of the own were flattened, rebased or named again, as the planted truth says.
"""

from dataclasses import dataclass

import numpy as np

from fleetkit.loaders.synthetic.draws import Draws, Numbers
from fleetkit.loaders.synthetic.stacks import (
    LANGUAGES,
    SYSTEM_OF_LANGUAGE,
    SYSTEMS,
    bought_stacks,
    own_stacks,
    stacks,
)
from fleetkit.loaders.synthetic.wishes import Wishes

FORMS = ("base", "golden", "machine", "bought", "own")
CASES = ("base", "prefix", "flattened", "rebased", "retagged", "recorded")
BUILDS_KEPT = 4
_BASE, _PREFIX, _FLATTENED, _REBASED, _RETAGGED, _RECORDED = range(6)
_SORTS = 12  # of machine images: four platforms, three systems
_OLDEST = 355


@dataclass(frozen=True)
class Gallery:
    """Arrays with one entry per image.

    Args:
        form: place in FORMS.
        case: how it came from its parent, place in CASES.
        parent: image that it was built on; -1 for none.
        named: parent that its label names, true or not; -1 for none.
        system: place in SYSTEMS.
        age: days since it was built.
        repository: number of its repository within its form.
        build: number of the build within the repository, the newest the highest.
        stack: what it holds; -1 for bases, goldens and machine images.
        depth: layers that it has; 0 for machine images.
        added: layers of its own.
        first: number of the first image of each form, and behind them the number of all.
    """

    form: Numbers
    case: Numbers
    parent: Numbers
    named: Numbers
    system: Numbers
    age: Numbers
    repository: Numbers
    build: Numbers
    stack: Numbers
    depth: Numbers
    added: Numbers
    first: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.form)

    def where(self, form: str) -> Numbers:
        """Numbers of the images of a form."""
        place = FORMS.index(form)
        return np.arange(self.first[place], self.first[place + 1])

    @property
    def repositories(self) -> int:
        """Repositories of the company's own images."""
        return len(self.where("own")) // BUILDS_KEPT


def gallery(wishes: Wishes) -> Gallery:
    """The gallery of a fleet."""
    counts = _counts(wishes.image_count)
    first = tuple(int(end) for end in np.cumsum([0, *counts]))
    form = np.repeat(np.arange(len(FORMS)), counts)
    numbers = np.arange(len(form)) - np.take(first, form)
    drawn = {name: np.full(len(form), -1) for name in _DRAWN}
    drawn["case"][:] = _PREFIX
    for make, place in ((_bases, 0), (_goldens, 1), (_machines, 2), (_bought, 3), (_own, 4)):
        rows = slice(first[place], first[place + 1])
        for name, values in make(wishes, numbers[rows], first, drawn).items():
            drawn[name][rows] = values
    layered = np.where(drawn["case"] == _FLATTENED, -1, drawn["parent"])
    depth = _depths(layered, drawn["added"])
    return Gallery(form=form, first=first, depth=depth, **drawn)


_DRAWN = ("case", "parent", "named", "system", "age", "repository", "build", "stack", "added")
Drawn = dict[str, Numbers]


def _counts(images: int) -> list[int]:
    """Images of each form; the own fill what is left, in whole repositories."""
    bases, goldens = max(3, images // 600 * 3), max(5, images // 200 * 5)
    machines = max(_SORTS, images // 20)
    bought = max(len(bought_stacks()), images // 8)
    own = (images - bases - goldens - machines - bought) // BUILDS_KEPT * BUILDS_KEPT
    return [bases, goldens, machines, images - bases - goldens - machines - own, own]


def _bases(_asked: Wishes, numbers: Numbers, first: tuple[int, ...], _: Drawn) -> Drawn:
    build, builds = numbers // 3, (first[1] - first[0]) // 3
    return {
        "case": np.full(len(numbers), _BASE), "system": numbers % 3, "repository": numbers % 3,
        "build": builds - 1 - build, "age": (_OLDEST + 45) * (build + 1) // builds,
        "added": np.ones(len(numbers), dtype=np.int64),
    }


def _goldens(wishes: Wishes, numbers: Numbers, first: tuple[int, ...], drawn: Drawn) -> Drawn:
    kinds = len(LANGUAGES)
    build, builds = numbers // kinds, (first[2] - first[1]) // kinds
    age = _OLDEST * (build + 1) // builds
    system = np.take(SYSTEM_OF_LANGUAGE, numbers % kinds)
    parent = _base_of(system, age, first, drawn)
    return {
        "parent": parent, "named": parent, "system": system, "repository": numbers % kinds,
        "build": builds - 1 - build, "age": age,
        "added": wishes.draws.between("golden layers", numbers, 2, 4),
    }


def _machines(_asked: Wishes, numbers: Numbers, first: tuple[int, ...], _: Drawn) -> Drawn:
    build, builds = numbers // _SORTS, -(-(first[3] - first[2]) // _SORTS)
    is_first = build == 0
    return {
        "case": np.where(is_first, _BASE, _RECORDED),
        "parent": np.where(is_first, -1, first[2] + numbers % _SORTS),
        "system": np.take([0, 1, 3], numbers // 4 % 3), "repository": numbers % _SORTS,
        "build": build, "age": (_OLDEST + 45) * (builds - build) // builds,
        "added": np.zeros(len(numbers), dtype=np.int64),
    }


def _bought(wishes: Wishes, numbers: Numbers, first: tuple[int, ...], drawn: Drawn) -> Drawn:
    sold = np.array(bought_stacks())
    build = numbers // len(sold)
    builds = -(-(first[4] - first[3]) // len(sold))
    stack = sold[numbers % len(sold)]
    system = np.array([SYSTEMS.index(found.base) if found.base in SYSTEMS else 0
                       for found in stacks()])[stack]
    age = 10 + 340 * build // builds
    return {
        "parent": _base_of(system, age, first, drawn), "system": system, "stack": stack,
        "repository": numbers % len(sold), "build": builds - 1 - build, "age": age,
        "added": wishes.draws.between("bought layers", numbers, 3, 7),
    }


def _own(wishes: Wishes, numbers: Numbers, first: tuple[int, ...], drawn: Drawn) -> Drawn:
    draws, built = wishes.draws, np.array(own_stacks())
    build, repository = numbers % BUILDS_KEPT, numbers // BUILDS_KEPT
    stack = built[repository % len(built)]
    language = np.array([LANGUAGES.index(stacks()[place].language) for place in built])[
        repository % len(built)]
    age = (BUILDS_KEPT - 1 - build) * 50 + draws.between("own age", numbers, 3, 42)
    golden = _golden_of(language, age, first, drawn)
    case = _own_cases(draws, numbers)
    again = case == _RETAGGED
    parent = np.where(again, first[4] + numbers - 1, golden)
    older = np.minimum(golden + len(LANGUAGES), first[2] - len(LANGUAGES) + language)
    labelled = draws.happens("own label", numbers, np.where(case == _FLATTENED, 0.5, 0.4))
    named = np.where(case == _REBASED, older, np.where(labelled & ~again, golden, -1))
    added = draws.between("own layers", numbers, 1, 2 * wishes.layers - 9)
    return {
        "case": np.where((case == _REBASED) & (older == golden), _PREFIX, case),
        "parent": parent, "named": named, "system": np.take(SYSTEM_OF_LANGUAGE, language),
        "stack": stack, "repository": repository, "build": build,
        "age": np.where(again, np.maximum(age - 20, 1), age),
        "added": np.where(again, 0, np.where(case == _FLATTENED, 1, added)),
    }


def _own_cases(draws: Draws, numbers: Numbers) -> Numbers:
    """Only a third build is the second one under another name, so that none is so of another."""
    build = numbers % BUILDS_KEPT
    case = np.take([_FLATTENED, _REBASED, _PREFIX],
                   draws.weighted("own case", numbers, [5, 7, 88]))
    case = np.where(build == 1, _PREFIX, case)
    return np.where((build == 2) & draws.happens("named again", numbers, 0.12), _RETAGGED, case)


def _base_of(system: Numbers, age: Numbers, first: tuple[int, ...], drawn: Drawn) -> Numbers:
    """The youngest base of the system that was there already."""
    ages = drawn["age"][first[0]:first[1]:3]
    return first[0] + np.searchsorted(ages, age) * 3 + system


def _golden_of(language: Numbers, age: Numbers, first: tuple[int, ...], drawn: Drawn) -> Numbers:
    kinds = len(LANGUAGES)
    ages = drawn["age"][first[1]:first[2]:kinds]
    return first[1] + np.searchsorted(ages, age) * kinds + language


def _depths(parent: Numbers, added: Numbers) -> Numbers:
    """Layers of each image: its own and those of its ancestors."""
    depth = added.copy()
    above = parent.copy()
    while (above >= 0).any():
        depth += np.where(above >= 0, added[above], 0)
        above = np.where(above >= 0, parent[above], -1)
    return depth
