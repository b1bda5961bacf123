"""For the instructor: the class report, marks and their files, pairs of alike submissions."""
