{"cells": [], "metadata": {"x": null, "y": true},
# class: K2
# expects: import_error
# says: NameError
"nbformat": 4}
