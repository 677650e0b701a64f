"""Reads an .eln with PASTA's own importer into a folder, with a stand-in for its
backend, and prints what arrived as JSON: the entries with files, properties and texts."""
import hashlib, importlib.abc, importlib.machinery, json, logging, pathlib, sys, tempfile, types
from unittest import mock


class Stub(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for what PASTA draws and stores with; its importer needs none of it."""

    def find_spec(self, name, path=None, target=None):
        return None if name.startswith("pasta_eln") else importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = mock.MagicMock(name=spec.name)
        module.__path__, module.__spec__ = [], spec
        return module

    def exec_module(self, module):
        pass


sys.meta_path.append(Stub())
from pasta_eln.backend_worker import input_output  # noqa: E402

complaints = []


class Complaints(logging.Handler):
    def emit(self, record):
        complaints.append(record.getMessage())


logging.getLogger().addHandler(Complaints(level=logging.WARNING))
logging.getLogger().setLevel(logging.WARNING)


class Backend:
    """Keeps documents in memory and files in a folder, a folder an entry."""

    def __init__(self, base):
        self.basePath, self.cwd, self.hierStack = base, pathlib.Path("project"), ["x0"]
        (base / self.cwd).mkdir()
        self.docs = {}
        self.db = types.SimpleNamespace(getDoc=lambda i: {k: v for k, v in self.docs[i].items() if k == "name"})

    def addData(self, kind, doc):
        prefix = kind if kind.startswith("x") else "m"
        doc["id"] = f"{prefix}-{len(self.docs)}"
        doc["folder"], doc["docType"] = str(self.cwd), kind
        self.docs[doc["id"]] = doc
        if prefix == "x1":
            (self.basePath / self.cwd / doc["id"]).mkdir()
        return doc

    def changeHierarchy(self, doc):
        if doc is None:
            self.hierStack.pop()
            self.cwd = self.cwd.parent
        elif doc != "project":
            self.hierStack.append(doc)
            self.cwd = self.cwd / doc


with tempfile.TemporaryDirectory() as tmp:
    backend = Backend(pathlib.Path(tmp))
    message, _ = input_output.importELN(backend, sys.argv[1], "project")
    entries = []
    for i, doc in backend.docs.items():
        if doc["docType"] != "x1":
            continue
        folder = pathlib.Path(tmp) / doc["folder"] / i
        entries.append({
            "id": doc.get(".elnIdentifier"), "name": doc.get("name"), "text": str(doc.get("content", "")), "comment": str(doc.get("comment", "")),
            "files": {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir() if f.is_file() and f.name != ".id_pastaELN.json"},
            "values": [str(v[0]) for v in doc.values() if isinstance(v, tuple)],
        })
    json.dump({"message": message, "complaints": complaints, "entries": entries}, sys.stdout)
