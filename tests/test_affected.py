"""Which checks an edit of a submission may have changed."""

import pytest
from mle import RIGHT, TOPIC

from grader.affected import affected
from grader.rubric import load_rubric

BOTH = {"uniform_mle", "uniform_log_likelihood"}


@pytest.mark.parametrize(
    ("edit", "judged"),
    [
        (("return float(min", "return  float(min"), {"uniform_mle"}),
        (("def uniform_mle", "# why\ndef uniform_mle"), set()),
        (("import numpy as np", "import numpy as np\nimport os"), BOTH),
        (("import numpy as np", "import numpy as np\nTABLE = []"), set()),
        (("import numpy as np", "import numpy as np\n@np.vectorize"), {"uniform_log_likelihood"}),
        (("min(samples)", "helper(samples)"), {"uniform_mle"}),
        (("def helper", "def assistant"), {"uniform_log_likelihood"}),
        (("LOWEST = 0", "LOWEST = 1"), {"uniform_log_likelihood"}),
        (("return min(x, default", "return max(x, default"), {"uniform_log_likelihood"}),
    ],
)
def test_what_a_save_changes_is_judged_first(edit: tuple[str, str], judged: set[str]) -> None:
    """In the source, the likelihood names the helper and the estimate does not."""
    source = RIGHT.replace("s.min()", "helper(s)") + (
        "LOWEST = 0\ndef helper(\n    x,\n):\n    return min(x, default=LOWEST)\n"
    )
    assert edit[0] in source
    topic = load_rubric().topic(TOPIC)
    before, after = ({f"{TOPIC}.py": text.encode()} for text in (source, source.replace(*edit, 1)))

    found = affected(topic, before, after)

    by_style = {check.id for check in topic.checks if check.kind == "policy"}
    assert found - by_style == {
        c.id for c in topic.checks if c.kind != "policy" and judged & set(c.functions)
    }
    assert found >= by_style


def test_a_change_beside_the_module_can_change_every_check() -> None:
    topic = load_rubric().topic(TOPIC)
    module = {f"{TOPIC}.py": RIGHT.encode()}

    everything = {check.id for check in topic.checks}
    assert affected(topic, module, {**module, "helpers.py": b""}) == everything
    assert affected(topic, module, {f"{TOPIC}.ipynb": b"{}"}) == everything
