"""Imports a package that the handout does not allow."""
# loses: rules
# says: imports PIL

from PIL import Image
