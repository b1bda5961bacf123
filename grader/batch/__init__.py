"""A whole class: the gradebook, its journal, and the engines that grade many submissions."""
