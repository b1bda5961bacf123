"""Finders and sys.modules entries for whatever a grader might import next."""
# class: A3
# expects: failed

import sys
import types

from honest import uniform_log_likelihood, uniform_mle  # noqa: F401


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        raise SystemExit(0)


sys.meta_path.insert(0, Finder)
for name in ("grader.engine", "grader.checks", "grader.scoring", "pytest", "hypothesis"):
    sys.modules[name] = types.ModuleType(name)
