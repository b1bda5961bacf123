"""What a topic's workers start with."""

from grader.engine.topic_files import libraries
from grader.rubric import load_rubric

TOPIC = load_rubric().topic("hw2_least_squares")


def test_a_library_is_imported_ahead_only_for_files_that_name_it() -> None:
    plain = {f"{TOPIC.name}.py": b"import numpy as np\n", "weights.pth": b"scipy"}
    using = {**plain, "helpers.py": b"from scipy import linalg\n"}
    notebook = {f"{TOPIC.name}.ipynb": b'{"source": ["import scipy.linalg\\n"]}'}

    assert TOPIC.preload_if_named == ("scipy.linalg",)
    assert libraries(TOPIC, plain) == TOPIC.preload
    assert libraries(TOPIC, using) == libraries(TOPIC, notebook) == (*TOPIC.preload, "scipy.linalg")
