"""Writes a report where it is wanted: files, and what GitHub Actions reads."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TextIO

from grader.errors import UsageError
from grader.files import write_whole
from grader.records import Report

RENDERERS = {
    "--json": ("json_report", "to_json"),
    "--html": ("html", "to_html"),
    "--junit": ("junit", "to_junit"),
    "--gradescope": ("gradescope", "to_gradescope"),
    "--markdown": ("markdown", "to_markdown"),
    "--canvas": ("canvas", "to_canvas"),
}
"""Option of the command line -> module of `grader.report` and its renderer."""
STDOUT = Path("-")


def check_paths(wanted: Mapping[str, Path | None]) -> dict[str, Path]:
    """The outputs that are wanted; UsageError before anything is graded if one cannot be."""
    paths = {option: path for option, path in wanted.items() if path is not None}
    taken: dict[Path, str] = {}
    for option, path in paths.items():
        if path == STDOUT:
            if option != "--json":
                raise UsageError(f"{option} needs a file: only --json goes to standard output")
            continue
        if path.is_dir():
            raise UsageError(f"{option} {path} is a folder: name a file in it")
        if (other := taken.setdefault(path.resolve(), option)) != option:
            raise UsageError(f"{other} and {option} name the same file, {path}")
    return paths


def write_files(report: Report, paths: Mapping[str, Path], **options: Mapping[str, str]) -> None:
    """Write every output that is a file; `options` are keyword arguments of single renderers."""
    for option, path in paths.items():
        if path != STDOUT:
            write(path, render(option, report, **options.get(option.lstrip("-"), {})))


def render(option: str, report: Report, **options: str) -> str:
    """The report as the option's format. Its module is imported only now: HTML loads Jinja2."""
    module, function = RENDERERS[option]
    text: str = getattr(import_module(f"grader.report.{module}"), function)(report, **options)
    return text


def write(path: Path, text: str) -> None:
    """Write a report whole or not at all."""
    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error}") from error


def check_github(environment: Mapping[str, str] = os.environ) -> None:
    """UsageError outside GitHub Actions."""
    if not environment.get("GITHUB_STEP_SUMMARY"):
        raise UsageError(
            "--github is for a step of GitHub Actions: GITHUB_STEP_SUMMARY is not set;"
            " use --markdown FILE here"
        )


def tell_github(report: Report, log: TextIO, environment: Mapping[str, str] = os.environ) -> None:
    """Append the job summary and Classroom's result, and print annotations into the log."""
    from grader.report.github import to_annotations, to_classroom
    from grader.report.markdown import to_markdown

    _append(environment["GITHUB_STEP_SUMMARY"], to_markdown(report))
    if output := environment.get("GITHUB_OUTPUT"):
        _append(output, f"result={to_classroom(report)}\n")
    log.write(to_annotations(report))


@contextmanager
def quiet_log(log: TextIO, environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """In GitHub Actions, nothing written inside is run as a command: it shows a student's text."""
    from grader.report.github import stop_commands

    if environment.get("GITHUB_ACTIONS") != "true":
        yield
        return
    stop, resume = stop_commands(secrets.token_hex(16))
    log.write(stop)
    try:
        yield
    finally:
        log.write(resume)


def _append(path: str, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error}") from error
