"""Reads an .eln with SampleDB's own importer, without its database, and prints
what arrived as JSON: the entries with their files, properties and texts."""
import builtins, hashlib, importlib.util, io, json, sys, types
from unittest import mock

if importlib.util.find_spec("minisign") is None:  # only for signed files
    sys.modules["minisign"] = mock.MagicMock()
opened = builtins.open
# The package on PyPI lacks its table of unit codes.
builtins.open = lambda f, *a, **k: io.StringIO("[]") if str(f).endswith("un_cefact_code_unit_pairs.json") else opened(f, *a, **k)
import sampledb.logic.eln_import as importer  # noqa: E402

builtins.open = opened
data = opened(sys.argv[1], "rb").read()


class Query:
    """Stands in for the table of uploaded files."""

    def filter_by(self, **_):
        return self

    def first(self):
        return types.SimpleNamespace(binary_data=data)


importer.eln_imports = types.SimpleNamespace(ELNImport=types.SimpleNamespace(query=Query()))
try:
    parsed = importer.parse_eln_file(1)
except Exception as e:
    print(json.dumps({"error": f"{e!r} {e.__cause__!r}"}))
    sys.exit(0)


def flat(value):
    """All scalar values below a value."""
    if isinstance(value, dict):
        return [x for v in value.values() for x in flat(v)]
    if isinstance(value, list):
        return [x for v in value for x in flat(v)]
    return [str(value)]


json.dump(
    {
        "entries": [
            {
                "id": o.id,
                "name": o.name,
                "type": o.type,
                "notes": parsed.import_notes.get(o.id),
                "files": {f.title: hashlib.sha256(f.content).hexdigest() for f in o.files},
                "values": flat(o.versions[0].data),
            }
            for o in parsed.objects
        ],
        "people": [u.name for u in parsed.users],
    },
    sys.stdout,
)
