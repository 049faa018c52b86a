"""The option ``--seeds``, alike in every command that reads seed files."""

from pathlib import Path

import click

seeds_option = click.option(
    "--seeds",
    "seeds_folder",
    type=click.Path(path_type=Path),
    envvar="STORYKIN_SEEDS",
    metavar="DIR",
    help="Folder of further seed files; they win over bundled ones of the same name. Default: STORYKIN_SEEDS.",
)
