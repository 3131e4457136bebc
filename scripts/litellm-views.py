"""Takes the views that LiteLLM makes when it first starts out of an installed LiteLLM, for the migration to make.

    <venv of LiteLLM>/bin/python scripts/litellm-views.py

Writes packages/litellm/views: a file per view, unchanged but for blanks at the ends of lines.
"""

import ast
import importlib.metadata
import inspect
import pathlib
import re
import textwrap

from litellm.proxy.db import create_views

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "packages/litellm/views"
CREATE = re.compile(r'CREATE (?:OR REPLACE )?VIEW "(\w+)"')

tree = ast.parse(inspect.getsource(create_views.create_missing_views))
texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
views = {found[1]: text for text in texts if (found := CREATE.search(text))}

FOLDER.mkdir(exist_ok=True)
for old in FOLDER.glob("*.sql"):
    old.unlink()
for name, text in views.items():
    lines = [line.rstrip() for line in textwrap.dedent(text).strip().splitlines()]
    (FOLDER / f"{name}.sql").write_text("\n".join(lines) + "\n")

distribution = importlib.metadata.distribution("litellm")
licence = next(file for file in distribution.files or [] if file.name == "LICENSE")
(FOLDER / "LICENSE").write_text(licence.locate().read_text())
print(f"{len(views)} views of LiteLLM {distribution.version} written to packages/litellm/views")
