#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image: all that grading needs
# is installed here, at the versions that the archive was built with.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}

python=${AUTOGRADER_PYTHON:-}
for candidate in python3.13 python3.12 python3.11; do
    [ -n "$python" ] || python=$(command -v "$candidate" || true)
done
if [ -z "$python" ]; then
    # Ubuntu 22.04, Gradescope's default image, has 3.10 and offers 3.11.
    apt-get update
    apt-get install -y python3.11 python3.11-venv
    python=python3.11
fi

"$python" -m venv "$root/venv"
# The packages for a machine without a GPU, a tenth of the others' size.
"$root/venv/bin/python" -m pip install --no-cache-dir --disable-pip-version-check \
    --extra-index-url "${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}" \
    --constraint "$root/source/constraints.txt" --editable "$root/source"
"$root/venv/bin/python" -m grader doctor
