"""How jobs are spread over processes."""

import sys

# jsonschema, which nbformat imports, would spend a second in each process on a grammar of IRIs that no notebook needs
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
