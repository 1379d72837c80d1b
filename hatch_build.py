"""Compiles the translations when a package is built: compiled catalogues are not kept in the repository."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledTranslations(BuildHookInterface):
    """Runs msgfmt as `make translations` does."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile every catalogue and take it along."""
        for catalogue in sorted(Path(self.root).glob("registry/locale/*/LC_MESSAGES/*.po")):
            compiled = catalogue.with_suffix(".mo")
            command = ["msgfmt", "--check-format", f"--output-file={compiled}", str(catalogue)]
            subprocess.run(command, check=True)  # noqa: S603 - our own files
            build_data["artifacts"].append(f"/{compiled.relative_to(self.root)}")
