"""A form that asks for the meaning of a table's columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ColumnsForm(forms.Form):
    """The meaning of each column of a table, by its heading, with an example of its contents."""

    def __init__(
        self,
        *args: Any,
        meanings: Mapping[str, Any],
        headings: Sequence[str],
        recognised: Mapping[int, str],
        examples: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("not needed")), *meanings.items()]
        for at, heading in enumerate(headings):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=heading or _("Column %(number)s") % {"number": at + 1},
                choices=choices,
                required=False,
                initial=recognised.get(at, ""),
                help_text=examples[at] if at < len(examples) else "",
            )
        self.count = len(headings)

    @property
    def columns(self) -> dict[int, str]:
        """The field of each column that has one."""
        chosen = {at: self.cleaned_data.get(f"column_{at}", "") for at in range(self.count)}
        return {at: name for at, name in chosen.items() if name}

    def clean(self) -> dict[str, Any]:
        """Refuse a field that is chosen for two columns."""
        names = list(self.columns.values())
        if len(names) > len(set(names)):
            raise forms.ValidationError(_("Two columns have the same meaning. Choose another one for one of them."))
        return self.cleaned_data
