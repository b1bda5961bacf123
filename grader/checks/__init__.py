"""The graded checks: one module and one rubric file per topic."""
