import pytest

from fleetkit.identities.words import role_words
from tests.classification.fleets import container, judged, label, reason, weights


@pytest.mark.parametrize(("name", "like"), [
    ("cart-db", "database"), ("checkoutservice", "service"), ("orders-worker-#", "worker"),
    ("db-api", "web server or API"), ("db#", "database"), ("webDatabase", "database"),
])
def test_the_last_general_word_of_a_name_tells_the_role(name, like):
    made = judged(container("a", controller_name=name))
    assert f"named like: {like} (name {name})" in reason(made, "a", "named_like")


def test_a_database_by_its_name_leans_towards_state():
    made = judged(container("a", controller_name="cart-db"), container("b", controller_name="ui"))
    assert weights(made, "a")["named_like", "state"] == role_words()["db"].lean
    assert weights(made, "b")["named_like", "state"] < 0


def test_a_name_without_such_words_says_nothing():
    made = judged(container("zeus", controller_name="zeus"))
    assert ("named_like", "state") not in weights(made, "zeus")


def test_a_name_alone_decides_nothing():
    made = judged({"workload_id": "a", "kind": "container", "name": "cart-db"})
    assert label(made, "a")["label"] == "unsure"


def test_known_software_is_not_outvoted_by_its_name():
    made = judged(container("a", image_ref="postgres:16", controller_name="shop/frontend"))
    assert weights(made, "a")["identity_stateful", "state"] == pytest.approx(2.2)
    assert label(made, "a")["state_score"] > 0
