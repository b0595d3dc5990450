"""What a harvest tells of itself."""

from fleetkit.loading.harvest import problem_row
from fleetkit.plugins import Problem
from fleetkit.tables import PROBLEMS


def test_a_problem_may_name_half_a_letter():
    row = problem_row(Problem("x", "a thing", subject_id="a\ud83d", detail="\ud800"), None)
    assert PROBLEMS.frame([row])["subject_id"].tolist() == ["a?"]
