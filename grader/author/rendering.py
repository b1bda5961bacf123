"""The templates of what the author's commands write, and how they are filled in."""

from pathlib import Path

import jinja2

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **words: object) -> str:
    """A template of the folder, by its path there, with these words in it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Sources, commands and Markdown: nothing here is HTML.
        autoescape=False,
    )
    return environment.get_template(template).render(words)
