"""PySpark gives the labels and the evidence that pandas gives."""

import pandas as pd
import pytest

from fleetkit.classification import classify, score
from fleetkit.tables import EVIDENCE, LABELS
from tests.classification.test_engines import mixed, settled, tables
from tests.real.parts import require

SETTINGS = {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "2g", "spark.sql.session.timeZone": "UTC",
    "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
    # a small fleet is planned longer than it is computed: nothing is compiled for it
    "spark.sql.shuffle.partitions": "1", "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")


@pytest.fixture(scope="module")
def spark():
    require("java")
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def judged(spark):
    return score({name: spark.createDataFrame(arrow) for name, (_, arrow) in tables().items()})


def test_labels_are_those_of_pandas(judged):
    pd.testing.assert_frame_equal(settled(judged.labels, LABELS), classify(mixed()).labels)


def test_evidence_is_that_of_pandas(judged):
    pd.testing.assert_frame_equal(settled(judged.evidence, EVIDENCE), classify(mixed()).evidence)


def test_answer_stays_in_spark(judged):
    assert type(judged.labels).__module__.startswith("pyspark.")
